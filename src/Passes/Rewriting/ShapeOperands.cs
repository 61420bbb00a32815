using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Rewriting;

/// <summary>Shape operands: numbers where sizes are known, 0 and -1 where Reshape can find out, computed only where nothing else is left.</summary>
internal sealed class ShapeOperands(Cut cut)
{
    public void Target(Node node, int input, string? attribute, Layout result, Layout? source, bool isReshape)
    {
        Dim[] wanted = cut.Shape(result), original = result.Shape;
        Dim[]? from = source is null ? null : cut.Shape(source);
        var entries = new long?[wanted.Length];
        bool keepZero = node.Int("allowzero", 0) != 0;
        for (int i = 0; i < wanted.Length; i++)
        {
            if (wanted[i].IsConstant)
                entries[i] = wanted[i].Value;
            else if (isReshape && !keepZero && from is not null && i < from.Length && from[i].Equals(wanted[i]))
                entries[i] = 0;
        }
        if (isReshape && entries.Count(e => e is null) == 1)
            entries[Array.FindIndex(entries, e => e is null)] = -1;
        if (attribute is not null && node.Ints(attribute) is { } old)
        {
            node.Set(attribute, entries.Select((e, i) => e ?? old[i]));
            return;
        }
        Graph graph = node.Graph;
        string name = $"{node.Result.Name}_shape";
        if (entries.All(e => e is not null))
        {
            node.SetInput(input, graph.NewInitializer(name, Tensor.Vector([.. entries.Select(e => e!.Value)])));
            return;
        }
        Value computed = node.Inputs[input]!;
        var parts = new List<Value>();
        for (int i = 0; i < entries.Length; i++)
        {
            if (entries[i] is { } known)
            {
                parts.Add(graph.NewInitializer(name, Tensor.Vector(known)));
                continue;
            }
            Value entry = graph.Op("Gather", name, computed, graph.NewInitializer(name, Tensor.Vector(i)));
            parts.Add(Rescaled(graph, name, entry, original[i], wanted[i]));
        }
        node.SetInput(input, graph.Add("Concat", "", name, parts).Set("axis", 0).Result);
    }

    // the computed entry has the original size: a labelled factor in it has shrunk
    private static Value Rescaled(Graph graph, string name, Value entry, Dim original, Dim wanted)
    {
        if (original.Equals(wanted))
            return entry;
        for (long divisor = 1; divisor <= 65536; divisor++)
        {
            if ((wanted * Dim.Of(divisor)).DivideExactly(original) is not { IsConstant: true } factor)
                continue;
            Value product = graph.Op("Mul", name, entry, graph.NewInitializer(name, Tensor.Vector(factor.Value)));
            return graph.Op("Div", name, product, graph.NewInitializer(name, Tensor.Vector(divisor)));
        }
        throw new CutError($"the size {wanted} cannot be computed from {original}");
    }
}
