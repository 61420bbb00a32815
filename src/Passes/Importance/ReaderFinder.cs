using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;
using SiDT.Passes.Planning;

namespace SiDT.Passes.Importance;

/// <summary>
/// Finds where units are read: products with a weight that contract them, and products of two activations that do (query and key).
/// Products inside bodies of control flow are left out, because nothing can be observed there.
/// </summary>
internal sealed class ReaderFinder(GraphAnalysis analysis, LiveClasses live)
{
    // mean squares of more positions than this are not worth their memory
    private const long MostPositions = 1 << 22;

    private readonly Dictionary<(Value, string), Probe?> _probes = [];

    public IReadOnlyList<Reader> Run()
    {
        var readers = new List<Reader>();
        foreach (Node node in analysis.Graph.Nodes.Where(analysis.Flow.Macs.ContainsKey))
        {
            if (OperatorTable.Describe(new NodeView(node, analysis.Of)) is not { } spec || Sides(spec) is not var (left, right, contracted))
                continue;
            Value a = node.Inputs[left]!, b = node.Inputs[right]!;
            Probe? ofLeft = Of(a, spec.Inputs[left]!, contracted), ofRight = Of(b, spec.Inputs[right]!, contracted);
            if (ofLeft is not null && ofRight is not null)
                readers.Add(new Reader(ofLeft, ofRight, null));
            else if (ofLeft is not null && analysis.Of(b).IsConstant)
                readers.Add(new Reader(ofLeft, null, b));
            else if (ofRight is not null && analysis.Of(a).IsConstant)
                readers.Add(new Reader(ofRight, null, a));
        }
        return readers;
    }

    // the two operands of a product and the indices it sums over; of an attention operator those of its first product
    private static (int Left, int Right, HashSet<AxisIndex> Contracted)? Sides(AxisSpec spec)
    {
        if (spec.Product is var (left, right))
        {
            HashSet<AxisIndex> contracted = [.. Indices(spec, left)];
            contracted.IntersectWith(Indices(spec, right));
            contracted.ExceptWith(spec.Outputs[0]!.SelectMany(a => a));
            return (left, right, contracted);
        }
        if (spec.Uses is null || spec.Inputs.Length < 2 || spec.Inputs[0] is null || spec.Inputs[1] is null)
            return null;
        return (0, 1, [.. spec.Uses.Where(u => u.Value.HasFlag(Usage.ContractedPair)).Select(u => u.Key)]);
    }

    private static IEnumerable<AxisIndex> Indices(AxisSpec spec, int input) => spec.Inputs[input]!.SelectMany(a => a);

    /// <summary>What is to be observed of an operand; null if it is no activation or nothing that can go is contracted.</summary>
    private Probe? Of(Value value, AxisIndex[][] notation, HashSet<AxisIndex> contracted)
    {
        Layout layout = analysis.Of(value);
        if (layout.IsConstant || value.Graph != analysis.Graph || !layout.Type.IsFloating())
            return null;
        HashSet<Factor> summed = [.. notation.Select((indices, axis) => (indices, axis)).Where(p => p.indices.Any(contracted.Contains)).SelectMany(p => layout.Axes[p.axis])];
        LabelArray[] arrays = [.. layout.Arrays.Where(a => a.Over.Any(summed.Contains) && a.Labels.Any(l => live.Find(l) >= 0))];
        if (arrays.Length == 0)
            return null;
        HashSet<Factor> over = [.. arrays.SelectMany(a => a.Over)];
        int[] axes = [.. Enumerable.Range(0, layout.Rank).Where(i => layout.Axes[i].Any(over.Contains))];
        var key = (value, string.Join(',', axes));
        if (!_probes.TryGetValue(key, out Probe? probe))
            _probes[key] = probe = Make(value, layout, axes, arrays);
        return probe;
    }

    private Probe? Make(Value value, Layout layout, int[] axes, LabelArray[] arrays)
    {
        Factor[] order = [.. axes.SelectMany(i => layout.Axes[i])];
        if (order.Any(f => !f.Size.IsConstant) || order.Aggregate(1L, (p, f) => p * f.Size.Value) > MostPositions)
            return null;
        return new Probe(value, layout.Type, layout.Rank, axes, [.. axes.Select(i => layout.Shape[i].Value)], [.. arrays.Select(a => LabelSpread.Over(a, order, live.Find))]);
    }
}
