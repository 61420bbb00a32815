using SiDT.Frontend;
using SiDT.Frontend.Schema;
using SiDT.Passes.Operators;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Analysis;

/// <summary>
/// Executes labels through a graph: every axis of every constant gets fresh labels, which travel, split, join and unite
/// as the data would. One linear walk.
/// </summary>
public sealed class LabelFlow
{
    private readonly Dictionary<Value, Layout> _layouts = new(ReferenceEqualityComparer.Instance);
    private readonly Movements _movements;

    internal const string OutputReason = "is the graph output";

    /// <param name="labels">How many labels there will be, as far as that is known.</param>
    public LabelFlow(int labels = 0)
    {
        Labels = new LabelTable(labels);
        Alignment = new Alignment(Labels);
        Spec = new SpecFlow(this);
        _movements = new Movements(this);
    }

    public LabelTable Labels { get; }

    /// <summary>Multiply-accumulates by node, symbolic in the dynamic sizes.</summary>
    public Dictionary<Node, Dim> Macs { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>For each weight product: the labels it makes and the labels it reads.</summary>
    public List<(int[] Made, int[] Read)> Products { get; } = [];

    /// <summary>Nodes without a rule.</summary>
    public List<Node> Unknown { get; } = [];

    /// <summary>Nodes at which a rule failed, which on a graph that runs is a fault of the rule; what goes into them stays whole.</summary>
    public List<(Node Node, Exception Fault)> Misfits { get; } = [];

    internal Alignment Alignment { get; }

    internal SpecFlow Spec { get; }

    public IReadOnlyDictionary<Value, Layout> Layouts => _layouts;

    /// <summary>Runs the whole model and freezes what its outputs show.</summary>
    public void Run(Graph graph)
    {
        RunBody(graph);
        foreach (Value output in graph.Outputs)
        {
            string reason = $"{OutputReason} '{output.Name}'";
            foreach (LabelArray array in Of(output).Arrays)
                Labels.Freeze(array.Labels, reason);
        }
    }

    /// <summary>
    /// Meets the nodes of a graph that were put in after the walk; what was met keeps its layout, so this is for shapes alone.
    /// False where a body of control flow holds new nodes.
    /// </summary>
    internal bool Continue(Graph graph)
    {
        foreach (Node node in graph.Nodes)
        {
            if (!IsMet(node))
                Visit(node);
            else if (node.Subgraphs.Values.Any(body => !IsMet(body)))
                return false;
        }
        return true;
    }

    private bool IsMet(Node node)
    {
        foreach (Value? output in node.Outputs)
        {
            if (output is not null && (output.Uses.Count > 0 || output.IsOutput) && output.Constant is null && !_layouts.ContainsKey(output))
                return false;
        }
        return true;
    }

    private bool IsMet(Graph body) => body.Nodes.All(n => IsMet(n) && n.Subgraphs.Values.All(IsMet));

    /// <summary>Runs a body of control flow whose inputs are already laid out.</summary>
    internal void RunBody(Graph graph)
    {
        foreach (Value input in graph.Inputs)
        {
            if (!_layouts.ContainsKey(input) && input.Initializer is null)
                _layouts[input] = Declared(input, input);
        }
        foreach (Node node in graph.Nodes)
            Visit(node);
    }

    /// <summary>What is known of a value; constants are laid out when first asked for.</summary>
    public Layout Of(Value value)
    {
        if (_layouts.TryGetValue(value, out Layout? known))
            return known;
        Layout layout = value.Constant is { } tensor ? OfConstant(value, tensor) : Declared(value, value);
        _layouts[value] = layout;
        return layout;
    }

    /// <summary>Says of a value that came later what is known of another.</summary>
    public void Adopt(Value value, Layout layout) => _layouts[value] = layout;

    internal void Set(Value? value, Layout layout)
    {
        if (value is not null)
            _layouts[value] = layout;
    }

    /// <summary>A value about which only the declared shape is known.</summary>
    internal static Layout Declared(Value value, object? origin)
    {
        TypeProto.Types.Tensor? type = value.Info?.Type?.TensorType;
        if (type?.Shape is null)
            return new Layout([], []) { Type = (ElementType)(type?.ElemType ?? 0), Origin = origin, IsUnknown = true };
        return Layout.Plain(
            type.Shape.Dim.Select((d, i) => d.HasDimValue ? d.DimValue < 0 ? Dim.Symbol($"{value.Name}.{i}") : Dim.Of(d.DimValue) : Dim.Symbol(d.HasDimParam && d.DimParam.Length > 0 ? d.DimParam : $"{value.Name}.{i}")),
            (ElementType)type.ElemType,
            origin);
    }

    /// <summary>Freezes everything that goes into a node nothing is known of.</summary>
    internal void Stop(Node node, string reason)
    {
        foreach (Value? input in node.Inputs)
        {
            if (input is null)
                continue;
            foreach (LabelArray array in Of(input).Arrays)
                Labels.Freeze(array.Labels, reason);
        }
        foreach (Value? output in node.Outputs)
        {
            if (output is not null)
                Set(output, Declared(output, node));
        }
    }

    // rules trust operands and attributes to be such as the operator has; whether they are, ONNX Runtime says when it loads the model
    private void Visit(Node node)
    {
        try
        {
            Follow(node);
        }
        catch (Exception fault) when (fault is IndexOutOfRangeException or ArgumentException or InvalidOperationException or NullReferenceException or ArithmeticException or KeyNotFoundException)
        {
            Misfits.Add((node, fault));
            Stop(node, $"goes into {node}, whose operands or attributes do not fit its operator");
        }
    }

    private void Follow(Node node)
    {
        if (node.Is("Constant") && node.ConstantTensor is not null)
            return;
        var view = new NodeView(node, Of);
        if (!node.Is("Reshape") && node.Inputs.Any(i => i is not null && Of(i).IsUnknown) && node.Subgraphs.Count == 0)
        {
            Stop(node, $"meets, at {node}, a value whose shape is not known");
            return;
        }
        if (_movements.TryRun(node, view))
            return;
        if (OperatorTable.Describe(view) is { } spec)
        {
            if (!Spec.Run(node, view, spec))
                Stop(node, $"goes into {node}, whose operands do not fit its rule");
            return;
        }
        if (!OperatorTable.Knows(node))
            Unknown.Add(node);
        Stop(node, $"goes into {node}, an operator without a rule");
    }

    /// <summary>Whether constants of a type may be weights, so that their positions get labels.</summary>
    internal static bool IsLabelled(ElementType type) =>
        type.IsFloating() || type is ElementType.Int8 or ElementType.UInt8 or ElementType.Int4 or ElementType.UInt4 or ElementType.Int16 or ElementType.UInt16 or ElementType.Int32;

    private Layout OfConstant(Value value, Tensor tensor)
    {
        var axes = new IReadOnlyList<Factor>[tensor.Rank];
        var arrays = new List<LabelArray>();
        bool labelled = IsLabelled(tensor.Type);
        for (int i = 0; i < axes.Length; i++)
        {
            if (tensor.Dims[i] == 1)
            {
                axes[i] = [];
                continue;
            }
            var factor = new Factor(tensor.Dims[i]);
            axes[i] = [factor];
            if (!labelled || tensor.Dims[i] == 0)
                continue;
            int[] labels = Labels.NewRange((int)tensor.Dims[i]);
            Labels.Homes.Add(new LabelHome(labels[0], labels.Length, value, i));
            arrays.Add(new LabelArray([factor], labels));
        }
        return new Layout(axes, arrays) { Type = tensor.Type, Content = Content.Of(tensor), IsConstant = true };
    }
}
