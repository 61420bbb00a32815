namespace SiDT.Tests.MiniZoo.Parts;

/// <summary>Query, key and value as heads [batch, heads, tokens, width], in every way a packed projection is taken apart.</summary>
public static class QkvProjections
{
    public static (string Q, string K, string V) Apply(GraphBuilder g, string x, string source, AttentionPlan p)
    {
        switch (g.Spelling.Qkv)
        {
            case Qkv.Separate:
                (string q, string k, string v) = Separate(g, x, source, p);
                return (Heads(g, q, p.Tokens, p.Heads, p.Qk), Heads(g, k, p.SourceTokens, p.KvHeads, p.Qk), Heads(g, v, p.SourceTokens, p.KvHeads, p.V));
            case Qkv.PackedSplitChannels:
                string[] parts = g.Split(Packed(g, x, p), -1, p.QkWidth, p.KeyWidth, p.ValueWidth);
                return (Heads(g, parts[0], p.Tokens, p.Heads, p.Qk), Heads(g, parts[1], p.Tokens, p.KvHeads, p.Qk), Heads(g, parts[2], p.Tokens, p.KvHeads, p.V));
            case Qkv.PackedSlicedChannels:
                string packed = Packed(g, x, p);
                string Cut(int start, int width, int heads) => Heads(g, g.Slice(packed, 2, start, start + width), p.Tokens, heads, width / heads);
                return (Cut(0, p.QkWidth, p.Heads), Cut(p.QkWidth, p.KeyWidth, p.KvHeads), Cut(p.QkWidth + p.KeyWidth, p.ValueWidth, p.KvHeads));
            case Qkv.HeadsOutermostSplit or Qkv.HeadsOutermostSlice or Qkv.HeadsOutermostStacked:
                return HeadsOutermost(g, x, p);
            default:
                return Stacked(g, x, p);
        }
    }

    /// <summary>Three linear layers, heads still side by side.</summary>
    public static (string Q, string K, string V) Separate(GraphBuilder g, string x, string source, AttentionPlan p) =>
        (Linears.Apply(g, x, "q_proj", p.Embed, p.QkWidth, p.Tokens, p.QkvBias),
            Linears.Apply(g, source, "k_proj", p.SourceWidth, p.KeyWidth, p.SourceTokens, p.QkvBias && p.KeyBias),
            Linears.Apply(g, source, "v_proj", p.SourceWidth, p.ValueWidth, p.SourceTokens, p.QkvBias));

    /// <summary>[batch, tokens, heads * width] to [batch, heads, tokens, width].</summary>
    public static string Heads(GraphBuilder g, string x, int tokens, int heads, int width) => g.Transpose(Unmerged(g, x, tokens, heads, width), 0, 2, 1, 3);

    public static string Unmerged(GraphBuilder g, string x, int tokens, int heads, int width)
    {
        if (g.Spelling.Shapes != Shapes.TracedWidths)
            return g.Reshape(x, 0, tokens, heads, width);
        string each = g.Div(g.ExtentScalar(x, 2), g.Constant(SiDT.Frontend.Tensor.Scalar((long)heads)));
        return g.Op("Reshape", x, g.Concat(0, g.Extent(x, 0), g.Extent(x, 1), g.Constant(heads), g.Unsqueeze(each, 0)));
    }

    /// <summary>Weight and bias of q, k and v, heads side by side.</summary>
    public static (Matrix[] Weights, Matrix[]? Biases) NumbersOf(GraphBuilder g, AttentionPlan p)
    {
        (string Name, int Width)[] parts = [("q_proj", p.QkWidth), ("k_proj", p.KeyWidth), ("v_proj", p.ValueWidth)];
        Matrix[] weights = [.. parts.Select(s => g.MatrixNumbers(s.Name + ".weight", p.Embed, s.Width))];
        Matrix[] biases = [.. parts.Select(s => s.Name == "k_proj" && !p.KeyBias ? new Matrix(1, s.Width, new float[s.Width]) : g.BiasNumbers(s.Name + ".bias", s.Width))];
        return (weights, p.QkvBias ? biases : null);
    }

    public static string Packed(GraphBuilder g, string x, AttentionPlan p)
    {
        (Matrix[] weights, Matrix[]? biases) = NumbersOf(g, p);
        return Linears.Apply(g, x, "qkv", Matrix.Beside(weights), biases is null ? null : Matrix.Beside(biases), p.Tokens);
    }

    /// <summary>One projection reshaped to five axes.</summary>
    private static (string Q, string K, string V) Stacked(GraphBuilder g, string x, AttentionPlan p)
    {
        int n = p.Tokens, h = p.Heads, d = p.Qk;
        if (p.Qk != p.V || p.KvHeads != p.Heads)
            throw new ArgumentException("a stacked projection has equal widths");
        string five = g.Reshape(Packed(g, x, p), 0, n, 3, h, d);
        switch (g.Spelling.Qkv)
        {
            case Qkv.PackedGatherAxis2:
                string Head(int i) => g.Transpose(g.Gather(five, i, 2), 0, 2, 1, 3);
                return (Head(0), Head(1), Head(2));
            case Qkv.HeadsBeforeStack:
                string before = g.Transpose(five, 0, 3, 2, 1, 4);
                string Select(int i) => g.Squeeze(g.Gather(before, [i], 2), 2);
                return (Select(0), Select(1), Select(2));
            case Qkv.PackedSplitSqueeze:
                string[] split = g.Split(g.Transpose(five, 2, 0, 3, 1, 4), 0, 1, 1, 1);
                return (g.Squeeze(split[0], 0), g.Squeeze(split[1], 0), g.Squeeze(split[2], 0));
            case Qkv.PackedSliceSqueeze:
                string sliced = g.Transpose(five, 2, 0, 3, 1, 4);
                string One(int i) => g.Squeeze(g.Slice(sliced, 0, i, i + 1), 0);
                return (One(0), One(1), One(2));
            default:
                string stacked = g.Transpose(five, 2, 0, 3, 1, 4);
                return (g.Gather(stacked, 0, 0), g.Gather(stacked, 1, 0), g.Gather(stacked, 2, 0));
        }
    }

    /// <summary>q, k and v of one head side by side, then those of the next.</summary>
    private static (string Q, string K, string V) HeadsOutermost(GraphBuilder g, string x, AttentionPlan p)
    {
        (Matrix[] weights, Matrix[]? biases) = NumbersOf(g, p);
        Matrix weight = Matrix.BesideWithinHeads(p.Heads, weights);
        string packed = Linears.Apply(g, x, "qkv", weight, biases is null ? null : Matrix.BesideWithinHeads(p.Heads, biases), p.Tokens);
        int all = p.Qk + p.Qk + p.V;
        if (g.Spelling.Qkv == Qkv.HeadsOutermostStacked)
        {
            string stacked = g.Transpose(g.Reshape(packed, 0, p.Tokens, p.Heads, 3, p.Qk), 3, 0, 2, 1, 4);
            return (g.Gather(stacked, 0, 0), g.Gather(stacked, 1, 0), g.Gather(stacked, 2, 0));
        }
        string heads = Heads(g, packed, p.Tokens, p.Heads, all);
        if (g.Spelling.Qkv == Qkv.HeadsOutermostSlice)
            return (g.Slice(heads, 3, 0, p.Qk), g.Slice(heads, 3, p.Qk, 2 * p.Qk), g.Slice(heads, 3, 2 * p.Qk, long.MaxValue));
        string[] parts = g.Split(heads, 3, p.Qk, p.Qk, p.V);
        return (parts[0], parts[1], parts[2]);
    }
}
