using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Exact;

/// <summary>
/// Target shapes of Reshape that are computed from sizes, where numbers, copies (0) and one rest (-1) say the same:
/// Reshape(x, Concat(Shape(y)[0], Shape(y)[1], 192)) => Reshape(x, [0, -1, 192]).
/// </summary>
public sealed class PlainShapes : IExactPass
{
    public string Name => "shapes";

    public bool KeepsProducts => true;

    public string? Run(GraphFacts facts)
    {
        LabelFlow flow = facts.Shapes;
        int count = 0;
        foreach (Node node in facts.Model.Graph.Nodes.ToArray())
        {
            if (!node.Is("Reshape") || node.Input(1) is not { } shape || shape.Constant is not null)
                continue;
            Dim[] from = flow.Of(node.Inputs[0]!).Shape, to = flow.Of(node.Result).Shape;
            if (to.Length == 0 || Entries(from, to) is not { } entries || entries.Any(e => e is null))
                continue;
            node.SetInput(1, node.Graph.NewInitializer($"{node.Result.Name}_shape", Tensor.Vector([.. entries.Select(e => e!.Value)])));
            node.Unset("allowzero");
            count++;
        }
        return count == 0 ? null : $"{count} target shapes need no arithmetic";
    }

    /// <summary>Numbers, 0 for what the input has in the same place, -1 for a single rest; null where an entry must be computed.</summary>
    internal static long?[] Entries(Dim[] from, Dim[] to)
    {
        long?[] entries = [.. to.Select((d, i) => d.IsConstant ? d.Value : i < from.Length && from[i].Equals(d) ? 0L : (long?)null)];
        if (entries.Count(e => e is null) == 1 && entries.All(e => e is null or >= 0) && to.All(d => !d.Is(0)))
            entries[Array.FindIndex(entries, e => e is null)] = -1;
        return entries;
    }
}
