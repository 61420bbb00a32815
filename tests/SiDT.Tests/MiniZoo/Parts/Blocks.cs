using SiDT.Frontend;

namespace SiDT.Tests.MiniZoo.Parts;

/// <summary>Whole transformer blocks, and the way between maps [batch, channels, height, width] and tokens.</summary>
public static class Blocks
{
    /// <summary>Pre-norm attention and feed-forward.</summary>
    public static string PreNorm(GraphBuilder g, string x, string name, AttentionPlan plan, int hidden, Mlp mlp = Mlp.Plain) =>
        PreNorm(g, x, name, plan.Embed, hidden, plan.Tokens, v => Attentions.Apply(g, v, plan), mlp);

    /// <summary>The same with a mixer of tokens of one's own.</summary>
    public static string PreNorm(GraphBuilder g, string x, string name, int embed, int hidden, int tokens, Func<string, string> mixer, Mlp mlp = Mlp.Plain)
    {
        using IDisposable scope = g.Scope(name);
        return g.Module("Block", x, v => Write(g, v, embed, hidden, tokens, mixer, mlp));
    }

    /// <summary>A map to tokens; any size of the map.</summary>
    public static string ToTokens(GraphBuilder g, string map, int channels) => g.Transpose(g.Reshape(map, 0, channels, -1), 0, 2, 1);

    /// <summary>Tokens to a map whose height and width are those of another map, read at run time.</summary>
    public static string ToMap(GraphBuilder g, string tokens, int channels, string like) =>
        g.Op("Reshape", g.Transpose(tokens, 0, 2, 1), g.Concat(0, g.Extent(like, 0), g.Constant(channels), g.Extent(like, 2), g.Extent(like, 3)));

    /// <summary>Mean over height and width as the exporter of convolutional networks writes it: [batch, channels].</summary>
    public static string Averaged(GraphBuilder g, string map) => g.Op("Flatten", [g.Op("GlobalAveragePool", map)], ("axis", 1));

    /// <summary>LayerNorm over the channels of a map.</summary>
    public static string ChannelNorm(GraphBuilder g, string map, string name, int width) =>
        g.Transpose(Norms.Apply(g, g.Transpose(map, 0, 2, 3, 1), name, width), 0, 3, 1, 2);

    public static string Doubled(GraphBuilder g, string map, bool linear = false) => g.Op("Resize",
        [map, null, g.Initializer(g.Path("scales"), Tensor.Of([1f, 1f, 2f, 2f], 4))],
        ("mode", linear ? "linear" : "nearest"), ("coordinate_transformation_mode", linear ? "half_pixel" : "asymmetric"), ("nearest_mode", "floor"));

    /// <summary>A map resized to the height and width of another.</summary>
    public static string ResizedLike(GraphBuilder g, string map, string like, string mode = "linear")
    {
        string front = g.Slice(g.Op("Shape", map), 0, 0, 2), back = g.Slice(g.Op("Shape", like), 0, 2, 4);
        return g.Op("Resize", [map, null, null, g.Concat(0, front, back)], ("mode", mode),
            ("coordinate_transformation_mode", mode == "nearest" ? "asymmetric" : "half_pixel"), ("nearest_mode", "floor"));
    }

    private static string Write(GraphBuilder g, string x, int embed, int hidden, int tokens, Func<string, string> mixer, Mlp mlp)
    {
        string normed = Norms.Apply(g, x, "norm1", embed);
        string mixed;
        using (g.Scope("attn"))
            mixed = mixer(normed);
        x = g.Add(x, mixed);
        normed = Norms.Apply(g, x, "norm2", embed);
        using (g.Scope("mlp"))
            return g.Add(x, Mlps.Apply(g, normed, mlp, embed, hidden, tokens));
    }
}
