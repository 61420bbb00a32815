using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Planning;

/// <summary>
/// The multiply-accumulates of a product as a sum of products of axis lengths, so that they can be counted for a cut that was not made.
/// Found from the operator's index notation and accepted only if it gives what the operator's own rule says.
/// </summary>
internal static class MacTerms
{
    internal sealed record Axis(Value Value, int Number, AxisIndex[] Indices);

    /// <summary>One list of axes for each summand; null if the notation does not say it.</summary>
    public static IReadOnlyList<(Value Value, int Axis)[]>? Of(Node node, GraphAnalysis analysis, Dim macs)
    {
        if (OperatorTable.Describe(new NodeView(node, analysis.Of)) is not { } spec)
            return null;
        List<Axis> inputs = AxesOf(spec.Inputs, node.Inputs), outputs = AxesOf(spec.Outputs, node.Outputs);
        if (spec.Product is var (left, right))
            return OfProduct(node, inputs, outputs, node.Inputs[left]!, node.Inputs[right]!, macs);
        return spec.Uses is null ? null : OfAttention(spec, node, inputs, outputs, macs);
    }

    private static IReadOnlyList<(Value, int)[]>? OfProduct(Node node, List<Axis> inputs, List<Axis> outputs, Value left, Value right, Dim macs)
    {
        // the weight first: its axes hold single indices where an activation's channels hold groups
        Axis[] ofLeft = [.. inputs.Where(a => a.Value == left)], ofRight = [.. inputs.Where(a => a.Value == right)];
        Axis[] result = [.. outputs.Where(a => a.Value == node.Outputs[0])];
        Axis[][] candidates = [[.. ofRight, .. result, .. ofLeft], [.. ofRight, .. ofLeft], [.. ofRight, .. result]];
        foreach (Axis[] axes in candidates)
        {
            HashSet<AxisIndex> needed = [.. axes.SelectMany(a => a.Indices)];
            if (Dim.Product(needed.Select(i => i.Size)).Equals(macs) && Cover(needed, axes) is { } term)
                return [term];
        }
        return null;
    }

    // query by key, then weights by value: both run over all queries and keys
    private static IReadOnlyList<(Value, int)[]>? OfAttention(AxisSpec spec, Node node, List<Axis> inputs, List<Axis> outputs, Dim macs)
    {
        Axis[] query = [.. inputs.Where(a => a.Value == node.Inputs[0])], result = [.. outputs.Where(a => a.Value == node.Outputs[0])];
        HashSet<AxisIndex> ofQuery = [.. query.SelectMany(a => a.Indices)], ofResult = [.. result.SelectMany(a => a.Indices)];
        AxisIndex[] keys = [.. (spec.Inputs.ElementAtOrDefault(1) ?? []).SelectMany(a => a).Where(i => !ofQuery.Contains(i) && !ofResult.Contains(i))];
        HashSet<AxisIndex> first = [.. ofQuery, .. keys], second = [.. ofResult, .. keys];
        if (!(Dim.Product(first.Select(i => i.Size)) + Dim.Product(second.Select(i => i.Size))).Equals(macs))
            return null;
        return Cover(first, [.. query, .. inputs]) is { } a && Cover(second, [.. result, .. inputs]) is { } b ? [a, b] : null;
    }

    internal static List<Axis> AxesOf(AxisIndex[][]?[] notation, IReadOnlyList<Value?> values)
    {
        var axes = new List<Axis>();
        for (int i = 0; i < Math.Min(notation.Length, values.Count); i++)
        {
            if (notation[i] is not { } indices || values[i] is not { } value)
                continue;
            for (int d = 0; d < indices.Length; d++)
                axes.Add(new Axis(value, d, indices[d]));
        }
        return axes;
    }

    // axes that together hold every index once
    internal static (Value, int)[]? Cover(HashSet<AxisIndex> needed, IEnumerable<Axis> axes)
    {
        var open = new HashSet<AxisIndex>(needed.Where(i => !i.Size.Is(1)));
        var term = new List<(Value, int)>();
        foreach (Axis axis in axes)
        {
            AxisIndex[] indices = [.. axis.Indices.Where(i => !i.Size.Is(1))];
            if (indices.Length == 0 || !indices.All(open.Contains))
                continue;
            open.ExceptWith(indices);
            term.Add((axis.Value, axis.Number));
        }
        return open.Count == 0 ? [.. term] : null;
    }
}
