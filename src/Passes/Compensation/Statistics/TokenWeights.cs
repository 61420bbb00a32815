using SiDT.Frontend;
using SiDT.Passes.Analysis;

namespace SiDT.Passes.Compensation.Statistics;

/// <summary>
/// How much each position of a token axis counts. Where the outputs read only some tokens (a class token), those together count
/// <see cref="SelectedShare"/> of an image and all others the rest: alone they are too few samples to fit anything to, and unweighted they
/// would hardly be seen. Early on the outputs hang on the others, which such tokens have still to read, and at the end on these alone: so their
/// share grows with depth. Which tokens are read follows from the selections in the graph, never from the place or name of a token.
/// </summary>
internal sealed class TokenWeights
{
    // chosen by measurement (docs/results.md)
    private const double FirstShare = 0.1, LastShare = 0.3, LastChoiceShare = 0.8;

    private readonly Dictionary<long, HashSet<long>> _selected = [];
    private readonly LabelTable _labels;
    private readonly HashSet<int> _units;

    public TokenWeights(GraphAnalysis analysis)
    {
        _labels = analysis.Flow.Labels;
        _units = [.. analysis.Dimensions.Where(d => !d.IsFrozen).SelectMany(d => d.Units).SelectMany(u => u)];
        foreach (Value value in analysis.Graph.Values.Where(v => v.Producer is not null || v.IsInput))
        {
            Layout layout = analysis.Of(value);
            if (layout.IsConstant || layout.IsUnknown || !layout.Type.IsFloating())
                continue;
            foreach (IGrouping<int, (int Axis, long[] Taken)> selections in value.Uses.Select(u => Selection(u, analysis, layout)).OfType<(int Axis, long[] Taken)>().GroupBy(s => s.Axis))
            {
                long size = layout.Shape[selections.Key].Value;
                HashSet<long> taken = [.. selections.SelectMany(s => s.Taken)];
                if (2 * taken.Count >= size)
                    continue; // parts of a whole that is put together again, or most of it
                if (!_selected.TryGetValue(size, out HashSet<long>? known))
                    _selected[size] = known = [];
                known.UnionWith(taken);
            }
        }
    }

    /// <summary>Samples that are observed.</summary>
    public long Samples { get; set; }

    /// <summary>How deep in the graph rows are observed: 0 at the first place that can be cut, 1 at the last.</summary>
    public double Depth { get; set; } = 1;

    /// <summary>What the selected tokens of an image count together at this depth; the others count the rest.</summary>
    public double SelectedShare => FirstShare + ((LastShare - FirstShare) * Depth);

    /// <summary>What they count where units are chosen: a choice has few freedoms, so few samples mislead it less than they do a fit.</summary>
    public double ChoiceShare => FirstShare + ((LastChoiceShare - FirstShare) * Depth);

    /// <summary>
    /// Positions of a factor that are observed, with their weights (mean 1), where there are many more rows than a product of this width needs:
    /// all that outputs read, and of the others every second one. Null for all of them.
    /// </summary>
    public (long[] Positions, float[] Weights)? Part(Factor factor, Layout layout, long width)
    {
        if (!factor.Size.IsConstant || factor.Size.Value < LeastParted || Samples * factor.Size.Value < EnoughRows * width || HoldsUnits(layout, factor))
            return null;
        IReadOnlySet<long> selected = SelectedOf(factor);
        long[] positions = [.. Enumerable.Range(0, (int)factor.Size.Value).Select(i => (long)i).Where(i => i % 2 == 0 || selected.Contains(i))];
        return positions.All(selected.Contains) ? null : (positions, Weigh(positions, selected));
    }

    // below so many positions there is nothing to leave out; with fewer rows than this for each column nothing is left out
    private const int LeastParted = 64, EnoughRows = 120;

    /// <summary>Weights of the positions of a factor, with the mean 1; null where all count alike.</summary>
    public float[]? Of(Factor factor)
    {
        if (!factor.Size.IsConstant || !_selected.TryGetValue(factor.Size.Value, out HashSet<long>? taken) || 2 * taken.Count >= factor.Size.Value)
            return null;
        return Weigh([.. Enumerable.Range(0, (int)factor.Size.Value).Select(i => (long)i)], taken);
    }

    // with the mean 1; not all positions are selected
    private float[] Weigh(long[] positions, IReadOnlySet<long> selected)
    {
        int taken = positions.Count(selected.Contains), others = positions.Length - taken;
        double own = taken == 0 ? 0 : SelectedShare / taken * positions.Length, other = (taken == 0 ? 1 : 1 - SelectedShare) / others * positions.Length;
        return [.. positions.Select(p => (float)(selected.Contains(p) ? own : other))];
    }

    /// <summary>The same for the positions of a value; null where they are units that may go. Positions that nothing can take away have labels too (those of an embedding of positions).</summary>
    public float[]? Of(Factor factor, Layout layout) => Of(factor) is { } weights && !HoldsUnits(layout, factor) ? weights : null;

    private bool HoldsUnits(Layout layout, Factor factor) => layout.ArraysOver(factor).Any(a => a.Labels.Any(l => l >= 0 && _units.Contains(_labels.Find(l))));

    /// <summary>The positions that outputs read; empty where all count alike.</summary>
    public IReadOnlySet<long> SelectedOf(Factor factor) => Of(factor) is null ? new HashSet<long>() : _selected[factor.Size.Value];

    // a Gather or Slice of constant positions along an axis without units
    private (int Axis, long[] Taken)? Selection(Use use, GraphAnalysis analysis, Layout layout)
    {
        if (use.Index != 0 || use.Node.Graph != analysis.Graph)
            return null;
        Node node = use.Node;
        int axis;
        long[] taken;
        if (node.Is("Gather") && Numbers(node.Input(1), analysis) is { } indices)
        {
            axis = Positive(node.Int("axis", 0), layout.Rank);
            if (axis >= layout.Rank || !layout.Shape[axis].IsConstant)
                return null;
            taken = [.. indices.Select(i => i < 0 ? i + layout.Shape[axis].Value : i)];
        }
        else if (node.Is("Slice") && Numbers(node.Input(1), analysis) is [var start] && Numbers(node.Input(2), analysis) is [var end] && Numbers(node.Input(3), analysis) is [var along])
        {
            axis = Positive(along, layout.Rank);
            if (axis >= layout.Rank || !layout.Shape[axis].IsConstant)
                return null;
            long size = layout.Shape[axis].Value, step = node.Input(4) is null ? 1 : Numbers(node.Input(4), analysis) is [var s] ? s : 0;
            start = Math.Clamp(start < 0 ? start + size : start, 0, size);
            end = Math.Clamp(end < 0 ? end + size : end, 0, size);
            if (step <= 0)
                return null;
            taken = [.. Enumerable.Range(0, (int)size).Select(i => (long)i).Where(i => i >= start && i < end && (i - start) % step == 0)];
        }
        else
        {
            return null;
        }
        return layout.Axes[axis].Any(f => HoldsUnits(layout, f)) ? null : (axis, taken);
    }

    private static long[]? Numbers(Value? value, GraphAnalysis analysis) => value is null ? null : value.Constant?.ToInt64s() ?? analysis.Of(value).Content?.Integers;

    private static int Positive(long axis, int rank) => (int)(axis < 0 ? axis + rank : axis);
}
