using SiDT.Frontend;

namespace SiDT.Tests.MiniZoo.Parts;

/// <summary>Attention on tokens [batch, tokens, embed] as four-dimensional products; other spellings are next door.</summary>
public static class Attentions
{
    public static string Apply(GraphBuilder g, string x, AttentionPlan p) => g.Module("Attention", x, v => Apply(g, v, v, p));

    /// <summary>Queries from x, keys and values from source.</summary>
    public static string Apply(GraphBuilder g, string x, string source, AttentionPlan p) => g.Spelling.Core switch
    {
        Core.BatchedMatMul3 => BatchedAttentions.Merged(g, x, source, p),
        Core.SequenceFirst => BatchedAttentions.SequenceFirst(g, x, source, p),
        Core.FlaxEinsum => EinsumAttentions.Flax(g, x, source, p),
        Core.NchwEinsum => EinsumAttentions.Nchw(g, x, p),
        Core.NchwGrouped => EinsumAttentions.NchwGrouped(g, x, p),
        Core.OnnxAttention3 => FusedAttentions.Onnx3(g, x, source, p),
        Core.MsAttention => FusedAttentions.MsAttention(g, x, p),
        Core.MsMultiHeadAttention => FusedAttentions.MsMultiHead(g, x, source, p),
        _ => FourDimensional(g, x, source, p),
    };

    /// <summary>Softmax(q k) v with scale and masks; keys [.., tokens, width].</summary>
    public static string Products(GraphBuilder g, string q, string k, string v, AttentionPlan p, Func<string, string> transposed)
    {
        string weights = g.Unchanged(g.Softmax(Masked(Logits(g, q, k, p, transposed), p)));
        return g.MatMul(p.OnWeights?.Invoke(weights) ?? weights, v);
    }

    /// <summary>[batch, heads, tokens, width] through the output matrix.</summary>
    public static string Output(GraphBuilder g, string heads, AttentionPlan p)
    {
        string merged = g.Reshape(g.Transpose(heads, 0, 2, 1, 3), 0, p.Tokens, p.VWidth);
        return Project(g, merged, p);
    }

    public static string Project(GraphBuilder g, string merged, AttentionPlan p) =>
        p.Project ? g.Unchanged(Linears.Apply(g, merged, "proj", p.VWidth, p.Embed, p.Tokens)) : merged;

    private static string FourDimensional(GraphBuilder g, string x, string source, AttentionPlan p)
    {
        (string q, string k, string v) = QkvProjections.Apply(g, x, source, p);
        if (p.OnHeads is not null)
            (q, k) = (p.OnHeads(q, "q"), p.OnHeads(k, "k"));
        if (g.Spelling.Core == Core.OnnxAttention4)
            return Output(g, g.Op("Attention", [q, k, v, p.FusedMask], ("scale", (float)(1 / Math.Sqrt(p.Qk)))), p);
        if (p.KvHeads == p.Heads)
            return Output(g, Products(g, q, k, v, p, t => g.Transpose(t, 0, 1, 3, 2)), p);
        if (p.Repeat != KvRepeat.Broadcast)
            return Output(g, Products(g, q, Repeated(g, k, p, p.Qk), Repeated(g, v, p, p.V), p, t => g.Transpose(t, 0, 1, 3, 2)), p);
        string grouped = g.Reshape(q, 0, p.KvHeads, p.Heads / p.KvHeads, p.Tokens, p.Qk);
        string five = Products(g, grouped, g.Unsqueeze(k, 2), g.Unsqueeze(v, 2), p, t => g.Transpose(t, 0, 1, 2, 4, 3));
        return Output(g, g.Reshape(five, 0, p.Heads, p.Tokens, p.V), p);
    }

    private static string Repeated(GraphBuilder g, string x, AttentionPlan p, int width)
    {
        int times = p.Heads / p.KvHeads;
        string five = g.Unsqueeze(x, 2);
        string repeated = p.Repeat switch
        {
            KvRepeat.Tile => g.Op("Tile", five, g.Constant(1, 1, times, 1, 1)),
            KvRepeat.Concat => g.Concat(2, [.. Enumerable.Repeat(five, times)]),
            _ => g.Op("Expand", five, g.Constant(1, 1, times, 1, 1)),
        };
        return g.Reshape(repeated, 0, p.Heads, p.SourceTokens, width);
    }

    private static string Masked(string logits, AttentionPlan p) => p.OnLogits?.Invoke(logits) ?? logits;

    private static string Logits(GraphBuilder g, string q, string k, AttentionPlan p, Func<string, string> transposed)
    {
        double root = Math.Sqrt(p.Qk);
        switch (g.Spelling.Scale)
        {
            case Scale.Divided:
                return g.Div(g.MatMul(q, transposed(k)), g.Number(root));
            case Scale.OnQuery:
                return g.MatMul(g.Mul(q, g.Number(1 / root)), transposed(k));
            case Scale.OnBoth:
                return g.MatMul(g.Mul(q, g.Number(1 / Math.Sqrt(root))), g.Mul(transposed(k), g.Number(1 / Math.Sqrt(root))));
            case Scale.Runtime:
                string width = g.Cast(g.ExtentScalar(q, -1), ElementType.Float32);
                return g.Div(g.MatMul(q, transposed(k)), g.Op("Sqrt", width));
            case Scale.RuntimeOnQuery:
                string factor = g.Op("Pow", g.Cast(g.ExtentScalar(k, -1), ElementType.Float32), g.Number(-0.5));
                return g.MatMul(g.Mul(q, factor), transposed(k));
            default:
                return g.Mul(g.MatMul(q, transposed(k)), g.Number(1 / root));
        }
    }
}
