using SiDT.Frontend;

namespace SiDT.Passes.Operators;

/// <summary>Reductions: sums forget an index, means take statistics over it, extrema mix it.</summary>
internal static class ReductionRules
{
    public static void Register(Dictionary<string, Func<NodeView, AxisSpec?>> table)
    {
        table["ReduceSum"] = v => Reduce(v, AxisRole.Plain, 13);
        foreach (string name in new[] { "ReduceMean", "ReduceL2", "ReduceL1", "ReduceSumSquare" })
            table[name] = v => Reduce(v, AxisRole.Statistics, 18);
        foreach (string name in new[] { "ReduceMax", "ReduceMin", "ReduceProd", "ReduceLogSum", "ReduceLogSumExp" })
            table[name] = v => Reduce(v, AxisRole.Mixed, 18);
        table["ArgMax"] = table["ArgMin"] = Arg;
        table["GlobalAveragePool"] = v => Global(v, AxisRole.Statistics);
        table["GlobalMaxPool"] = v => Global(v, AxisRole.Mixed);
    }

    /// <summary>The axes a reduction runs over, positive; null when they are computed.</summary>
    public static int[]? AxesOf(NodeView view)
    {
        int rank = view.Rank(0);
        if (view.Node.Ints("axes") is { } attribute)
            return [.. attribute.Select(a => NodeView.Positive(a, rank))];
        if (view.Node.Input(1) is null)
            return view.Node.Int("noop_with_empty_axes", 0) != 0 ? [] : [.. Enumerable.Range(0, rank)];
        return view.Integers(1, null) is { } given
            ? given.Length == 0 ? (view.Node.Int("noop_with_empty_axes", 0) != 0 ? [] : [.. Enumerable.Range(0, rank)]) : [.. given.Select(a => NodeView.Positive(a, rank))]
            : null;
    }

    private static AxisSpec? Reduce(NodeView view, AxisRole role, int axesAsInputSince)
    {
        _ = axesAsInputSince;
        if (AxesOf(view) is not { } over)
            return null;
        bool keep = view.Node.Int("keepdims", 1) != 0;
        AxisIndex[][] x = Indices.Of(view.Shape(0), i => over.Contains(i) ? role : AxisRole.Plain);
        AxisIndex[][] y = [.. x.Select((a, i) => over.Contains(i) ? [] : a).Where((_, i) => keep || !over.Contains(i))];
        return new AxisSpec([x, .. Enumerable.Repeat<AxisIndex[][]?>(null, view.Inputs - 1)], y) { IsMean = view.Node.OpType == "ReduceMean" };
    }

    private static AxisSpec Arg(NodeView view)
    {
        int axis = view.Axis("axis", 0, view.Rank(0));
        bool keep = view.Node.Int("keepdims", 1) != 0;
        AxisIndex[][] x = Indices.Of(view.Shape(0), i => i == axis ? AxisRole.Mixed : AxisRole.Plain);
        return new AxisSpec([x], [.. x.Select((a, i) => i == axis ? [] : a).Where((_, i) => keep || i != axis)]) { Type = ElementType.Int64 };
    }

    private static AxisSpec Global(NodeView view, AxisRole role)
    {
        AxisIndex[][] x = Indices.Of(view.Shape(0), i => i >= 2 ? role : AxisRole.Plain);
        return new AxisSpec([x], [.. x.Select((a, i) => i >= 2 ? Array.Empty<AxisIndex>() : a)]);
    }
}
