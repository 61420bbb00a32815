using SiDT.Frontend;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Exact.Demands;

/// <summary>Takes a part out of a value that is made whole, or a smaller part out of a part.</summary>
internal static class PartSelection
{
    /// <summary>Whether nodes can take the part out of a value of that shape.</summary>
    public static bool IsPossible(Dim[] shape, Part part) => IsPlain(shape, part) || Runs(shape, part) is not null || Regrouped(shape, part) is not null;

    private static bool IsPlain(Dim[] shape, Part part) => part.Inner.Is(1) && shape[part.Axis].Equals(part.Size);

    public static Value Select(Value value, Dim[] shape, Part part, Part made)
    {
        Graph graph = value.Graph;
        if (!made.IsWhole)
        {
            shape = made.Cut(shape);
            part = part with { Size = Dim.Of(made.Positions.Length), Positions = part.Within(made) };
        }
        string name = $"{value.Name}_part";
        if (IsPlain(shape, part))
            return Gather(graph, name, value, part.Axis, part.Positions);
        if (Runs(shape, part) is { } runs)
            return Gather(graph, name, value, part.Axis, runs);
        (long[] apart, long[] together) = Regrouped(shape, part)!.Value;
        Value regrouped = graph.Op("Reshape", name, value, graph.NewInitializer($"{name}_shape", Tensor.Vector(apart)));
        Value taken = Gather(graph, name, regrouped, part.Axis + 1, part.Positions);
        return graph.Op("Reshape", name, taken, graph.NewInitializer($"{name}_shape", Tensor.Vector(together)));
    }

    private static Value Gather(Graph graph, string name, Value value, int axis, int[] positions)
    {
        Value indices = graph.NewInitializer($"{name}_positions", Tensor.Vector([.. positions.Select(p => (long)p)]));
        return graph.Add("Gather", "", name, [value, indices]).Set("axis", axis).Result;
    }

    // all sizes known: positions of the axis itself
    private static int[]? Runs(Dim[] shape, Part part)
    {
        if (!shape[part.Axis].IsConstant || !part.Size.IsConstant || !part.Inner.IsConstant || part.Outer(shape[part.Axis]) is not { } outer)
            return null;
        int size = (int)part.Size.Value, run = (int)part.Inner.Value;
        return [.. Enumerable.Range(0, (int)outer.Value).SelectMany(o => part.Positions.SelectMany(p => Enumerable.Range(((o * size) + p) * run, run)))];
    }

    // (.., outer * size * inner, ..) => (.., outer, size, inner, ..) and back
    private static (long[] Apart, long[] Together)? Regrouped(Dim[] shape, Part part)
    {
        if (!part.Size.IsConstant || !part.Inner.IsConstant || part.Outer(shape[part.Axis]) is null || shape[(part.Axis + 1)..].Any(d => !d.IsConstant))
            return null;
        long[] before = new long[part.Axis], after = [.. shape[(part.Axis + 1)..].Select(d => d.Value)];
        return ([.. before, -1, part.Size.Value, part.Inner.Value, .. after], [.. before, -1, .. after]);
    }
}
