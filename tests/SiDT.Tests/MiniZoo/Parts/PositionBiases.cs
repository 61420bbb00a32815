namespace SiDT.Tests.MiniZoo.Parts;

/// <summary>What is added to the logits or mixed into them.</summary>
public static class PositionBiases
{
    /// <summary>A table of offsets by heads, read by Gather: [1, heads, tokens, tokens].</summary>
    public static string Relative(GraphBuilder g, int heads, int rows, int columns, int leading = 0)
    {
        int n = (rows * columns) + leading, offsets = ((2 * rows) - 1) * ((2 * columns) - 1);
        var index = new long[n * n];
        for (int i = 0; i < index.Length; i++)
            index[i] = Offset((i / n) - leading, (i % n) - leading, rows, columns);
        string table = g.Weight("relative_position_bias_table", 0.5, offsets + (leading > 0 ? 3 : 0), heads);
        string read = g.Op("Gather", [table, g.Table("relative_position_index", index, n * n)], ("axis", 0));
        return g.Unsqueeze(g.Transpose(g.Op("Reshape", read, g.Constant(n, n, heads)), 2, 0, 1), 0);
    }

    /// <summary>Slopes by head times distances of tokens.</summary>
    public static string Slopes(GraphBuilder g, int heads, int tokens)
    {
        float[] distances = [.. Enumerable.Range(0, tokens * tokens).Select(i => -Math.Abs((float)((i / tokens) - (i % tokens))))];
        return g.Mul(g.Weight("slopes", 0.5, heads, 1, 1), g.Weight("distances", distances, tokens, tokens));
    }

    /// <summary>[batch, 1, 1, tokens] from a mask of ones and zeros.</summary>
    public static string Padding(GraphBuilder g, string mask)
    {
        string floats = g.Cast(g.Unsqueeze(mask, 1, 2), g.Spelling.Type);
        return g.Mul(g.Sub(g.Number(1), floats), g.Number(-10000));
    }

    /// <summary>A triangle that lets a token see only what comes before it.</summary>
    public static string Causal(GraphBuilder g, int tokens) =>
        g.Weight("causal_mask", [.. Enumerable.Range(0, tokens * tokens).Select(i => i % tokens > i / tokens ? -10000f : 0f)], tokens, tokens);

    /// <summary>A matrix across heads, applied to [batch, heads, queries, keys].</summary>
    public static string TalkingHeads(GraphBuilder g, string x, string name, int heads)
    {
        string last = g.Transpose(x, 0, 2, 3, 1);
        string mixed = g.Add(g.MatMul(last, g.Kernel(name + ".weight", g.MatrixNumbers(name + ".weight", heads, heads).Data, [heads, heads], 1)), g.Bias(name + ".bias", heads));
        return g.Transpose(mixed, 0, 3, 1, 2);
    }

    private static long Offset(int from, int to, int rows, int columns)
    {
        int last = ((2 * rows) - 1) * ((2 * columns) - 1);
        if (from < 0 || to < 0)
            return from < 0 && to < 0 ? last + 2 : from < 0 ? last : last + 1;
        int row = (from / columns) - (to / columns) + rows - 1, column = (from % columns) - (to % columns) + columns - 1;
        return (row * ((2 * columns) - 1)) + column;
    }
}
