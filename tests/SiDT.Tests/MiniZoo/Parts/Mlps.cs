namespace SiDT.Tests.MiniZoo.Parts;

/// <summary>What stands between the two matrices of a feed-forward network.</summary>
public enum Mlp
{
    Plain,
    GluSplit,
    GluSlice,
    GluStacked,
    GluSeparate,
    GluSeparateInnerNorm,
    DepthWise,
}

/// <summary>Feed-forward networks on tokens [batch, tokens, embed].</summary>
public static class Mlps
{
    public static string Apply(GraphBuilder g, string x, Mlp kind, int embed, int hidden, int tokens, bool bias = true) =>
        g.Module("Mlp", x, v => Write(g, v, kind, embed, hidden, tokens, bias));

    private static string Write(GraphBuilder g, string x, Mlp kind, int embed, int hidden, int tokens, bool bias)
    {
        string Out(string y) => Linears.Apply(g, y, "fc2", hidden, embed, tokens, bias);
        switch (kind)
        {
            case Mlp.GluSplit:
                string[] halves = g.Split(Linears.Apply(g, x, "w12", embed, 2 * hidden, tokens, bias), -1, hidden, hidden);
                return Out(g.Mul(Activations.Apply(g, halves[0], Activation.Silu), halves[1]));
            case Mlp.GluSlice:
                string both = Linears.Apply(g, x, "w12", embed, 2 * hidden, tokens, bias);
                return Out(g.Mul(g.Slice(both, 2, 0, hidden), Activations.Apply(g, g.Slice(both, 2, hidden, long.MaxValue))));
            case Mlp.GluStacked:
                string stacked = g.Reshape(Linears.Apply(g, x, "w12", embed, 2 * hidden, tokens, bias), 0, tokens, 2, hidden);
                return Out(g.Mul(Activations.Apply(g, g.Gather(stacked, 0, 2), Activation.Silu), g.Gather(stacked, 1, 2)));
            case Mlp.GluSeparate or Mlp.GluSeparateInnerNorm:
                string gate = Activations.Apply(g, Linears.Apply(g, x, "gate_proj", embed, hidden, tokens, bias), Activation.Silu);
                string gated = g.Mul(gate, Linears.Apply(g, x, "up_proj", embed, hidden, tokens, bias));
                return Out(kind == Mlp.GluSeparate ? gated : Norms.Apply(g, gated, "norm", hidden));
            case Mlp.DepthWise:
                int side = (int)Math.Sqrt(tokens);
                string map = g.Reshape(g.Transpose(Linears.Apply(g, x, "fc1", embed, hidden, tokens, bias), 0, 2, 1), 0, hidden, side, side);
                string mixed = g.Conv(map, "dwconv", hidden, hidden, 3, 1, 1, hidden);
                return Out(Activations.Apply(g, g.Transpose(g.Reshape(mixed, 0, hidden, tokens), 0, 2, 1)));
            default:
                return Out(Hidden(g, x, embed, hidden, tokens, bias));
        }
    }

    private static string Hidden(GraphBuilder g, string x, int embed, int hidden, int tokens, bool bias)
    {
        switch (g.Spelling.Activation)
        {
            case Activation.BiasGelu:
                return g.Ms("BiasGelu", [Linears.Apply(g, x, "fc1", embed, hidden, tokens, false), g.Bias("fc1.bias", hidden)]);
            case Activation.FastGelu:
                return g.Ms("FastGelu", [Linears.Apply(g, x, "fc1", embed, hidden, tokens, false), g.Bias("fc1.bias", hidden)]);
            case Activation.FusedGemmRelu:
                Matrix weight = g.MatrixNumbers("fc1.weight", embed, hidden);
                string flat = g.Op("Reshape", x, g.Constant(-1, embed));
                string fused = g.Ms("FusedGemm", [flat, g.Kernel("fc1.weight", weight.Data, [embed, hidden], 1), g.Bias("fc1.bias", hidden)], ("activation", "Relu"));
                return g.Reshape(fused, -1, tokens, hidden);
            default:
                return Activations.Apply(g, Linears.Apply(g, x, "fc1", embed, hidden, tokens, bias));
        }
    }
}
