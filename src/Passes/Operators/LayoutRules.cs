using SiDT.Passes.Shapes;

namespace SiDT.Passes.Operators;

/// <summary>Operators that only rename axes, and those that resample space.</summary>
internal static class LayoutRules
{
    public static void Register(Dictionary<string, Func<NodeView, AxisSpec?>> table)
    {
        table["Transpose"] = Transpose;
        table["Squeeze"] = Squeeze;
        table["Unsqueeze"] = Unsqueeze;
        table["DepthToSpace"] = DepthToSpace;
        table["SpaceToDepth"] = SpaceToDepth;
        table["Resize"] = table["Upsample"] = Resize;
        table["GridSample"] = GridSample;
        table["GatherElements"] = GatherElements;
        table["GatherND"] = GatherND;
        table["TopK"] = TopK;
        table["ScatterElements"] = table["Scatter"] = ScatterElements;
        table["Trilu"] = v => Mixed(v, 2);
    }

    private static AxisSpec? Transpose(NodeView view)
    {
        int rank = view.Rank(0);
        long[] perm = view.Node.Ints("perm") ?? [.. Enumerable.Range(0, rank).Reverse().Select(i => (long)i)];
        if (perm.Length != rank)
            return null;
        AxisIndex[][] x = Indices.Of(view.Shape(0));
        return new AxisSpec([x], [.. perm.Select(p => x[NodeView.Positive(p, rank)])]);
    }

    private static AxisSpec? Squeeze(NodeView view)
    {
        Dim[] shape = view.Shape(0);
        AxisIndex[][] x = Indices.Of(shape);
        long[]? axes = view.Integers(1, "axes");
        if (axes is null && view.Node.Input(1) is not null)
            return null;
        int[] gone = axes is null ? [.. Enumerable.Range(0, shape.Length).Where(i => shape[i].Is(1))] : [.. axes.Select(a => NodeView.Positive(a, shape.Length))];
        return new AxisSpec([x, null], [.. x.Where((_, i) => !gone.Contains(i))]);
    }

    private static AxisSpec? Unsqueeze(NodeView view)
    {
        if (view.Integers(1, "axes") is not { } axes)
            return null;
        AxisIndex[][] x = Indices.Of(view.Shape(0));
        int rank = x.Length + axes.Length;
        int[] added = [.. axes.Select(a => NodeView.Positive(a, rank))];
        int next = 0;
        return new AxisSpec([x, null], [.. Enumerable.Range(0, rank).Select(i => added.Contains(i) ? [] : x[next++])]);
    }

    private static AxisSpec? DepthToSpace(NodeView view)
    {
        Dim[] x = view.Shape(0);
        long r = view.Node.Int("blocksize", 1);
        if (x.Length != 4 || x[1].DivideExactly(r * r) is not { } channels)
            return null;
        AxisIndex n = new(x[0]), c = new(channels), p = new(r), q = new(r), h = new(x[2]), w = new(x[3]);
        AxisIndex[] depth = view.Node.Text("mode", "DCR") == "DCR" ? Indices.Axis(p, q, c) : Indices.Axis(c, p, q);
        return new AxisSpec([[Indices.Axis(n), depth, Indices.Axis(h), Indices.Axis(w)]], [Indices.Axis(n), Indices.Axis(c), Indices.Axis(h, p), Indices.Axis(w, q)]);
    }

    private static AxisSpec? SpaceToDepth(NodeView view)
    {
        Dim[] x = view.Shape(0);
        long r = view.Node.Int("blocksize", 1);
        if (x.Length != 4 || x[2].DivideExactly(r) is not { } height || x[3].DivideExactly(r) is not { } width)
            return null;
        AxisIndex n = new(x[0]), c = new(x[1]), p = new(r), q = new(r), h = new(height), w = new(width);
        return new AxisSpec([[Indices.Axis(n), Indices.Axis(c), Indices.Axis(h, p), Indices.Axis(w, q)]], [Indices.Axis(n), Indices.Axis(p, q, c), Indices.Axis(h), Indices.Axis(w)]);
    }

    private static AxisSpec? Resize(NodeView view)
    {
        Dim[] x = view.Shape(0);
        if (ResizedShape(view) is not { } sizes)
            return null;
        AxisIndex[][] input = Indices.Of(x, i => sizes[i].Equals(x[i]) ? AxisRole.Plain : AxisRole.Space);
        AxisIndex[][] output = [.. input.Select((a, i) => sizes[i].Equals(x[i]) ? a : Indices.Axis(new AxisIndex(sizes[i])))];
        return new AxisSpec([input, .. Enumerable.Repeat<AxisIndex[][]?>(null, view.Inputs - 1)], output);
    }

    private static Dim[]? ResizedShape(NodeView view)
    {
        Dim[] x = view.Shape(0);
        int[] axes = view.Node.Ints("axes") is { } given ? [.. given.Select(a => NodeView.Positive(a, x.Length))] : [.. Enumerable.Range(0, x.Length)];
        Dim[] sizes = [.. x];
        int scalesInput = view.Node.OpType == "Upsample" || view.Opset < 11 ? 1 : 2;
        Dim Fresh(int axis) => Dim.Symbol($"{view.Node.Result.Name}.{axis}");
        if (view.In(3) is { } target && scalesInput == 2)
        {
            for (int i = 0; i < axes.Length; i++)
                sizes[axes[i]] = target.Content?.Items[i]?.Size ?? Fresh(axes[i]);
            return sizes;
        }
        float[]? scales = view.Node.Attributes.TryGetValue("scales", out Frontend.Schema.AttributeProto? attribute) ? [.. attribute.Floats]
            : view.Node.Input(scalesInput)?.Constant?.ToFloats();
        Content? known = view.In(scalesInput)?.Content;
        for (int i = 0; i < axes.Length; i++)
        {
            double? scale = scales is not null ? scales[i] : known?.Items[i] is { IsNumber: true } item ? item.AsNumber : null;
            Dim size = x[axes[i]];
            sizes[axes[i]] = scale switch
            {
                null => Fresh(axes[i]),
                1 => size,
                { } s when size.IsConstant => Dim.Of((long)Math.Floor((size.Value * s) + 1e-6)),
                { } s when s == Math.Floor(s) => size * Dim.Of((long)s),
                { } s when 1 / s == Math.Floor(1 / s) => size.DivideDown((long)(1 / s)),
                _ => Fresh(axes[i]),
            };
        }
        return sizes;
    }

    private static AxisSpec? GridSample(NodeView view)
    {
        Dim[] x = view.Shape(0), grid = view.Shape(1);
        if (x.Length != grid.Length)
            return null;
        AxisIndex[][] head = Indices.Of(x[..2]);
        AxisIndex[][] space = Indices.Of(grid[1..^1]);
        return new AxisSpec([[.. head, .. Indices.Of(x[2..], _ => AxisRole.Mixed)], [head[0], .. space, Indices.Axis(new AxisIndex(grid[^1], AxisRole.Mixed))]], [.. head, .. space]);
    }

    private static AxisSpec? GatherElements(NodeView view)
    {
        Dim[] x = view.Shape(0), indices = view.Shape(1);
        if (x.Length != indices.Length)
            return null;
        int axis = view.Axis("axis", 0, x.Length);
        AxisIndex[][] y = [.. indices.Select((d, i) => Indices.Axis(new AxisIndex(i != axis && x[i].IsConstant ? x[i] : d)))];
        AxisIndex[][] data = [.. y.Select((a, i) => i == axis ? Indices.Axis(new AxisIndex(x[i], AxisRole.Mixed)) : a)];
        return new AxisSpec([data, y], y);
    }

    // the last axis of the indices names positions of the leading axes
    private static AxisSpec? GatherND(NodeView view)
    {
        Dim[] x = view.Shape(0), indices = view.Shape(1);
        int batch = (int)view.Node.Int("batch_dims", 0);
        if (indices.Length == 0 || !indices[^1].IsConstant || batch + indices[^1].Value > x.Length)
            return null;
        int named = batch + (int)indices[^1].Value;
        AxisIndex[][] tail = Indices.Of(x[named..]), head = Indices.Of(indices[..^1]);
        AxisIndex[][] data = [.. Indices.Of(x[..named], _ => AxisRole.Mixed), .. tail];
        return new AxisSpec([data, null], [.. head, .. tail]);
    }

    private static AxisSpec TopK(NodeView view)
    {
        Dim[] x = view.Shape(0);
        int axis = view.Axis("axis", -1, x.Length);
        long? k = view.Integers(1, "k")?.FirstOrDefault();
        AxisIndex[][] data = Indices.Of(x, i => i == axis ? AxisRole.Mixed : AxisRole.Plain);
        AxisIndex[] taken = Indices.Axis(new AxisIndex(k is { } n ? Dim.Of(n) : Dim.Symbol($"{view.Node.Outputs[0]?.Name}.k")));
        AxisIndex[][] y = [.. data.Select((a, i) => i == axis ? taken : a)];
        return new AxisSpec([data, null], y, y) { HasIndexOutputs = true };
    }

    private static AxisSpec? ScatterElements(NodeView view)
    {
        Dim[] x = view.Shape(0), indices = view.Shape(1);
        if (x.Length != indices.Length)
            return null;
        int axis = view.Axis("axis", 0, x.Length);
        AxisIndex[][] data = Indices.Of(x, i => i == axis || !indices[i].Equals(x[i]) ? AxisRole.Mixed : AxisRole.Plain);
        AxisIndex[][] update = [.. data.Select((a, i) => i == axis || !indices[i].Equals(x[i]) ? Indices.Axis(new AxisIndex(indices[i], AxisRole.Mixed)) : a)];
        return new AxisSpec([data, update, update], data);
    }

    private static AxisSpec Mixed(NodeView view, int last)
    {
        int rank = view.Rank(0);
        AxisIndex[][] x = Indices.Of(view.Shape(0), i => i >= rank - last ? AxisRole.Mixed : AxisRole.Plain);
        return new AxisSpec([x, .. Enumerable.Repeat<AxisIndex[][]?>(null, view.Inputs - 1)], x);
    }
}
