using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;

namespace SiDT.Passes.Rollout;

/// <summary>Operators that move positions: tokens move as the data do.</summary>
internal sealed class TokenMovements(LabelFlow flow, RelevanceGraph math)
{
    /// <summary>Where tokens of the first input lie in output <paramref name="output"/>; null where the operator moves nothing.</summary>
    /// <exception cref="LostTokens">They cannot be followed.</exception>
    public Trace? Run(Node node, NodeView view, Tokens tokens, int output) => node.OpType switch
    {
        "Reshape" or "Flatten" => TokenPieces.Reshape(node, tokens, Shape(node.Inputs[0]!), Shape(node.Outputs[output]!)),
        "Slice" => Slice(node, view, tokens),
        "Split" => Split(node, view, tokens, output),
        "Gather" => Gather(node, view, tokens),
        "Pad" => Pad(node, tokens),
        "Expand" => Expand(node, tokens),
        "Tile" => tokens.Axes.All(a => Shape(node.Inputs[0]!)[a] == Shape(node.Outputs[0]!)[a]) ? tokens : throw Unknown(node),
        _ => null,
    };

    /// <summary>Several tensors in a row along one axis.</summary>
    /// <param name="node">Concat.</param>
    /// <param name="parts">What is known of each input; null: no part of the picture.</param>
    public Tokens Concat(Node node, IReadOnlyList<Tokens?> parts)
    {
        int[][] shapes = [.. node.Inputs.Select(i => Shape(i!))];
        int[] whole = Shape(node.Result);
        int axis = NodeView.Positive(node.Int("axis", 0), whole.Length);
        Tokens[] present = [.. parts.OfType<Tokens>()];
        // one token beside others, or features of the same tokens beside one another
        bool joins = present.Any(p => p.Axes.Contains(axis)) || shapes.Where((_, i) => parts[i] is not null).All(s => s[axis] == 1);
        if (!joins)
            return TokenFlow.Mix(present, whole, math);
        int[] axes = [.. present.SelectMany(p => p.Axes).Append(axis).Distinct().Order()];
        int[] sizes = [.. axes.Select(a => whole[a])];
        int[] own = Tokens.Strides(sizes);
        int at = Array.IndexOf(axes, axis);
        Relevance source = present[0].Source;
        int[] starts = new int[present.Length];
        bool stacked = present.Any(p => !p.Source.Is(source));
        if (stacked)
            (source, starts) = math.Stack(present);
        var rows = new int[sizes.Aggregate(1, (a, b) => a * b)];
        int start = 0, next = 0;
        for (int i = 0; i < parts.Count; i++)
        {
            int length = shapes[i][axis];
            Tokens? part = parts[i];
            int[] partSizes = [.. axes.Select(a => a == axis ? length : whole[a])];
            int[] strides = Tokens.Strides(partSizes);
            int[]? partRows = part is null ? null : (stacked ? part with { Rows = [.. Enumerable.Range(starts[next], part.Rows.Length)] } : part).Over(axes, partSizes);
            if (part is not null)
                next++;
            for (int k = 0; k < rows.Length; k++)
            {
                int position = k / own[at] % sizes[at];
                if (position < start || position >= start + length)
                    continue;
                rows[k] = -1;
                if (partRows is null)
                    continue;
                int from = 0;
                for (int d = 0; d < sizes.Length; d++)
                    from += (d == at ? position - start : k / own[d] % sizes[d]) * strides[d];
                rows[k] = partRows[from];
            }
            start += length;
        }
        return new Tokens(axes, sizes, rows, source).WithoutOnes();
    }

    private Tokens Slice(Node node, NodeView view, Tokens tokens)
    {
        int[] shape = Shape(node.Inputs[0]!);
        long[] starts = view.Integers(1, "starts") ?? throw Unknown(node), ends = view.Integers(2, "ends") ?? throw Unknown(node);
        long[] axes = view.Integers(3, "axes") ?? [.. Enumerable.Range(0, starts.Length).Select(i => (long)i)];
        long[]? steps = node.Input(4) is null ? null : view.Integers(4, null) ?? throw Unknown(node);
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = NodeView.Positive(axes[i], shape.Length);
            if (tokens.Axes.Contains(axis))
                tokens = tokens.Take(axis, Selections.Positions(starts[i], ends[i], steps?[i] ?? 1, shape[axis]));
        }
        return tokens;
    }

    private Tokens Split(Node node, NodeView view, Tokens tokens, int output)
    {
        int axis = view.Axis("axis", 0, view.Rank(0));
        if (!tokens.Axes.Contains(axis))
            return tokens;
        int start = node.Outputs.Take(output).Sum(o => o is null ? throw Unknown(node) : Shape(o)[axis]);
        return tokens.Take(axis, [.. Enumerable.Range(start, Shape(node.Outputs[output]!)[axis]).Select(i => (long)i)]);
    }

    private Tokens Gather(Node node, NodeView view, Tokens tokens)
    {
        int axis = view.Axis("axis", 0, view.Rank(0)), added = view.Rank(1) - 1;
        if (tokens.Axes.Contains(axis))
        {
            Tensor? known = node.Inputs[1]!.Constant ?? (view.In(1)?.Content is { IsKnown: true } content ? content.ToTensor() : null);
            if (known is null || added > 0)
                throw new LostTokens($"{node} chooses tokens by what it is told at run time");
            int size = Shape(node.Inputs[0]!)[axis];
            tokens = tokens.Take(axis, [.. known.ToInt64s().Select(i => i < 0 ? i + size : i)]);
        }
        return tokens.On([.. tokens.Axes.Select(a => a > axis ? a + added : a)]);
    }

    private Tokens Pad(Node node, Tokens tokens)
    {
        int[] from = Shape(node.Inputs[0]!), to = Shape(node.Result);
        long[] pads = node.Ints("pads") ?? node.Input(1)?.Constant?.ToInt64s() ?? flow.Of(node.Inputs[1]!).Content?.Integers ?? throw Unknown(node);
        if (pads.Length != 2 * from.Length)
            throw Unknown(node);
        foreach (int axis in tokens.Axes.Where(a => from[a] != to[a]))
            tokens = tokens.Take(axis, [.. Enumerable.Range(0, to[axis]).Select(i => i - pads[axis]).Select(i => i < 0 || i >= from[axis] ? -1 : i)]);
        return tokens;
    }

    private Tokens Expand(Node node, Tokens tokens)
    {
        int added = Shape(node.Result).Length - Shape(node.Inputs[0]!).Length;
        return tokens.On([.. tokens.Axes.Select(a => a + added)]);
    }

    private int[] Shape(Value value) => TokenFlow.ShapeOf(flow, value);

    private static LostTokens Unknown(Node node) => new($"it is not known where {node} puts tokens");
}
