using SiDT.Frontend;
using SiDT.Passes.Shapes;

namespace SiDT.Backend.Hook.Lowering;

/// <summary>Attention and rotary positions, as products, softmax and sums.</summary>
internal static class AttentionLowerings
{
    public static void Register(Dictionary<string, Func<Lowered, Value?[]>> table)
    {
        table["Attention"] = l => [Attention(l)];
        table["com.microsoft::MultiHeadAttention"] = l => [MultiHead(l)];
        table["RotaryEmbedding"] = l => [Rotary(l)];
    }

    private static Value Attention(Lowered l)
    {
        if (l.In(4) is not null || l.In(5) is not null || l.In(6) is not null || l.Node.Outputs.Skip(1).Any(o => o is not null) || l.Node.Float("softcap", 0) != 0)
            throw l.Fault("past keys, further outputs and capped scores are not supported");
        Value q = l.X, k = l.In(1)!, v = l.In(2)!;
        bool flat = l.Shape(q).Length == 3;
        long heads = l.Node.Int("q_num_heads", flat ? 1 : l.Shape(q)[1].Value), kvHeads = l.Node.Int("kv_num_heads", flat ? heads : l.Shape(k)[1].Value);
        long width = flat ? l.Shape(q)[2].Value / heads : l.Shape(q)[3].Value;
        if (flat)
            (q, k, v) = (Heads(l, q, heads), Heads(l, k, kvHeads), Heads(l, v, kvHeads));
        Dim keys = l.Shape(l.In(1)!)[flat ? 1 : 2];
        (k, v) = (Repeat(l, k, heads / kvHeads, kvHeads, Own(l, 1, kvHeads)), Repeat(l, v, heads / kvHeads, kvHeads, Own(l, 2, kvHeads)));
        Value made = Attend(l, q, k, v, l.Node.Float("scale", 1 / MathF.Sqrt(width)), l.In(3), l.Node.Int("is_causal", 0) != 0, keys);
        return flat ? l.Reshape(l.Transpose(made, 0, 2, 1, 3), 0, 0, -1) : made;
    }

    private static Value MultiHead(Lowered l)
    {
        if (l.In(1) is null || l.In(2) is null || l.In(3) is not null || l.In(6) is not null || l.In(7) is not null)
            throw l.Fault("packed inputs, biases inside and past keys are not supported");
        long heads = l.Node.Int("num_heads", 1);
        Value?[] parts = [l.X, l.In(1), l.In(2)];
        // keys and values may come with heads already
        Value[] split = [.. parts.Select(p => p!.Producer is null || l.Node.Graph.Nodes.Contains(p.Producer) && Rank(l, p) != 4 ? Heads(l, p, heads) : p)];
        long width = Width(l, l.X) / heads;
        Value? mask = l.In(5);
        if (l.In(4) is { } padding)
            throw l.Fault($"its padding mask '{padding.Name}' is not supported");
        float scale = l.Node.Float("scale", 0);
        Value made = Attend(l, split[0], split[1], split[2], scale == 0 ? 1 / MathF.Sqrt(width) : scale, mask, l.Node.Int("unidirectional", 0) != 0, null);
        return l.Reshape(l.Transpose(made, 0, 2, 1, 3), 0, 0, -1);
    }

    private static long Own(Lowered l, int index, long heads) => l.Shape(l.In(index)!) is { Length: 3 } flat ? flat[2].Value / heads : l.Shape(l.In(index)!)[3].Value;

    private static int Rank(Lowered l, Value value) => l.Of(value) is { IsUnknown: false } layout ? layout.Rank : 3;

    private static long Width(Lowered l, Value value) => l.Shape(value)[^1].Value;

    private static Value Heads(Lowered l, Value x, long heads) => l.Transpose(l.Reshape(x, 0, 0, heads, -1), 0, 2, 1, 3);

    // each key head serves several query heads: (batch, kv heads, tokens, width) => (batch, heads, tokens, width)
    private static Value Repeat(Lowered l, Value x, long times, long heads, long width)
    {
        if (times == 1)
            return x;
        Value repeated = l.Op("Tile", l.Unsqueeze(x, 2), l.Whole(1, 1, times, 1, 1));
        return l.Reshape(repeated, 0, heads * times, -1, width);
    }

    private static Value Attend(Lowered l, Value q, Value k, Value v, float scale, Value? mask, bool causal, Dim? keys)
    {
        Value scores = l.Times(l.Op("MatMul", q, l.Transpose(k, 0, 1, 3, 2)), scale);
        if (mask is not null)
        {
            scores = l.Of(mask).Type == ElementType.Bool
                ? l.Op("Where", mask, scores, l.Number(-1e9f))
                : l.Op("Add", scores, mask);
        }
        if (causal)
        {
            Dim length = keys ?? l.Shape(l.X)[1];
            if (!length.IsConstant)
                throw l.Fault("a causal mask of an open length is not supported");
            int n = (int)length.Value;
            float[] hidden = [.. Enumerable.Range(0, n * n).Select(i => i % n > i / n ? -1e9f : 0)];
            scores = l.Op("Add", scores, l.Node.Graph.NewInitializer($"{l.Node.Name}_causal", Tensor.Of(hidden, n, n)));
        }
        return l.Op("MatMul", l.Softmax(scores, 4), v);
    }

    private static Value Rotary(Lowered l)
    {
        Dim[] shape = l.Shape(l.X);
        if (shape.Length != 4 || l.Node.Int("interleaved", 0) != 0 || l.Node.Int("rotary_embedding_dim", 0) != 0)
            throw l.Fault("only whole heads of (batch, heads, tokens, width), turned by halves, are supported");
        long half = shape[3].Value / 2;
        // positions that are the same for every sample are read off the table once
        Value? positions = l.In(3) is { Producer: { } spread } given && spread.Is("Expand") && spread.Inputs[0]!.Constant is { Rank: 2, Dims: [1, _] } ? spread.Inputs[0] : l.In(3);
        Value Table(int index) => positions is not null ? l.Unsqueeze(l.Op("Gather", l.In(index), positions), 1) : l.Unsqueeze(l.In(index)!, 1);
        Value cos = Table(1), sin = Table(2);
        Value Part(long from) => l.Op("Slice", l.X, l.Whole(from), l.Whole(from + half), l.Whole(3));
        Value a = Part(0), b = Part(half);
        return l.Op("Concat", n => n.Set("axis", -1L), l.Op("Sub", l.Op("Mul", a, cos), l.Op("Mul", b, sin)), l.Op("Add", l.Op("Mul", a, sin), l.Op("Mul", b, cos)));
    }
}
