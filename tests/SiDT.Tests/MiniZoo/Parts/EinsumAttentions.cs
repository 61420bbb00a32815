namespace SiDT.Tests.MiniZoo.Parts;

/// <summary>Attention written with Einsum or on channels-first maps.</summary>
public static class EinsumAttentions
{
    /// <summary>Kernels of three axes, as Flax has them; tokens stay before heads.</summary>
    public static string Flax(GraphBuilder g, string x, string source, AttentionPlan p)
    {
        string In(string from, string name, int inputs, int width)
        {
            float[] kernel = g.MatrixNumbers(name + ".weight", inputs, p.Heads * width).Data;
            string y = g.Einsum("btd,dhk->bthk", from, g.Kernel(name + ".kernel", kernel, [inputs, p.Heads, width]));
            return g.Add(y, g.Weight(name + ".bias", g.BiasNumbers(name + ".bias", p.Heads * width).Data, p.Heads, width));
        }
        string q = g.Mul(In(x, "q_proj", p.Embed, p.Qk), g.Number(1 / Math.Sqrt(p.Qk)));
        string logits = g.Einsum("bqhd,bkhd->bhqk", q, In(source, "k_proj", p.SourceWidth, p.Qk));
        string heads = g.Einsum("bhqk,bkhd->bqhd", g.Softmax(logits), In(source, "v_proj", p.SourceWidth, p.V));
        string output = g.Kernel("proj.kernel", g.MatrixNumbers("proj.weight", p.VWidth, p.Embed).Data, [p.Heads, p.V, p.Embed]);
        return g.Add(g.Einsum("bthk,hkd->btd", heads, output), g.Bias("proj.bias", p.Embed));
    }

    /// <summary>Tokens along the last axis of [batch, channels, 1, tokens]; one pair of products for each head.</summary>
    public static string Nchw(GraphBuilder g, string x, AttentionPlan p)
    {
        string map = g.Unsqueeze(g.Transpose(x, 0, 2, 1), 2);
        long[] widths = [.. Enumerable.Repeat((long)p.Qk, p.Heads)], valueWidths = [.. Enumerable.Repeat((long)p.V, p.Heads)];
        string[] q = g.Split(Pointwise(g, map, "q_proj", p.Embed, p.QkWidth), 1, widths);
        string keys = g.Transpose(Pointwise(g, map, "k_proj", p.Embed, p.QkWidth), 0, 3, 2, 1);
        string[] k = g.Split(keys, 3, widths);
        string[] v = g.Split(Pointwise(g, map, "v_proj", p.Embed, p.VWidth), 1, valueWidths);
        string[] heads = new string[p.Heads];
        for (int h = 0; h < p.Heads; h++)
        {
            string logits = g.Mul(g.Einsum("bchq,bkhc->bkhq", q[h], k[h]), g.Number(1 / Math.Sqrt(p.Qk)));
            heads[h] = g.Einsum("bkhq,bchk->bchq", g.Softmax(logits, 1), v[h]);
        }
        return Tokens(g, Pointwise(g, g.Concat(1, heads), "proj", p.VWidth, p.Embed));
    }

    /// <summary>The same map with one product for all heads, keys on the left.</summary>
    public static string NchwGrouped(GraphBuilder g, string x, AttentionPlan p)
    {
        string map = g.Unsqueeze(g.Transpose(x, 0, 2, 1), 2);
        string Heads(string name, int width) => g.Reshape(Pointwise(g, map, name, p.Embed, p.Heads * width), 0, p.Heads, width, p.Tokens);
        string logits = g.MatMul(g.Transpose(Heads("k_proj", p.Qk), 0, 1, 3, 2), g.Mul(Heads("q_proj", p.Qk), g.Number(1 / Math.Sqrt(p.Qk))));
        string y = g.Reshape(g.MatMul(Heads("v_proj", p.V), g.Softmax(logits, 2)), 0, p.VWidth, 1, p.Tokens);
        return Tokens(g, Pointwise(g, y, "proj", p.VWidth, p.Embed));
    }

    private static string Tokens(GraphBuilder g, string map) => g.Transpose(g.Squeeze(map, 2), 0, 2, 1);

    private static string Pointwise(GraphBuilder g, string map, string name, int inputs, int outputs)
    {
        Matrix weight = g.MatrixNumbers(name + ".weight", inputs, outputs).Transposed();
        return g.Op("Conv", [map, g.Kernel(name + ".weight", weight.Data, [outputs, inputs, 1, 1]), g.Bias(name + ".bias", outputs)], ("kernel_shape", new long[] { 1, 1 }));
    }
}
