using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;

namespace SiDT.Passes.Rollout;

/// <summary>
/// Follows the patches of a picture through a graph: which axes of a value run over tokens, and how much of each patch is in each token.
/// What works token by token passes it on; what puts tokens together gives the mean of what goes in, so that a residual stream and
/// its branch count alike; attention gives the mean by its probabilities.
/// </summary>
internal sealed class TokenFlow
{
    private static readonly string[] s_pools = ["MaxPool", "AveragePool", "LpPool"];

    private readonly Dictionary<Value, Trace> _traces = new(ReferenceEqualityComparer.Instance);
    private readonly LabelFlow _flow;
    private readonly RelevanceGraph _math;
    private readonly TokenMovements _movements;
    private readonly TokenProducts _products;
    private readonly TokenPieces _pieces;

    public TokenFlow(LabelFlow flow, RelevanceGraph math)
    {
        _flow = flow;
        _math = math;
        _movements = new TokenMovements(flow, math);
        _products = new TokenProducts(flow, math);
        _pieces = new TokenPieces(math);
    }

    /// <summary>What a value holds of the picture; null: nothing.</summary>
    public Trace? Of(Value value) => _traces.GetValueOrDefault(value);

    /// <summary>Walks the nodes; adds none for what nobody asks for.</summary>
    /// <param name="nodes">In the order of the graph.</param>
    /// <param name="picture">The input.</param>
    /// <param name="rows">Its axis over rows of pixels; columns follow.</param>
    public void Run(IEnumerable<Node> nodes, Value picture, int rows)
    {
        int[] shape = ShapeOf(_flow, picture);
        _traces[picture] = new Tokens([rows, rows + 1], [shape[rows], shape[rows + 1]], [.. Enumerable.Range(0, shape[rows] * shape[rows + 1])], new Relevance(null, shape[rows], shape[rows + 1], 0)).WithoutOnes();
        foreach (Node node in nodes)
            Visit(node);
    }

    internal static int[] ShapeOf(LabelFlow flow, Value value)
    {
        Layout layout = flow.Of(value);
        return !layout.IsUnknown && layout.Shape.All(d => d.IsConstant)
            ? [.. layout.Shape.Select(d => (int)d.Value)]
            : throw new LostTokens($"the sizes of '{value.Name}' are computed from data");
    }

    /// <summary>Tokens of which each holds something of several; all where they hold the same.</summary>
    internal static Tokens Mix(IReadOnlyList<Tokens> parts, int[] shape, RelevanceGraph math)
    {
        int[] axes = [.. parts.SelectMany(p => p.Axes).Distinct().Order()];
        int[] sizes = [.. axes.Select(a => shape[a])];
        Tokens[] placed = [.. parts.Select(p => p.Axes.SequenceEqual(axes) ? p : new Tokens(axes, sizes, p.Over(axes, sizes), p.Source))];
        Tokens[] different = [.. placed.Where((p, i) => !placed.Take(i).Any(p.Same))];
        return different.Length == 1 ? different[0] : math.Mean(placed);
    }

    /// <summary>Tokens under the axes of a result; null where the operator forgets one of their axes.</summary>
    internal static Tokens? Mapped(Tokens tokens, AxisIndex[][] from, AxisIndex[][] to)
    {
        int[] axes = [.. tokens.Axes.Select(a => from[a].Length == 0 ? -1 : Array.FindIndex(to, t => t.SequenceEqual(from[a])))];
        return axes.Contains(-1) ? null : tokens.On(axes);
    }

    private void Visit(Node node)
    {
        if (!node.Inputs.Any(i => i is not null && _traces.ContainsKey(i)) && !node.Subgraphs.Values.Any(ReadsTokens))
            return;
        for (int o = 0; o < node.Outputs.Count; o++)
        {
            if (node.Outputs[o] is not { } output || !IsNumber(node, _flow.Of(output).Type))
                continue;
            Trace? trace;
            try
            {
                trace = Read(node, o);
            }
            catch (LostTokens lost)
            {
                trace = new Lost(lost.Message);
            }
            if (trace is not null)
                _traces[output] = trace;
        }
    }

    // sizes, masks and places are no tokens
    private static bool IsNumber(Node node, ElementType type) =>
        type.IsFloating() || type is 0 or ElementType.Int8 or ElementType.UInt8 || (type == ElementType.Int32 && node.OpType.EndsWith("Integer", StringComparison.Ordinal));

    private bool ReadsTokens(Graph body) => body.Nodes.Any(n => n.Inputs.Any(i => i is not null && _traces.ContainsKey(i)) || n.Subgraphs.Values.Any(ReadsTokens));

    private Trace? Read(Node node, int o)
    {
        Trace?[] inputs = [.. node.Inputs.Select(i => i is null ? null : Of(i))];
        if (inputs.OfType<Lost>().FirstOrDefault() is { } lost)
            return lost;
        if (node.Subgraphs.Count > 0)
            throw new LostTokens($"tokens go into the body of {node}");
        if (node.OpType is "Reshape" or "Flatten" && inputs[0] is Mixed parts)
            return TokenPieces.Reshape(node, parts, [], ShapeOf(_flow, node.Result));
        if (inputs[0] is Mixed turned && node.Is("Transpose") && node.Ints("perm") is { } order)
            return TokenPieces.Transpose(turned, [.. order.Select(a => (int)a)]);
        inputs = [.. inputs.Select(t => t is Mixed open ? _pieces.Resolve(node, open) : t)];
        var view = new NodeView(node, _flow.Of);
        if (node.Is("Concat") && inputs.All(i => i is null or Tokens))
            return _movements.Concat(node, [.. inputs.Select(i => i as Tokens)]);
        if (inputs[0] is Tokens first && _movements.Run(node, view, first, o) is { } moved)
            return moved;
        if (inputs[0] is Scores scores && scores.Sides.Select(s => _movements.Run(node, view, s, o)).ToArray() is var sides && sides.All(s => s is Tokens))
            return scores with { Sides = [.. sides.OfType<Tokens>()] };
        if (OperatorTable.Describe(view) is not { } spec || o >= spec.Outputs.Length || spec.Outputs[o] is not { } axes)
            throw new LostTokens($"it is not known what {node} does with tokens");
        if (spec.IsSpatial || s_pools.Contains(node.OpType))
            return inputs[0] is Tokens space ? Window(node, view, space) : throw new LostTokens($"{node} slides over attention");
        return spec.Product is { } ? _products.Run(node, spec, inputs) : Carry(node, spec, axes, inputs);
    }

    // whatever works along other axes than those of tokens
    private Trace? Carry(Node node, AxisSpec spec, AxisIndex[][] to, Trace?[] inputs)
    {
        int[] at = [.. Enumerable.Range(0, inputs.Length).Where(i => inputs[i] is not null && i < spec.Inputs.Length && spec.Inputs[i] is not null)];
        if (at.Length == 0)
            return null;
        bool share = node.OpType is "Softmax" or "Exp";
        if (at.Where(i => inputs[i] is Scores).OrderByDescending(i => ((Scores)inputs[i]!).Sides.Count).FirstOrDefault(-1) is >= 0 and var most)
        {
            Tokens[] sides = [.. ((Scores)inputs[most]!).Sides.Select(s => Mapped(s, spec.Inputs[most]!, to)).OfType<Tokens>()];
            return sides.Length == 0 ? throw new LostTokens($"{node} sums up attention") : new Scores(sides, share || at.Any(i => inputs[i] is Scores { IsShare: true }));
        }
        Tokens[] parts = [.. at.Select(i => Mapped((Tokens)inputs[i]!, spec.Inputs[i]!, to) ?? Reduced(node, spec, (Tokens)inputs[i]!, spec.Inputs[i]!, to))];
        Tokens mixed = Mix(parts, ShapeOf(_flow, node.Outputs[0]!), _math);
        return node.OpType == "Softmax" && Normalised(node, to.Length).Any(mixed.Axes.Contains) ? new Scores([mixed], true) : mixed;
    }

    // before version 13 a Softmax runs over all axes from the one that it names
    private static IEnumerable<int> Normalised(Node node, int rank)
    {
        bool old = node.Graph.Model.Opset() < 13;
        int axis = NodeView.Positive(node.Int("axis", old ? 1 : -1), rank);
        return old ? Enumerable.Range(axis, rank - axis) : [axis];
    }

    private Tokens Reduced(Node node, AxisSpec spec, Tokens tokens, AxisIndex[][] from, AxisIndex[][] to)
    {
        if (!node.OpType.StartsWith("Reduce", StringComparison.Ordinal) && !node.OpType.StartsWith("Global", StringComparison.Ordinal))
            throw new LostTokens(spec.Uses is null ? $"{node} resamples or chooses tokens" : $"{node} keeps its attention to itself");
        int[] gone = [.. tokens.Axes.Where(a => !to.Any(t => t.SequenceEqual(from[a])))];
        return Mapped(_math.Mean(tokens, gone), from, to)!;
    }

    private Tokens Window(Node node, NodeView view, Tokens tokens)
    {
        int[] from = ShapeOf(_flow, node.Inputs[0]!), to = ShapeOf(_flow, node.Result);
        if (node.OpType.StartsWith("ConvTranspose", StringComparison.Ordinal) || from.Length != 4 || tokens.Axes.Any(a => a < 2))
            throw new LostTokens($"{node} slides over other axes than rows and columns");
        // a grid that nothing has looked at yet: what comes out is the grid
        if (_math.IsOpen(tokens.Source) && tokens.IsWhole && from[2] == tokens.Source.Height && from[3] == tokens.Source.Width)
            return new Tokens([2, 3], [to[2], to[3]], [.. Enumerable.Range(0, to[2] * to[3])], new Relevance(null, to[2], to[3], 0)).WithoutOnes();
        if ((node.Ints("dilations") ?? []).Any(d => d != 1))
            throw new LostTokens($"{node} sees tokens at a distance");
        long[] kernel = node.Ints("kernel_shape") ?? [.. ShapeOf(_flow, node.Inputs[1]!)[2..].Select(d => (long)d)];
        int[] axes = [2, 3], sizes = [from[2], from[3]];
        return _math.Pool(new Tokens(axes, sizes, tokens.Over(axes, sizes), tokens.Source), from[2], from[3], node, kernel, to[2], to[3]);
    }
}
