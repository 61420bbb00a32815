using SiDT.Frontend;

namespace SiDT.Passes.Rollout;

/// <summary>What a value holds of the patches of a picture.</summary>
internal abstract record Trace;

/// <summary>It holds something, but nobody knows of which patch.</summary>
/// <param name="Reason">Why, for people.</param>
internal sealed record Lost(string Reason) : Trace;

/// <summary>Products of queries and keys, and what is made of them position by position.</summary>
/// <param name="Sides">Where the tokens of each operand lie.</param>
/// <param name="IsShare">Whether they went through a Softmax (or an exponential), so that they say how much of each token goes on.</param>
internal sealed record Scores(IReadOnlyList<Tokens> Sides, bool IsShare) : Trace;

/// <summary>Rows over the patches of a picture: how much of each patch is in each token.</summary>
/// <param name="Matrix">[rows, patches]; null: the grid itself, row i is patch i.</param>
/// <param name="Height">Rows of the grid of patches.</param>
/// <param name="Width">Columns of it.</param>
/// <param name="Layers">Attention that was passed on the longest way.</param>
internal sealed record Relevance(Value? Matrix, int Height, int Width, int Layers)
{
    public bool Is(Relevance other) => Matrix is null ? other.Matrix is null && Height == other.Height && Width == other.Width : ReferenceEquals(Matrix, other.Matrix);
}

/// <summary>The axes of a value that run over tokens, and which row of a relevance describes each token.</summary>
/// <param name="Axes">Ascending, none of length one.</param>
/// <param name="Sizes">Their lengths.</param>
/// <param name="Rows">Row-major over the axes; -1: nothing of the picture is there.</param>
/// <param name="Source">What the rows are rows of.</param>
internal sealed record Tokens(int[] Axes, int[] Sizes, int[] Rows, Relevance Source) : Trace
{
    /// <summary>All rows, each once, in their order.</summary>
    public bool IsWhole => Rows.Length == Source.Height * Source.Width && Enumerable.Range(0, Rows.Length).All(i => Rows[i] == i);

    public bool Same(Tokens other) => Source.Is(other.Source) && Axes.SequenceEqual(other.Axes) && Rows.AsSpan().SequenceEqual(other.Rows);

    /// <summary>The same tokens where axis i of <see cref="Axes"/> has become <paramref name="axes"/>[i].</summary>
    public Tokens On(IReadOnlyList<int> axes)
    {
        int[] order = [.. Enumerable.Range(0, Axes.Length).OrderBy(i => axes[i])];
        return new Tokens([.. order.Select(i => axes[i])], [.. order.Select(i => Sizes[i])], Ordered(order), Source);
    }

    /// <summary>Rows row-major over the axes in another order.</summary>
    public int[] Ordered(IReadOnlyList<int> order)
    {
        int[] strides = Strides(Sizes);
        return Read([.. order.Select(i => Sizes[i])], [.. order.Select(i => strides[i])]);
    }

    /// <summary>Rows over more axes, along which they repeat.</summary>
    public int[] Over(int[] axes, int[] sizes)
    {
        int[] strides = Strides(Sizes);
        return Read(sizes, [.. axes.Select(a => Array.IndexOf(Axes, a) is >= 0 and var i ? strides[i] : 0)]);
    }

    /// <summary>Some positions of an axis; -1 is filled with what is no part of the picture.</summary>
    public Tokens Take(int axis, long[] positions)
    {
        int at = Array.IndexOf(Axes, axis);
        int[] strides = Strides(Sizes), sizes = [.. Sizes];
        sizes[at] = positions.Length;
        var rows = new int[sizes.Aggregate(1, (a, b) => a * b)];
        int[] own = Strides(sizes);
        for (int k = 0; k < rows.Length; k++)
        {
            long position = positions[k / own[at] % sizes[at]];
            rows[k] = -1;
            if (position >= 0)
                rows[k] = Rows[Enumerable.Range(0, sizes.Length).Sum(i => (i == at ? (int)position : k / own[i] % sizes[i]) * strides[i])];
        }
        return new Tokens(Axes, sizes, rows, Source).WithoutOnes();
    }

    /// <summary>Axes of length one are none.</summary>
    public Tokens WithoutOnes() => Sizes.All(s => s != 1) ? this
        : new Tokens([.. Axes.Where((_, i) => Sizes[i] != 1)], [.. Sizes.Where(s => s != 1)], Rows, Source);

    internal static int[] Strides(int[] sizes)
    {
        var strides = new int[sizes.Length];
        for (int i = sizes.Length - 1, s = 1; i >= 0; s *= sizes[i--])
            strides[i] = s;
        return strides;
    }

    private int[] Read(int[] sizes, int[] strides)
    {
        var rows = new int[sizes.Aggregate(1, (a, b) => a * b)];
        int[] own = Strides(sizes);
        for (int k = 0; k < rows.Length; k++)
        {
            int from = 0;
            for (int i = 0; i < sizes.Length; i++)
                from += k / own[i] % sizes[i] * strides[i];
            rows[k] = Rows[from];
        }
        return rows;
    }
}

/// <summary>Tokens cannot be followed here.</summary>
internal sealed class LostTokens(string reason) : Exception(reason);

/// <summary>What was taken for the patches is too coarse: other tokens need a finer grid.</summary>
internal sealed class FinerGrid(int height, int width) : Exception
{
    public int Height { get; } = height;

    public int Width { get; } = width;
}
