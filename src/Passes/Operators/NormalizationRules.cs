using SiDT.Passes.Shapes;

namespace SiDT.Passes.Operators;

/// <summary>Norms (statistics over what is kept) and Softmax (mixes its axis).</summary>
internal static class NormalizationRules
{
    public static void Register(Dictionary<string, Func<NodeView, AxisSpec?>> table)
    {
        table["LayerNormalization"] = table["RMSNormalization"] = table["SimplifiedLayerNormalization"] = table["com.microsoft::SimplifiedLayerNormalization"] = Layer;
        table["com.microsoft::SkipLayerNormalization"] = table["com.microsoft::SkipSimplifiedLayerNormalization"] = SkipLayer;
        table["com.microsoft::EmbedLayerNormalization"] = EmbedLayer;
        table["BatchNormalization"] = v => Channels(v, AxisRole.Plain);
        table["InstanceNormalization"] = v => Channels(v, AxisRole.Statistics);
        table["GroupNormalization"] = Group;
        table["LpNormalization"] = v => Along(v, v.Axis("axis", -1, v.Rank(0)), AxisRole.Statistics);
        table["MeanVarianceNormalization"] = v => Over(v, v.Node.Ints("axes") ?? [0, 2, 3], AxisRole.Statistics);
        table["LRN"] = v => Along(v, 1, AxisRole.Mixed);
        table["Softmax"] = table["LogSoftmax"] = table["Hardmax"] = v => v.Opset >= 13
            ? Along(v, v.Axis("axis", -1, v.Rank(0)), AxisRole.Mixed)
            : Over(v, [.. Enumerable.Range(v.Axis("axis", 1, v.Rank(0)), v.Rank(0) - v.Axis("axis", 1, v.Rank(0))).Select(a => (long)a)], AxisRole.Mixed);
        table["CumSum"] = v => Along(v, NodeView.Positive(v.Integers(1, null)?.FirstOrDefault() ?? 0, v.Rank(0)), AxisRole.Mixed);
    }

    private static AxisSpec Layer(NodeView view)
    {
        int rank = view.Rank(0), axis = view.Axis("axis", -1, rank);
        AxisIndex[][] x = Indices.Of(view.Shape(0), i => i >= axis ? AxisRole.Statistics : AxisRole.Plain);
        AxisIndex[][] statistics = [.. x.Select((a, i) => i >= axis ? [] : a)];
        return new AxisSpec([x, .. Enumerable.Range(1, view.Inputs - 1).Select(i => Affine(view, i, x))], x, statistics, statistics);
    }

    // input, skip, gamma, [beta,] bias: normalised sum; the last output is the sum itself
    private static AxisSpec SkipLayer(NodeView view)
    {
        int rank = view.Rank(0);
        AxisIndex[][] x = Indices.Of(view.Shape(0), i => i == rank - 1 ? AxisRole.Statistics : AxisRole.Plain);
        AxisIndex[][] statistics = [.. x[..^1], []];
        return new AxisSpec([x, .. Enumerable.Range(1, view.Inputs - 1).Select(i => Affine(view, i, x))], x, statistics, statistics, x) { IsSum = true };
    }

    private static AxisIndex[][]? Affine(NodeView view, int input, AxisIndex[][] x) =>
        view.In(input) is not { } layout || layout.Rank > x.Length ? null : [.. layout.Shape.Select((d, i) => d.Is(1) ? [] : x[x.Length - layout.Rank + i])];

    // tokens, segments, word / position / segment tables, gamma, beta: tables are read by row
    private static AxisSpec? EmbedLayer(NodeView view)
    {
        Dim[] ids = view.Shape(0);
        if (ids.Length != 2 || view.Rank(2) != 2)
            return null;
        var c = new AxisIndex(view.Shape(2)[1], AxisRole.Statistics);
        AxisIndex[] b = Indices.Axis(new AxisIndex(ids[0])), n = Indices.Axis(new AxisIndex(ids[1]));
        AxisIndex[][]? Table(int i) => view.In(i) is null ? null : [Indices.Axis(new AxisIndex(view.Shape(i)[0], AxisRole.Mixed)), Indices.Axis(c)];
        AxisIndex[][]? Vector(int i) => view.In(i) is null ? null : [Indices.Axis(c)];
        AxisIndex[][]?[] inputs = [[b, n], null, Table(2), Table(3), Table(4), Vector(5), Vector(6), null, null];
        AxisIndex[][] y = [b, n, Indices.Axis(c)];
        return new AxisSpec(inputs[..view.Inputs], y, [b], y) { IsSum = true, Type = view.In(2)!.Type };
    }

    private static AxisSpec Channels(NodeView view, AxisRole space)
    {
        AxisIndex[][] x = Indices.Of(view.Shape(0), i => i >= 2 ? space : AxisRole.Plain);
        AxisIndex[][] c = [x.Length > 1 ? x[1] : x[0]];
        return new AxisSpec([x, .. Enumerable.Repeat(c, view.Inputs - 1)], x, c, c, c, c);
    }

    private static AxisSpec? Group(NodeView view)
    {
        Dim[] x = view.Shape(0);
        long groups = view.Node.Int("num_groups", 1);
        if (x.Length < 2 || !x[1].IsConstant)
            return null;
        var g = new AxisIndex(groups);
        var c = new AxisIndex(x[1].Value / groups, AxisRole.Statistics);
        AxisIndex[][] axes = [Indices.Axis(new AxisIndex(x[0])), Indices.Axis(g, c), .. Indices.Of(x[2..], _ => AxisRole.Statistics)];
        AxisIndex[][] affine = view.Opset >= 21 ? [axes[1]] : [Indices.Axis(g)];
        return new AxisSpec([axes, affine, affine], axes);
    }

    private static AxisSpec Along(NodeView view, int axis, AxisRole role) => Over(view, [axis], role);

    private static AxisSpec Over(NodeView view, long[] over, AxisRole role)
    {
        int rank = view.Rank(0);
        int[] positive = [.. over.Select(a => NodeView.Positive(a, rank))];
        AxisIndex[][] x = Indices.Of(view.Shape(0), i => positive.Contains(i) ? role : AxisRole.Plain);
        return new AxisSpec([x, .. Enumerable.Repeat<AxisIndex[][]?>(null, view.Inputs - 1)], x) { IsMean = view.Node.OpType != "LpNormalization" };
    }
}
