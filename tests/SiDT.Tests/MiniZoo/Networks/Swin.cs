using SiDT.Tests.MiniZoo.Parts;

namespace SiDT.Tests.MiniZoo.Networks;

public enum SwinHead
{
    Classes,
    Features,
    Pyramid,
    PyramidBySize,
}

/// <summary>Windows with and without a cyclic shift, relative position bias, patch merging; two stages on an 8x8 and a 4x4 grid.</summary>
/// <param name="g">Where it is written.</param>
/// <param name="head">What it gives.</param>
/// <param name="mergeByTranspose">How patches are merged.</param>
/// <param name="pairs">Pairs of blocks, plain and shifted, in the first stage.</param>
public sealed class Swin(GraphBuilder g, SwinHead head, bool mergeByTranspose = false, int pairs = 1)
{
    public const int First = 10, Second = 14, FirstHidden = 18, SecondHidden = 22, PyramidWidth = 9;
    private const int Window = 2;

    public void Write()
    {
        string pixels = g.Input("pixel_values", [2, 3, 16, 16]);
        string x = Blocks.ToTokens(g, g.Conv(pixels, "patch_embed.proj", 3, First, 2, 2), First);
        x = Norms.Apply(g, x, "patch_embed.norm", First);
        for (int i = 0; i < 2 * pairs; i++)
            x = Block(x, $"layers.0.blocks.{i}", First, FirstHidden, 8, new AttentionPlan(First, 2, 5, 5, 4), i % 2 == 1);
        string early = x;
        x = Merged(x);
        x = Block(x, "layers.1.blocks.0", Second, SecondHidden, 4, new AttentionPlan(Second, 3, 4, 4, 4), false);
        if (head == SwinHead.Classes)
        {
            string pooled = g.ReduceMean(Norms.Apply(g, x, "norm", Second), false, 1);
            g.Output(Linears.Apply(g, pooled, "head", Second, 7, 0), "logits", -1, 7);
            return;
        }
        string large = Map(Norms.Apply(g, early, "norm0", First), 8, First), small = Map(Norms.Apply(g, x, "norm1", Second), 4, Second);
        if (head == SwinHead.Features)
        {
            g.Output(large, "stage0", -1, First, 8, 8);
            g.Output(small, "stage1", -1, Second, 4, 4);
            return;
        }
        Pyramid(large, small);
    }

    private void Pyramid(string large, string small)
    {
        string top = g.Conv(small, "fpn.inner.1", Second, PyramidWidth, 1), side = g.Conv(large, "fpn.inner.0", First, PyramidWidth, 1);
        string widened = head == SwinHead.PyramidBySize ? Blocks.ResizedLike(g, top, side, "nearest") : Blocks.Doubled(g, top);
        string sum = g.Add(side, widened);
        g.Output(g.Conv(sum, "fpn.layer.0", PyramidWidth, 6, 3, 1, 1), "p0", -1, 6, 8, 8);
        g.Output(g.Conv(top, "fpn.layer.1", PyramidWidth, 6, 3, 1, 1), "p1", -1, 6, 4, 4);
    }

    private string Map(string x, int side, int channels) => g.Reshape(g.Transpose(x, 0, 2, 1), 0, channels, side, side);

    private string Block(string x, string name, int embed, int hidden, int side, AttentionPlan plan, bool shifted)
    {
        int windows = side / Window * (side / Window), tokens = Window * Window;
        return Blocks.PreNorm(g, x, name, embed, hidden, side * side, normed =>
        {
            string map = g.Reshape(normed, 0, side, side, embed);
            if (shifted)
                map = g.Roll(g.Roll(map, 1, -1), 2, -1);
            string cut = g.Transpose(g.Reshape(map, 0, side / Window, Window, side / Window, Window, embed), 0, 1, 3, 2, 4, 5);
            string bias = PositionBiases.Relative(g, plan.Heads, Window, Window);
            string? mask = shifted ? g.Weight("attn_mask", Mask(side), windows, 1, tokens, tokens) : null;
            string Logits(string logits)
            {
                string biased = g.Add(logits, bias);
                if (mask is null)
                    return biased;
                string apart = g.Add(g.Op("Reshape", biased, g.Constant(-1, windows, plan.Heads, tokens, tokens)), g.Unsqueeze(mask, 0));
                return g.Op("Reshape", apart, g.Constant(-1, plan.Heads, tokens, tokens));
            }
            string y = Attentions.Apply(g, g.Op("Reshape", cut, g.Constant(-1, tokens, embed)), plan with { OnLogits = Logits });
            string back = g.Transpose(g.Op("Reshape", y, g.Constant(-1, side / Window, side / Window, Window, Window, embed)), 0, 1, 3, 2, 4, 5);
            map = g.Op("Reshape", back, g.Constant(-1, side, side, embed));
            if (shifted)
                map = g.Roll(g.Roll(map, 1, 1), 2, 1);
            return g.Reshape(map, 0, side * side, embed);
        });
    }

    /// <summary>Four neighbours side by side, norm, matrix.</summary>
    private string Merged(string x)
    {
        string map = g.Reshape(x, 0, 8, 8, First);
        string four;
        if (mergeByTranspose)
        {
            four = g.Reshape(g.Transpose(g.Reshape(map, 0, 4, 2, 4, 2, First), 0, 1, 3, 4, 2, 5), 0, 16, 4 * First);
        }
        else
        {
            string Corner(int row, int column) => g.Slice(g.Slice(map, 1, row, long.MaxValue, 2), 2, column, long.MaxValue, 2);
            four = g.Reshape(g.Concat(-1, Corner(0, 0), Corner(1, 0), Corner(0, 1), Corner(1, 1)), 0, 16, 4 * First);
        }
        string normed = Norms.Apply(g, four, "layers.1.downsample.norm", 4 * First);
        return Linears.Apply(g, normed, "layers.1.downsample.reduction", 4 * First, Second, 16, bias: false);
    }

    /// <summary>Tokens that came around the edge do not see those that did not.</summary>
    private static float[] Mask(int side)
    {
        int Region(int i) => i < side - Window ? 0 : i < side - 1 ? 1 : 2;
        int across = side / Window, tokens = Window * Window;
        var mask = new float[across * across * tokens * tokens];
        for (int i = 0; i < mask.Length; i++)
        {
            int window = i / (tokens * tokens), a = i / tokens % tokens, b = i % tokens;
            int Of(int t) => (Region((window / across * Window) + (t / Window)) * 3) + Region((window % across * Window) + (t % Window));
            mask[i] = Of(a) == Of(b) ? 0 : -100;
        }
        return mask;
    }
}
