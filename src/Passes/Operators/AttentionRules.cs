using SiDT.Passes.Analysis;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Operators;

/// <summary>Attention as one operator: <c>b n (h d), b m (h d), b m (h e) -> b n (h e)</c>, and rotary embedding.</summary>
internal static class AttentionRules
{
    public static void Register(Dictionary<string, Func<NodeView, AxisSpec?>> table)
    {
        table["Attention"] = Standard;
        table["com.microsoft::Attention"] = Packed;
        table["com.microsoft::MultiHeadAttention"] = MultiHead;
        table["com.microsoft::GroupQueryAttention"] = GroupQuery;
        table["RotaryEmbedding"] = v => Rotary(v, 1, 2);
        table["com.microsoft::RotaryEmbedding"] = v => Rotary(v, 2, 3);
    }

    private sealed record Axes(AxisIndex B, AxisIndex N, AxisIndex M, AxisIndex G, AxisIndex R, AxisIndex D, AxisIndex E)
    {
        public Dictionary<AxisIndex, Usage> Uses => new()
        {
            [D] = Usage.ContractedPair | Usage.Softmaxed,
            [E] = Usage.CarriedPair,
            [G] = Usage.BatchPair,
            [R] = Usage.BatchPair,
        };

        public Dim Macs => Dim.Product([B.Size, N.Size, M.Size, G.Size, R.Size]) * (D.Size + E.Size);
    }

    // ai.onnx Attention: (b, heads, n, d) or (b, n, heads * d); grouped when key/value have fewer heads
    private static AxisSpec? Standard(NodeView view)
    {
        Dim[] q = view.Shape(0), k = view.Shape(1), v = view.Shape(2);
        bool packed = q.Length == 3;
        if (q.Length != k.Length || k.Length != v.Length || view.In(4) is not null)
            return null;
        long heads = packed ? view.Node.Int("q_num_heads", 0) : q[1].IsConstant ? q[1].Value : 0;
        long kv = packed ? view.Node.Int("kv_num_heads", 0) : k[1].IsConstant ? k[1].Value : 0;
        if (heads == 0 || kv == 0 || heads % kv != 0)
            return null;
        Dim? d = packed ? q[2].DivideExactly(heads) : q[3], e = packed ? v[2].DivideExactly(kv) : v[3];
        if (d is null || e is null)
            return null;
        var a = new Axes(new(q[0]), new(q[packed ? 1 : 2]), new(k[packed ? 1 : 2], AxisRole.Mixed), new(kv), new(heads / kv), new(d), new(e));
        AxisIndex[][] Shape(AxisIndex token, AxisIndex[] head, AxisIndex width) => packed
            ? [Indices.Axis(a.B), Indices.Axis(token), Indices.Axis([.. head, width])]
            : [Indices.Axis(a.B), Indices.Axis(head), Indices.Axis(token), Indices.Axis(width)];
        AxisIndex[][] present(AxisIndex width) => [Indices.Axis(a.B), Indices.Axis(a.G), Indices.Axis(a.M), Indices.Axis(width)];
        AxisIndex[][]?[] inputs = [Shape(a.N, [a.G, a.R], a.D), Shape(a.M, [a.G], a.D), Shape(a.M, [a.G], a.E), Mask(view, 3, a), null, null, null];
        return new AxisSpec(
            inputs[..view.Inputs], Shape(a.N, [a.G, a.R], a.E), present(a.D), present(a.E), [Indices.Axis(a.B), Indices.Axis(a.G, a.R), Indices.Axis(a.N), Indices.Axis(a.M)])
        {
            Uses = a.Uses,
            Macs = a.Macs,
        };
    }

    // com.microsoft Attention: one weight for query, key and value, which therefore have one width here
    private static AxisSpec? Packed(NodeView view)
    {
        Dim[] x = view.Shape(0), w = view.Shape(1);
        long heads = view.Node.Int("num_heads", 0);
        if (x.Length != 3 || w.Length != 2 || heads == 0 || view.Node.Has("qkv_hidden_sizes") || view.In(4) is not null || w[1].DivideExactly(3 * heads) is not { } width)
            return null;
        var stack = new AxisIndex(3, AxisRole.Mixed);
        var g = new AxisIndex(heads);
        var d = new AxisIndex(width);
        AxisIndex[] b = Indices.Axis(new AxisIndex(x[0])), n = Indices.Axis(new AxisIndex(x[1])), c = Indices.Axis(new AxisIndex(x[2]));
        AxisIndex[] packed = Indices.Axis(stack, g, d);
        var inputs = new AxisIndex[][]?[view.Inputs];
        inputs[0] = [b, n, c];
        inputs[1] = [c, packed];
        if (view.In(2) is not null)
            inputs[2] = [packed];
        return new AxisSpec(inputs, [b, n, Indices.Axis(g, d)])
        {
            Product = (0, 1),
            Macs = Dim.Product(x) * w[1] + (Dim.Of(2) * x[0] * x[1] * x[1] * Dim.Of(heads) * width),
        };
    }

    private static AxisSpec? MultiHead(NodeView view)
    {
        Dim[] q = view.Shape(0), k = view.Shape(1), v = view.Shape(2);
        long heads = view.Node.Int("num_heads", 0);
        if (q.Length != 3 || k.Length is not (3 or 4) || v.Length != k.Length || view.In(6) is not null || heads == 0)
            return null;
        Dim? e = v.Length == 4 ? v[3] : v[2].DivideExactly(heads);
        if (q[2].DivideExactly(heads) is not { } d || e is null)
            return null;
        var a = new Axes(new(q[0]), new(q[1]), new(k.Length == 4 ? k[2] : k[1], AxisRole.Mixed), new(heads), new(1), new(d), new(e));
        AxisIndex[][] Side(AxisIndex width) => k.Length == 4
            ? [Indices.Axis(a.B), Indices.Axis(a.G), Indices.Axis(a.M), Indices.Axis(width)]
            : [Indices.Axis(a.B), Indices.Axis(a.M), Indices.Axis(a.G, width)];
        AxisIndex[][] present(AxisIndex width) => [Indices.Axis(a.B), Indices.Axis(a.G), Indices.Axis(a.M), Indices.Axis(width)];
        var inputs = new AxisIndex[][]?[view.Inputs];
        inputs[0] = [Indices.Axis(a.B), Indices.Axis(a.N), Indices.Axis(a.G, a.D)];
        inputs[1] = Side(a.D);
        inputs[2] = Side(a.E);
        if (view.Inputs > 5)
            inputs[5] = Mask(view, 5, a);
        return new AxisSpec(inputs, [Indices.Axis(a.B), Indices.Axis(a.N), Indices.Axis(a.G, a.E)], present(a.D), present(a.E)) { Uses = a.Uses, Macs = a.Macs };
    }

    // the operator gives query, key and value one width; its own rotary embedding mixes it
    private static AxisSpec? GroupQuery(NodeView view)
    {
        Dim[] q = view.Shape(0);
        long heads = view.Node.Int("num_heads", 0), kv = view.Node.Int("kv_num_heads", 0);
        if (q.Length != 3 || view.In(1) is not { Rank: 3 } || kv == 0 || heads % kv != 0 || q[2].DivideExactly(heads) is not { } width)
            return null;
        var d = new AxisIndex(width, AxisRole.Mixed); // the operator wants widths of eight
        var a = new Axes(new(q[0]), new(q[1]), new(view.Shape(1)[1], AxisRole.Mixed), new(kv), new(heads / kv), d, d);
        var inputs = new AxisIndex[][]?[view.Inputs];
        inputs[0] = [Indices.Axis(a.B), Indices.Axis(a.N), Indices.Axis(a.G, a.R, d)];
        inputs[1] = inputs[2] = [Indices.Axis(a.B), Indices.Axis(a.M), Indices.Axis(a.G, d)];
        for (int past = 3; past <= 4 && past < view.Inputs; past++)
            inputs[past] = view.In(past) is null ? null : [Indices.Axis(a.B), Indices.Axis(a.G), Indices.Axis(new AxisIndex(view.Shape(past)[2])), Indices.Axis(d)];
        AxisIndex[][] cache = [Indices.Axis(a.B), Indices.Axis(a.G), Indices.Axis(new AxisIndex(Dim.Symbol(view.Node.Result.Name + ".past"))), Indices.Axis(d)];
        return new AxisSpec(inputs, inputs[0], cache, cache)
        {
            Uses = new Dictionary<AxisIndex, Usage> { [d] = Usage.ContractedPair | Usage.Softmaxed, [a.G] = Usage.BatchPair, [a.R] = Usage.BatchPair },
            Macs = a.Macs,
        };
    }

    private static AxisIndex[][]? Mask(NodeView view, int input, Axes a)
    {
        if (view.In(input) is not { } mask)
            return null;
        AxisIndex[][] full = [Indices.Axis(a.B), Indices.Axis(a.G, a.R), Indices.Axis(a.N), Indices.Axis(a.M)];
        return [.. mask.Shape.Select((d, i) => d.Is(1) ? [] : full[4 - mask.Rank + i])];
    }

    // pairs (i, i + width/2), or neighbours when interleaved, turn together
    private static AxisSpec? Rotary(NodeView view, int cos, int sin)
    {
        Dim[] x = view.Shape(0);
        long heads = view.Node.Int("num_heads", 0);
        long partial = view.Node.Int("rotary_embedding_dim", 0);
        Dim? width = x.Length == 4 ? x[3] : heads > 0 ? x[2].DivideExactly(heads) : view.Shape(cos)[^1] * Dim.Of(2);
        if (width is not { IsConstant: true } || (partial != 0 && partial != width.Value) || x.Length is not (3 or 4))
            return null;
        var f = new AxisIndex(width.Value / 2);
        var pair = new AxisIndex(2, AxisRole.Mixed);
        AxisIndex[] turned = view.Node.Int("interleaved", 0) != 0 ? Indices.Axis(f, pair) : Indices.Axis(pair, f);
        var h = new AxisIndex(x.Length == 4 ? x[1] : x[2].DivideExactly(width)!);
        AxisIndex[][] axes = x.Length == 4
            ? [Indices.Axis(new AxisIndex(x[0])), Indices.Axis(h), Indices.Axis(new AxisIndex(x[2])), turned]
            : [Indices.Axis(new AxisIndex(x[0])), Indices.Axis(new AxisIndex(x[1])), [.. Indices.Axis(h), .. turned]];
        var inputs = new AxisIndex[][]?[view.Inputs];
        inputs[0] = axes;
        AxisIndex[][] Cache(int i) => [.. view.Shape(i)[..^1].Select(d => Indices.Axis(new AxisIndex(d, AxisRole.Mixed))), Indices.Axis(f)];
        inputs[cos] = Cache(cos);
        inputs[sin] = Cache(sin);
        return new AxisSpec(inputs, axes);
    }
}
