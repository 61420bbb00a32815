using SiDT.Frontend;

namespace SiDT.Tests.MiniZoo.Parts;

public enum RotaryStyle
{
    None,
    Half,
    Interleaved,
    PartialHalf,
    Node,
    NodeInterleaved,
    MsNode,
}

/// <summary>Rotary position embedding on [batch, heads, tokens, width].</summary>
public static class Rotary
{
    public static string Apply(GraphBuilder g, string x, RotaryStyle style, int heads, int tokens, int width)
    {
        switch (style)
        {
            case RotaryStyle.Half:
                return Turned(g, x, tokens, width, i => i % (width / 2), HalvesSwapped(g, x, width));
            case RotaryStyle.Interleaved:
                return Turned(g, x, tokens, width, i => i / 2, PairsSwapped(g, x, heads, tokens, width));
            case RotaryStyle.PartialHalf:
                int turned = width / 4 * 2;
                string[] parts = g.Split(x, 3, turned, width - turned);
                return g.Concat(-1, Apply(g, parts[0], RotaryStyle.Half, heads, tokens, turned), parts[1]);
            case RotaryStyle.Node or RotaryStyle.NodeInterleaved:
                string shape = g.Concat(0, g.Extent(x, 0), g.Constant(tokens));
                string positions = g.Op("Expand", g.Table("positions", [.. Enumerable.Range(0, tokens)], 1, tokens), shape);
                return g.Op("RotaryEmbedding", [x, Cache(g, "cos", tokens, width), Cache(g, "sin", tokens, width), positions],
                    ("interleaved", style == RotaryStyle.NodeInterleaved ? 1 : 0));
            default:
                return g.Ms("RotaryEmbedding", [x, g.Table("position_offset", [0], 1), Cache(g, "cos", tokens, width), Cache(g, "sin", tokens, width)]);
        }
    }

    private static string Turned(GraphBuilder g, string x, int tokens, int width, Func<int, int> pair, string swapped)
    {
        float[] Table(Func<double, double> f) => [.. Enumerable.Range(0, tokens * width).Select(i => (float)f(Angle(i / width, pair(i % width), width)))];
        string cos = g.Weight($"rope.cos.{width}", Table(Math.Cos), 1, 1, tokens, width), sin = g.Weight($"rope.sin.{width}", Table(Math.Sin), 1, 1, tokens, width);
        return g.Add(g.Mul(x, cos), g.Mul(swapped, sin));
    }

    private static string HalvesSwapped(GraphBuilder g, string x, int width) =>
        g.Concat(-1, g.Op("Neg", g.Slice(x, 3, width / 2, long.MaxValue)), g.Slice(x, 3, 0, width / 2));

    private static string PairsSwapped(GraphBuilder g, string x, int heads, int tokens, int width)
    {
        string odd = g.Op("Neg", g.Slice(x, 3, 1, long.MaxValue, 2)), even = g.Slice(x, 3, 0, long.MaxValue, 2);
        return g.Reshape(g.Concat(-1, g.Unsqueeze(odd, 4), g.Unsqueeze(even, 4)), 0, heads, tokens, width);
    }

    private static string Cache(GraphBuilder g, string name, int tokens, int width)
    {
        Func<double, double> f = name == "cos" ? Math.Cos : Math.Sin;
        float[] table = [.. Enumerable.Range(0, tokens * width / 2).Select(i => (float)f(Angle(i / (width / 2), i % (width / 2), width)))];
        return g.Initializer(g.Path(name + "_cache"), Tensor.Of(table.AsSpan(), tokens, width / 2));
    }

    private static double Angle(int position, int pair, int width) => position * Math.Pow(10, -2.0 * pair / width);
}
