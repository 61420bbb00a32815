using SiDT.Frontend;

namespace SiDT.Passes.Rollout;

/// <summary>A factor of an axis: tokens, or something else.</summary>
internal readonly record struct Piece(int Axis, int Size, bool IsToken);

/// <summary>A value in which an axis holds tokens and something else one inside the other, as between two reshapes.</summary>
/// <param name="Pieces">All factors of all axes but those of length one, in their order.</param>
/// <param name="Rows">Row-major over the pieces that are tokens.</param>
/// <param name="Source">What the rows are rows of.</param>
internal sealed record Mixed(IReadOnlyList<Piece> Pieces, int[] Rows, Relevance Source) : Trace;

/// <summary>Reshapes and transpositions of values whose axes are factors of tokens and of other things.</summary>
internal sealed class TokenPieces(RelevanceGraph math)
{
    /// <summary>The same data under other axes.</summary>
    /// <exception cref="LostTokens">The new axes are no products of factors of the old ones.</exception>
    public static Trace Reshape(Node node, Trace trace, int[] from, int[] to)
    {
        (IReadOnlyList<Piece> pieces, int[] rows, Relevance source) = Of(trace, from);
        var open = new List<(int Size, bool IsToken)>();
        foreach (Piece piece in pieces)
        {
            // neighbours of a kind are one run of positions
            if (open.Count > 0 && open[^1].IsToken == piece.IsToken)
                open[^1] = (open[^1].Size * piece.Size, piece.IsToken);
            else
                open.Add((piece.Size, piece.IsToken));
        }
        var result = new List<Piece>();
        for (int axis = 0, next = 0; axis < to.Length; axis++)
        {
            for (int left = to[axis]; left > 1;)
            {
                if (next == open.Count)
                    throw Unknown(node);
                (int size, bool isToken) = open[next];
                int taken = left % size == 0 ? size : size % left == 0 ? left : throw Unknown(node);
                result.Add(new Piece(axis, taken, isToken));
                left /= taken;
                open[next] = (size / taken, isToken);
                if (taken == size)
                    next++;
            }
        }
        return Build(result, rows, source);
    }

    /// <summary>Axes in another order.</summary>
    public static Trace Transpose(Mixed mixed, int[] order)
    {
        int[] tokens = [.. Enumerable.Range(0, mixed.Pieces.Count).Where(i => mixed.Pieces[i].IsToken)];
        int[] moved = [.. order.SelectMany(axis => Enumerable.Range(0, mixed.Pieces.Count).Where(i => mixed.Pieces[i].Axis == axis))];
        Tokens flat = Flat(mixed);
        int[] rows = flat.Ordered([.. moved.Where(tokens.Contains).Select(i => Array.IndexOf(tokens, i))]);
        return Build([.. moved.Select(i => mixed.Pieces[i] with { Axis = Array.IndexOf(order, mixed.Pieces[i].Axis) })], rows, mixed.Source);
    }

    /// <summary>What is left where the tokens inside an axis of other things have become features: those beside it.</summary>
    /// <exception cref="LostTokens">They are tokens of several pictures.</exception>
    public Tokens Resolve(Node node, Mixed mixed)
    {
        HashSet<int> impure = [.. mixed.Pieces.GroupBy(p => p.Axis).Where(g => g.Select(p => p.IsToken).Distinct().Count() > 1).Select(g => g.Key)];
        if (impure.Contains(0))
            throw new LostTokens($"in '{node.Inputs[0]?.Name}' tokens and pictures, or tokens and heads, share an axis");
        Tokens flat = Flat(mixed);
        Tokens left = Merge(node, flat, [.. flat.Axes.Where(i => impure.Contains(mixed.Pieces[i].Axis))]);
        return (Tokens)Build([.. left.Axes.Select((i, k) => new Piece(mixed.Pieces[i].Axis, left.Sizes[k], true))], left.Rows, left.Source);
    }

    /// <summary>Tokens whose axes are numbers of pieces.</summary>
    private static Tokens Flat(Mixed mixed)
    {
        int[] tokens = [.. Enumerable.Range(0, mixed.Pieces.Count).Where(i => mixed.Pieces[i].IsToken)];
        return new Tokens(tokens, [.. tokens.Select(i => mixed.Pieces[i].Size)], mixed.Rows, mixed.Source);
    }

    private static (IReadOnlyList<Piece> Pieces, int[] Rows, Relevance Source) Of(Trace trace, int[] shape) => trace is Mixed mixed
        ? (mixed.Pieces, mixed.Rows, mixed.Source)
        : trace is Tokens tokens
            ? ([.. Enumerable.Range(0, shape.Length).Where(a => shape[a] != 1).Select(a => new Piece(a, shape[a], tokens.Axes.Contains(a)))], tokens.Rows, tokens.Source)
            : throw new InvalidOperationException("only tokens have pieces");

    private static Trace Build(IReadOnlyList<Piece> pieces, int[] rows, Relevance source)
    {
        IGrouping<int, Piece>[] axes = [.. pieces.GroupBy(p => p.Axis).OrderBy(g => g.Key)];
        if (axes.Any(g => g.Select(p => p.IsToken).Distinct().Count() > 1))
            return new Mixed(pieces, rows, source);
        IGrouping<int, Piece>[] tokens = [.. axes.Where(g => g.First().IsToken)];
        return new Tokens([.. tokens.Select(g => g.Key)], [.. tokens.Select(g => g.Aggregate(1, (p, x) => p * x.Size))], rows, source);
    }

    /// <summary>Tokens that become one: of a grid that nothing has looked at yet, a coarser grid; else their mean.</summary>
    private Tokens Merge(Node node, Tokens tokens, int[] over)
    {
        if (!math.IsOpen(tokens.Source) || tokens.Rows.Any(r => r < 0))
            return math.Mean(tokens, over);
        int[] left = [.. Enumerable.Range(0, tokens.Axes.Length).Where(i => !over.Contains(tokens.Axes[i]))];
        int[] gone = [.. Enumerable.Range(0, tokens.Axes.Length).Where(i => over.Contains(tokens.Axes[i]))];
        int count = left.Aggregate(1, (p, i) => p * tokens.Sizes[i]);
        int[] pixels = tokens.Ordered([.. left, .. gone]);
        int each = pixels.Length / count, width = tokens.Source.Width;
        int[] corners = [.. Enumerable.Range(0, count).Select(i => pixels.AsSpan(i * each, each).ToArray().Min())];
        int[] ys = [.. corners.Select(c => c / width).Distinct().Order()], xs = [.. corners.Select(c => c % width).Distinct().Order()];
        if (ys.Length * xs.Length != count || corners.Distinct().Count() != count)
            throw Unknown(node);
        int[] rows = [.. corners.Select(c => (Array.IndexOf(ys, c / width) * xs.Length) + Array.IndexOf(xs, c % width))];
        return new Tokens([.. left.Select(i => tokens.Axes[i])], [.. left.Select(i => tokens.Sizes[i])], rows, new Relevance(null, ys.Length, xs.Length, 0));
    }

    private static LostTokens Unknown(Node node) => new($"it is not known where {node} puts tokens");
}
