namespace SiDT.Tests.MiniZoo.Parts;

/// <summary>Attention with batch and heads merged into one axis.</summary>
public static class BatchedAttentions
{
    /// <summary>[batch * heads, tokens, width] and three-dimensional products.</summary>
    public static string Merged(GraphBuilder g, string x, string source, AttentionPlan p)
    {
        (string q, string k, string v) = QkvProjections.Apply(g, x, source, p);
        string Bmm(string heads, int tokens, int width) => g.Op("Reshape", heads, g.Constant(-1, tokens, width));
        string y = Attentions.Products(g, Bmm(q, p.Tokens, p.Qk), Bmm(k, p.SourceTokens, p.Qk), Bmm(v, p.SourceTokens, p.V), p, t => g.Transpose(t, 0, 2, 1));
        return Attentions.Output(g, g.Op("Reshape", y, g.Constant(-1, p.Heads, p.Tokens, p.V)), p);
    }

    /// <summary>Tokens first, batch second, as in torch's MultiheadAttention; a packed projection is unflattened.</summary>
    public static string SequenceFirst(GraphBuilder g, string x, string source, AttentionPlan p)
    {
        string first = g.Transpose(x, 1, 0, 2);
        (string q, string k, string v) = g.Spelling.Qkv == Qkv.Separate
            ? QkvProjections.Separate(g, first, source == x ? first : g.Transpose(source, 1, 0, 2), p)
            : Unflattened(g, first, p);
        string Bmm(string t, int tokens, int width) => g.Transpose(g.Op("Reshape", t, g.Constant(tokens, -1, width)), 1, 0, 2);
        string y = Attentions.Products(g, Bmm(q, p.Tokens, p.Qk), Bmm(k, p.SourceTokens, p.Qk), Bmm(v, p.SourceTokens, p.V), p, t => g.Transpose(t, 0, 2, 1));
        string merged = g.Op("Reshape", g.Transpose(y, 1, 0, 2), g.Constant(p.Tokens, -1, p.VWidth));
        return g.Transpose(Attentions.Project(g, merged, p), 1, 0, 2);
    }

    private static (string Q, string K, string V) Unflattened(GraphBuilder g, string x, AttentionPlan p)
    {
        string four = g.Op("Reshape", QkvProjections.Packed(g, x, p), g.Constant(p.Tokens, -1, 3, p.QkWidth));
        string stacked = g.Squeeze(g.Transpose(g.Unsqueeze(four, 0), 3, 1, 2, 0, 4), 3);
        return (g.Gather(stacked, 0, 0), g.Gather(stacked, 1, 0), g.Gather(stacked, 2, 0));
    }
}
