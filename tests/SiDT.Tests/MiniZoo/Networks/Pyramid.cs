using SiDT.Tests.MiniZoo.Parts;

namespace SiDT.Tests.MiniZoo.Networks;

/// <summary>Overlapping patches, attention on spatially reduced keys, depth-wise feed-forward; a head for classes or for a map.</summary>
public sealed class Pyramid(GraphBuilder g, bool dynamicSize, bool decode)
{
    public const int First = 8, Second = 12, FirstHidden = 18, SecondHidden = 22, Decoder = 10;

    public void Write()
    {
        string pixels = g.Input("pixel_values", [2, 3, 16, 16], dynamic: dynamicSize ? [2, 3] : []);
        (string first, string firstMap) = Stage(pixels, "stages.0", 3, First, FirstHidden, 2, 4, 2);
        (string second, _) = Stage(firstMap, "stages.1", First, Second, SecondHidden, 3, 4, 1);
        if (decode)
        {
            Decode(first, second);
            return;
        }
        string pooled = g.ReduceMean(Norms.Apply(g, Blocks.ToTokens(g, second, Second), "norm", Second), false, 1);
        g.Output(Linears.Apply(g, pooled, "head", Second, 7, 0), "logits", -1, 7);
    }

    /// <summary>The stage's map, twice: as it is and for the next stage.</summary>
    private (string Map, string Next) Stage(string map, string name, int inputs, int embed, int hidden, int heads, int width, int reduction)
    {
        using IDisposable scope = g.Scope(name);
        string patches = g.Conv(map, "patch_embed.proj", inputs, embed, 3, 2, 1);
        string x = Norms.Apply(g, Blocks.ToTokens(g, patches, embed), "patch_embed.norm", embed);
        var plan = new AttentionPlan(embed, heads, width, width, -1) { SourceTokens = -1 };
        string normed = Norms.Apply(g, x, "norm1", embed);
        using (g.Scope("attn"))
        {
            string source = normed;
            if (reduction > 1)
            {
                string reduced = g.Conv(Blocks.ToMap(g, normed, embed, patches), "sr", embed, embed, reduction, reduction);
                source = Norms.Apply(g, Blocks.ToTokens(g, reduced, embed), "norm", embed);
            }
            x = g.Add(x, Attentions.Apply(g, normed, source, plan));
        }
        string inner = Linears.Apply(g, Norms.Apply(g, x, "norm2", embed), "mlp.fc1", embed, hidden, -1);
        string mixed = g.Conv(Blocks.ToMap(g, inner, hidden, patches), "mlp.dwconv", hidden, hidden, 3, 1, 1, hidden);
        string activated = Activations.Apply(g, Blocks.ToTokens(g, mixed, hidden));
        x = g.Add(x, Linears.Apply(g, activated, "mlp.fc2", hidden, embed, -1));
        string y = Blocks.ToMap(g, Norms.Apply(g, x, "norm", embed), embed, patches);
        return (y, y);
    }

    /// <summary>Every level through a matrix of its own, resized, joined, fused by a convolution with BatchNorm.</summary>
    private void Decode(string first, string second)
    {
        using IDisposable scope = g.Scope("decode_head");
        string Level(string map, string name, int width) =>
            Blocks.ToMap(g, Linears.Apply(g, Blocks.ToTokens(g, map, width), name, width, Decoder, -1), Decoder, map);
        string low = Blocks.ResizedLike(g, Level(second, "linear_c.1", Second), first);
        string joined = g.Concat(1, low, Level(first, "linear_c.0", First));
        string fused = g.Op("Relu", g.BatchNorm(g.Conv(joined, "linear_fuse", 2 * Decoder, Decoder + 1, 1, bias: false), "batch_norm", Decoder + 1));
        g.Output(g.Conv(fused, "classifier", Decoder + 1, 7, 1), "logits", -1, 7, -1, -1);
    }
}
