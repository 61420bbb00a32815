using SiDT.Backend.Hook.Operators;
using SiDT.Backend.Hook.Recognition;
using SiDT.Backend.Hook.Weights;
using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Shapes;

namespace SiDT.Backend.Hook.Expressions;

/// <summary>
/// From values of a graph to expressions, asked for from the outputs backwards: what a recognised layer swallows is not asked for
/// and vanishes.
/// </summary>
internal sealed class Translation(Model model, LabelFlow flow, WeightReader weights)
{
    private readonly Dictionary<Value, Step> _steps = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, Layer> _leaves = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, Layer> _layers = new(StringComparer.Ordinal);
    private readonly Dictionary<Node, int> _order = new(ReferenceEqualityComparer.Instance);

    public LabelFlow Flow => flow;

    public Model Model => model;

    /// <summary>Constants that are parameters or buffers.</summary>
    public IReadOnlyDictionary<Value, Layer> Leaves => _leaves;

    public LayerNames Names { get; } = new(name => model.Graph.Find(name) is { Uses.Count: > 1 });

    /// <summary>Everything the outputs need, in the order of the graph.</summary>
    public IReadOnlyList<Step> Run()
    {
        foreach (Node node in model.Graph.Nodes)
            _order[node] = _order.Count;
        var open = new Stack<Value>(model.Graph.Outputs);
        var done = new HashSet<Value>(ReferenceEqualityComparer.Instance);
        while (open.TryPop(out Value? value))
        {
            if (!done.Add(value) || value.Producer is null && value.IsInput && value.Initializer is null)
                continue;
            if (!_steps.ContainsKey(value) && Leaf(value) is { } leaf)
            {
                _leaves[value] = leaf;
                continue;
            }
            Step step = Find(value);
            foreach (Value read in step.Reads)
                open.Push(read);
        }
        Step[] steps = [.. done.Where(_steps.ContainsKey).Select(v => _steps[v]).Distinct()];
        return StepOrder.Late([.. steps.OrderBy(s => _order.GetValueOrDefault(s.Node, int.MaxValue))], _leaves.ContainsKey);
    }

    public int Order(Node node) => _order.GetValueOrDefault(node, -1);

    /// <summary>A number that is known before anything runs, of a tensor with one element.</summary>
    public double? Scalar(Value? value)
    {
        if (value is null)
            return null;
        if (value.Constant is { Count: 1 } tensor && tensor.Type != ElementType.String)
            return tensor.Type == ElementType.Float64 ? BitConverter.ToDouble(tensor.Bytes) : tensor.Type.IsFloating() ? tensor.ToFloats()[0] : tensor.ToInt64s()[0];
        if (flow.Of(value) is { IsUnknown: false } layout && layout.Content is { IsKnown: true, Items: [{ } item] })
            return item.AsNumber;
        // a number behind a change of type or of shape
        return value.Producer is { } node && flow.Of(value).IsConstant && (node.Is("Cast") || node.Is("Identity") || node.Is("Reshape") || node.Is("Unsqueeze") || node.Is("Squeeze")) ? Scalar(node.Inputs[0]) : null;
    }

    public Dim[]? Shape(Value value) => flow.Of(value) is { IsUnknown: false } layout ? layout.Shape : null;

    public int Rank(Value value) => Shape(value)?.Length ?? throw HookError.At(value.Producer ?? value.Uses[0].Node, $"the shape of '{value.Name}' is not known");

    /// <summary>Whether a value is made of weights alone.</summary>
    public bool IsConstant(Value value) => value.Constant is not null || flow.Of(value).IsConstant;

    public WeightSource? Source(Value value) => weights.Find(value);

    /// <summary>A layer with these tensors; the same one where the graph uses the same tensors for the same thing again.</summary>
    public Layer Layer(string type, Code construct, string role, string[]? path, params Binding[] tensors)
    {
        string key = $"{type}({string.Concat(construct.Pieces)})[{string.Join(',', tensors.Select(t => $"{t.Member}={t.Source.Key}"))}]";
        if (tensors.Length > 0 && _layers.TryGetValue(key, out Layer? known))
            return known;
        var layer = new Layer(type, construct, tensors, path, role);
        if (tensors.Length > 0)
            _layers[key] = layer;
        return layer;
    }

    private Step Find(Value value)
    {
        if (_steps.TryGetValue(value, out Step? known))
            return known;
        Node node = value.Producer ?? throw new ModelErrorOf(value).Exception;
        Step step = Recognisers.Find(value, this) ?? OperatorExpressions.Find(new OperatorView(node, value, this));
        foreach (Value output in step.Outputs)
            _steps.TryAdd(output, step);
        if (!_steps.ContainsKey(value))
            throw HookError.At(node, $"the output '{value.Name}' has no counterpart");
        return step;
    }

    private Layer? Leaf(Value value)
    {
        if (value.Constant is null && !(IsConstant(value) && Source(value) is not null))
            return null;
        if (Source(value) is { } source)
            return IsFixed(value, source) ? Buffer(value, source) : Parameter(value, source);
        return value.Constant is { } tensor ? Stated(value, tensor) : null;
    }

    private Layer Parameter(Value value, WeightSource source) =>
        Layer("Parameter", Code.Of($"Parameter({Zeros(source.Dims)})"), "weight", Names.OfTensor(value, source, this), new Binding("", source));

    private Layer Buffer(Value value, WeightSource source) =>
        Layer("Tensor", Code.Of($"{Zeros(source.Dims, TypeText(source.Type))}"), "table", Names.OfTensor(value, source, this), new Binding("", source));

    // a constant that is in no file: made while the graph was read
    private Layer Stated(Value value, Tensor tensor) => StatedTensor.Of(tensor) is { } text
        ? Layer("Tensor", new Code([new Literal(text)]), "table", null)
        : throw HookError.At(value.Uses[0].Node, $"the constant '{value.Name}' is not stored in the file and too long to be written as code");

    /// <summary>
    /// Numbers that no training made: indices, masks (two values at most, or infinite ones), what a mask chooses, and tables over several axes that an
    /// activation is multiplied with (positions as rotations).
    /// </summary>
    private bool IsFixed(Value value, WeightSource source)
    {
        if (!source.IsTrainable || (source.Dims.All(d => d == 1) && value.Uses.All(u => u.Node.Is("Where"))))
            return true;
        if ((value.Constant ?? (source.Parts is [var part] ? weights.Stored(part.Name) : null)) is { Count: > 1 } tensor)
        {
            float[] numbers = tensor.ToFloats();
            if (numbers.Any(n => !float.IsFinite(n) || Math.Abs(n) >= 1e4f) || (source.Dims.Count(d => d > 1) > 1 && numbers.Distinct().Take(3).Count() <= 2))
                return true;
        }
        // what is read of a table counts as the table
        bool Scales(Value of, int depth) => of.Uses.Count > 0 && of.Uses.All(u => (u.Node.Is("Mul") && !IsConstant(u.Node.Inputs[1 - u.Index]!)) || (depth < 4 && !u.Node.Result.IsOutput && Reads(u) && Scales(u.Node.Result, depth + 1)));
        bool Reads(Use use) => use.Index == 0 && (use.Node.Is("Unsqueeze") || use.Node.Is("Expand") || (use.Node.Is("Gather") && IsConstant(use.Node.Inputs[1]!)));
        return source.Dims.Count(d => d > 1) > 1 && Scales(value, 0);
    }

    internal static string TypeText(ElementType type) => type == ElementType.Bool ? "ScalarType.Bool" : type.IsFloating() ? "ScalarType.Float32" : "ScalarType.Int64";

    internal static Code Zeros(long[] dims, string? type = null)
    {
        IEnumerable<Piece> sizes = dims.Select((d, i) => d == 1 ? (Piece)new Literal("1") : new Width(d, i == dims.Length - 1 ? "dim" : "size"));
        string typed = type is null or "ScalarType.Float32" ? "" : $", {type}";
        return dims.Length is > 0 and <= 4 ? Code.Of($"zeros({sizes}{typed})") : Code.Of($"zeros({(dims.Length == 0 ? Code.Of($"new long[0]") : Code.Of($"new long[] {{ {sizes} }}"))}{typed})");
    }

    private readonly record struct ModelErrorOf(Value Value)
    {
        public ModelError Exception => new($"'{Value.Name}' is read but never made; the model is broken");
    }
}
