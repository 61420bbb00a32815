using SiDT.Frontend;
using SiDT.Passes.Compensation.Statistics;

namespace SiDT.Passes.Rollout;

/// <summary>Arithmetic on relevances, as nodes of the graph: matrices [tokens, patches] of numbers that are not negative.</summary>
internal sealed class RelevanceGraph(Graph graph)
{
    /// <summary>Finer grids are pixels, not patches; matrices grow with the square.</summary>
    private const int MostPatches = 4096;

    private (int Height, int Width, Value Matrix)? _grid;

    /// <summary>Settles what the patches are, before anything asks for them.</summary>
    /// <exception cref="LostTokens">These are pixels.</exception>
    public void Settle(int height, int width) => Grid(new Relevance(null, height, width, 0));

    /// <summary>Whether tokens are still a grid that may become a coarser one.</summary>
    public bool IsOpen(Relevance source) => source.Matrix is null && (_grid is null || _grid.Value.Height != source.Height || _grid.Value.Width != source.Width);

    /// <summary>The rows of tokens as a matrix [tokens, patches].</summary>
    /// <exception cref="LostTokens">The picture was cut into other patches before, or is not cut.</exception>
    /// <exception cref="FinerGrid">It was, into larger ones.</exception>
    public Value Matrix(Tokens tokens) => Matrix(tokens.Source, tokens.Rows);

    /// <summary>Each token as the mean of what is put together in it.</summary>
    public Tokens Mean(IReadOnlyList<Tokens> parts)
    {
        Value sum = Matrix(parts[0]);
        foreach (Tokens part in parts.Skip(1))
            sum = graph.Op("Add", "rollout_sum", sum, Matrix(part));
        Value mean = graph.Op("Mul", "rollout_mean", sum, graph.NewInitializer("rollout_share", Tensor.Scalar(1f / parts.Count)));
        return Fresh(parts[0].Axes, parts[0].Sizes, mean, parts.Max(p => p.Source.Layers));
    }

    /// <summary>Tokens as means over some of their axes.</summary>
    public Tokens Mean(Tokens tokens, IReadOnlyCollection<int> over)
    {
        int[] left = [.. Enumerable.Range(0, tokens.Axes.Length).Where(i => !over.Contains(tokens.Axes[i]))];
        int[] gone = [.. Enumerable.Range(0, tokens.Axes.Length).Where(i => over.Contains(tokens.Axes[i]))];
        int count = left.Aggregate(1, (p, i) => p * tokens.Sizes[i]);
        Value matrix = Matrix(tokens.Source, tokens.Ordered([.. left, .. gone]));
        Value mean = Reshape(GraphMath.Mean(graph, Reshape(matrix, count, tokens.Rows.Length / count, Patches), 1), count, Patches);
        return Fresh([.. left.Select(i => tokens.Axes[i])], [.. left.Select(i => tokens.Sizes[i])], mean, tokens.Source.Layers);
    }

    /// <summary>Several matrices one below the other; the first row of each.</summary>
    public (Relevance All, int[] Starts) Stack(IReadOnlyList<Tokens> parts)
    {
        var starts = new int[parts.Count];
        for (int i = 1; i < parts.Count; i++)
            starts[i] = starts[i - 1] + parts[i - 1].Rows.Length;
        Value all = graph.Add("Concat", "", "rollout_stack", parts.Select(Matrix)).Set("axis", 0).Result;
        return (new Relevance(all, _grid!.Value.Height, _grid.Value.Width, parts.Max(p => p.Source.Layers)), starts);
    }

    /// <summary>
    /// What attention passes on: shares, as the mean over heads whose rows sum to one, times the relevance of the values.
    /// </summary>
    /// <param name="shares">Probabilities.</param>
    /// <param name="type">Their type.</param>
    /// <param name="shape">Their sizes.</param>
    /// <param name="heads">Axes of the probabilities that are heads.</param>
    /// <param name="batch">Axes over tokens that do not see each other (windows).</param>
    /// <param name="rows">Axes over the tokens that look.</param>
    /// <param name="keys">Axes over the tokens looked at.</param>
    /// <param name="source">What the values hold.</param>
    /// <param name="values">Rows of <paramref name="source"/>, over batch and keys.</param>
    /// <returns>A relevance with a row for each batch and row.</returns>
    public Relevance Attend(Value shares, ElementType type, int[] shape, int[] heads, int[] batch, int[] rows, int[] keys, Relevance source, int[] values)
    {
        Value mean = GraphMath.Float(graph, shares, type);
        foreach (int head in heads)
            mean = GraphMath.Mean(graph, mean, head);
        int[] used = [.. batch, .. rows, .. keys];
        mean = GraphMath.Transpose(graph, mean, [.. used, .. Enumerable.Range(0, shape.Length).Except(used)]);
        long b = Count(batch), r = Count(rows), k = Count(keys);
        mean = Reshape(mean, b, r, k);
        Value sum = graph.Op("Add", "rollout_total", GraphMath.Sum(graph, mean, keep: true, 2), graph.NewInitializer("rollout_tiny", Tensor.Scalar(1e-12f)));
        Value passed = graph.Op("MatMul", "rollout_passed", graph.Op("Div", "rollout_attention", mean, sum), Reshape(Matrix(source, values), b, k, Patches));
        return new Relevance(Reshape(passed, b * r, Patches), _grid!.Value.Height, _grid.Value.Width, source.Layers + 1);

        long Count(int[] axes) => axes.Aggregate(1L, (p, a) => p * shape[a]);
    }

    /// <summary>A window that slides over tokens in space sees the mean of what is in it.</summary>
    public Tokens Pool(Tokens tokens, int height, int width, Node window, long[] kernel, int outHeight, int outWidth)
    {
        Value plane = Reshape(GraphMath.Transpose(graph, Matrix(tokens), [1, 0]), Patches, 1, height, width);
        Node pool = graph.Add("AveragePool", "", "rollout_pool", [plane]).Set("kernel_shape", kernel);
        foreach (string attribute in new[] { "strides", "pads", "auto_pad", "ceil_mode" })
        {
            if (window.Attributes.TryGetValue(attribute, out Frontend.Schema.AttributeProto? value))
                pool.Set(value);
        }
        Value rows = GraphMath.Transpose(graph, Reshape(pool.Result, Patches, outHeight * outWidth), [1, 0]);
        return Fresh([2, 3], [outHeight, outWidth], rows, tokens.Source.Layers).WithoutOnes();
    }

    /// <summary>The mean over all tokens as a map [height, width].</summary>
    public Value Map(Tokens tokens)
    {
        Value mean = GraphMath.Mean(graph, Matrix(tokens), 0);
        return Reshape(mean, tokens.Source.Height, tokens.Source.Width);
    }

    private long Patches => (long)_grid!.Value.Height * _grid.Value.Width;

    private Tokens Fresh(int[] axes, int[] sizes, Value matrix, int layers) =>
        new(axes, sizes, [.. Enumerable.Range(0, sizes.Aggregate(1, (a, b) => a * b))], new Relevance(matrix, _grid!.Value.Height, _grid.Value.Width, layers));

    private Value Matrix(Relevance source, int[] rows)
    {
        Value matrix = source.Matrix ?? Grid(source);
        bool known = rows.All(r => r >= 0);
        if (!known)
        {
            // what is no part of the picture is a row of zeros at the end
            Value zero = graph.NewInitializer("rollout_nothing", Tensor.Of(new float[Patches].AsSpan(), 1, Patches));
            matrix = graph.Add("Concat", "", "rollout_filled", [matrix, zero]).Set("axis", 0).Result;
        }
        Value indices = graph.NewInitializer("rollout_rows", Tensor.Vector([.. rows.Select(r => (long)r)])); // -1 is the last row
        return graph.Add("Gather", "", "rollout_tokens", [matrix, indices]).Set("axis", 0).Result;
    }

    private Value Grid(Relevance source)
    {
        if (_grid is { } known && known.Height == source.Height && known.Width == source.Width)
            return known.Matrix;
        int patches = source.Height * source.Width;
        if (patches > MostPatches)
            throw new LostTokens($"the picture is looked at in {source.Height} x {source.Width} places, which are pixels more than patches");
        if (_grid is { } other)
            throw patches > other.Height * other.Width ? new FinerGrid(source.Height, source.Width) : new LostTokens($"the picture is cut into patches twice, {other.Height} x {other.Width} and {source.Height} x {source.Width}");
        var identity = new float[patches * patches];
        for (int i = 0; i < patches; i++)
            identity[(i * patches) + i] = 1;
        _grid = (source.Height, source.Width, graph.NewInitializer("rollout_grid", Tensor.Of(identity.AsSpan(), patches, patches)));
        return _grid.Value.Matrix;
    }

    private Value Reshape(Value value, params long[] shape) => graph.Op("Reshape", "rollout_shaped", value, graph.NewInitializer("rollout_shape", Tensor.Vector(shape)));
}
