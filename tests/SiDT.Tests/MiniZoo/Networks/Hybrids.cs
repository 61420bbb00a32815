using SiDT.Tests.MiniZoo.Parts;

namespace SiDT.Tests.MiniZoo.Networks;

/// <summary>Convolutions and attention in one network.</summary>
public static class Hybrids
{
    /// <summary>Bottleneck stem, then a plain transformer block on its map.</summary>
    public static void BottleneckThenTransformer(GraphBuilder g)
    {
        string x = g.Op("Relu", ConvNets.ConvNorm(g, ConvNets.Pixels(g), "backbone.stem", 3, 10, 3, 2));
        string y = g.Op("Relu", ConvNets.ConvNorm(g, x, "backbone.conv1", 10, 6, 3));
        x = g.Op("Relu", g.Add(x, ConvNets.ConvNorm(g, y, "backbone.conv2", 6, 10, 3)));
        string tokens = g.Add(Blocks.ToTokens(g, g.Conv(x, "patch_embed.proj", 10, 12, 2, 2), 12), g.Weight("pos_embed", 0.5, 1, 9, 12));
        tokens = Blocks.PreNorm(g, tokens, "blocks.0", new AttentionPlan(12, 3, 4, 4, 9), 20);
        string pooled = g.ReduceMean(Norms.Apply(g, tokens, "norm", 12), false, 1);
        g.Output(Linears.Apply(g, pooled, "head", 12, 7, 0), "logits", -1, 7);
    }

    /// <summary>Stem of convolutions with BatchNorm, BatchNorm behind every matrix, narrow keys, attention biases, hard swish.</summary>
    public static void BatchNormedAttention(GraphBuilder g)
    {
        const int embed = 12, heads = 3, qk = 3, v = 5, hidden = 18, n = 9;
        string x = g.Op("HardSwish", ConvNets.ConvNorm(g, ConvNets.Pixels(g), "stem.0", 3, 8, 3, 2));
        x = Blocks.ToTokens(g, ConvNets.ConvNorm(g, x, "stem.1", 8, embed, 3, 2), embed);
        string Normed(string t, string name, int inputs, int outputs)
        {
            string y = Linears.Apply(g, t, name + ".c", inputs, outputs, n, bias: false);
            return g.Reshape(g.BatchNorm(g.Op("Reshape", y, g.Constant(-1, outputs)), name + ".bn", outputs), -1, n, outputs);
        }
        using (g.Scope("blocks.0.attn"))
        {
            string packed = QkvProjections.Heads(g, Normed(x, "qkv", embed, heads * (qk + qk + v)), n, heads, qk + qk + v);
            string[] parts = g.Split(packed, 3, qk, qk, v);
            string table = g.Weight("attention_biases", 0.5, heads, 9);
            long[] index = [.. Enumerable.Range(0, n * n).Select(i => (long)((Math.Abs((i / n / 3) - (i % n / 3)) * 3) + Math.Abs((i / n % 3) - (i % n % 3))))];
            string bias = g.Op("Gather", [table, g.Table("attention_bias_idxs", index, n, n)], ("axis", 1));
            string logits = g.Add(g.Mul(g.MatMul(parts[0], g.Transpose(parts[1], 0, 1, 3, 2)), g.Number(1 / Math.Sqrt(qk))), bias);
            string merged = g.Reshape(g.Transpose(g.MatMul(g.Softmax(logits), parts[2]), 0, 2, 1, 3), 0, n, heads * v);
            x = g.Add(x, Normed(g.Op("HardSwish", merged), "proj", heads * v, embed));
        }
        using (g.Scope("blocks.0.mlp"))
            x = g.Add(x, Normed(g.Op("HardSwish", Normed(x, "ln1", embed, hidden)), "ln2", hidden, embed));
        string pooled = g.BatchNorm(g.ReduceMean(x, false, 1), "head.bn", embed);
        g.Output(Linears.Apply(g, pooled, "head.linear", embed, 7, 0), "logits", -1, 7);
    }

    /// <summary>An inverted residual, then attention across the patches of an unfolded map, folded back and fused with what came before.</summary>
    public static void Unfolded(GraphBuilder g)
    {
        const int stream = 8, embed = 12, side = 4;
        string x = Activations.Apply(g, ConvNets.ConvNorm(g, ConvNets.Pixels(g, 8), "stem", 3, stream, 3, 2));
        string inner = Activations.Apply(g, ConvNets.ConvNorm(g, x, "mv2.expand", stream, 14, 1));
        inner = Activations.Apply(g, ConvNets.ConvNorm(g, inner, "mv2.depthwise", 14, 14, 3, 1, 14));
        x = g.Add(x, ConvNets.ConvNorm(g, inner, "mv2.project", 14, stream, 1));
        string local = Activations.Apply(g, ConvNets.ConvNorm(g, x, "local", stream, 9, 3));
        string map = g.Conv(local, "to_tokens", 9, embed, 1, bias: false);
        string cut = g.Transpose(g.Op("Reshape", map, g.Constant(-1, 2, side / 2, 2)), 0, 2, 1, 3);
        string patches = g.Transpose(g.Op("Reshape", cut, g.Constant(-1, embed, side, 4)), 0, 3, 2, 1);
        string tokens = g.Op("Reshape", patches, g.Constant(-1, side, embed));
        tokens = Norms.Apply(g, Blocks.PreNorm(g, tokens, "transformer", new AttentionPlan(embed, 3, 4, 4, side), 20), "transformer.norm", embed);
        string back = g.Transpose(g.Op("Reshape", tokens, g.Constant(-1, 4, side, embed)), 0, 3, 2, 1);
        string folded = g.Transpose(g.Op("Reshape", back, g.Constant(-1, side / 2, 2, 2)), 0, 2, 1, 3);
        string again = g.Op("Reshape", folded, g.Constant(-1, embed, side, side));
        string projected = Activations.Apply(g, ConvNets.ConvNorm(g, again, "project", embed, stream, 1));
        string fused = Activations.Apply(g, ConvNets.ConvNorm(g, g.Concat(1, x, projected), "fusion", 2 * stream, 10, 3));
        ConvNets.Classified(g, fused, 10);
    }
}
