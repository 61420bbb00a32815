namespace SiDT.Tests.MiniZoo.Parts;

/// <summary>Attention as one operator.</summary>
public static class FusedAttentions
{
    /// <summary>The standard operator on three-dimensional inputs; it knows grouped queries.</summary>
    public static string Onnx3(GraphBuilder g, string x, string source, AttentionPlan p)
    {
        (string q, string k, string v) = QkvProjections.Separate(g, x, source, p);
        string y = g.Op("Attention", [q, k, v, p.FusedMask], ("q_num_heads", p.Heads), ("kv_num_heads", p.KvHeads), ("scale", (float)(1 / Math.Sqrt(p.Qk))));
        return Attentions.Project(g, y, p);
    }

    /// <summary>The runtime's operator with the packed projection inside.</summary>
    public static string MsAttention(GraphBuilder g, string x, AttentionPlan p)
    {
        (Matrix[] weights, Matrix[]? biases) = QkvProjections.NumbersOf(g, p);
        Matrix packed = Matrix.Beside(weights);
        string weight = g.Kernel("qkv.weight", packed.Data, [packed.Rows, packed.Columns], 1);
        string bias = g.Weight("qkv.bias", Matrix.Beside(biases!).Data, packed.Columns);
        (string, object)[] sizes = p.Qk == p.V ? [] : [("qkv_hidden_sizes", new long[] { p.QkWidth, p.QkWidth, p.VWidth })];
        return Attentions.Project(g, g.Ms("Attention", [x, weight, bias], [("num_heads", p.Heads), .. sizes]), p);
    }

    /// <summary>The runtime's operator behind three matrices, their biases in one input.</summary>
    public static string MsMultiHead(GraphBuilder g, string x, string source, AttentionPlan p)
    {
        (string q, string k, string v) = QkvProjections.Separate(g, x, source, p with { QkvBias = false });
        (_, Matrix[]? biases) = QkvProjections.NumbersOf(g, p);
        string? bias = biases is null ? null : g.Weight("in_proj.bias", Matrix.Beside(biases).Data, p.QkWidth + p.KeyWidth + p.ValueWidth);
        return Attentions.Project(g, g.Ms("MultiHeadAttention", [q, k, v, bias, null, p.FusedMask], ("num_heads", p.Heads)), p);
    }
}
