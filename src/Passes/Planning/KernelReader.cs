using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;
using SiDT.Passes.Shapes;
using SiDT.Runtime;

namespace SiDT.Passes.Planning;

/// <summary>Which kernel a node is. Products are told apart by their index notation, everything else by how many elements it passes.</summary>
/// <param name="analysis">What is known of the graph.</param>
/// <param name="axis">The length of an axis of a value.</param>
/// <param name="number">The number of a size that nothing can go from.</param>
internal sealed class KernelReader(GraphAnalysis analysis, Func<Layout, int, KernelSize> axis, Func<Dim, long> number)
{
    private static readonly HashSet<string> s_free = ["Reshape", "Squeeze", "Unsqueeze", "Flatten", "Identity", "Dropout", "Constant", "Shape", "Size", "ConstantOfShape", "Cast"];

    private static readonly HashSet<string> s_functions =
        ["Erf", "Exp", "Tanh", "Sigmoid", "Gelu", "FastGelu", "BiasGelu", "QuickGelu", "Swish", "Mish", "Softplus", "Sin", "Cos", "Log", "Pow", "Elu", "Selu"];

    /// <summary>The kernel; null for a node that takes no time to speak of, or of which too little is known.</summary>
    public KernelShape? Of(Node node)
    {
        if (analysis.Flow.Macs.TryGetValue(node, out Dim? macs))
            return OfProduct(node) ?? Unread(node, macs);
        if (s_free.Contains(node.OpType) || node.Subgraphs.Count > 0 || node.Output(0) is not { } output || analysis.Of(output) is not { IsUnknown: false, IsConstant: false } made || !made.Type.IsFloating())
            return null;
        WorkClass work = KernelKinds.ClassOfNode(node.OpType);
        Layout read = node.Input(0) is { } input && analysis.Of(input) is { IsUnknown: false } known ? known : made;
        return work switch
        {
            WorkClass.Norms => Rows(KernelKinds.Norm, read),
            WorkClass.Softmax => Rows(KernelKinds.Softmax, read),
            WorkClass.Movement => Shape(KernelKinds.Transpose, made.Type, Size(made, 0, made.Rank)),
            _ => Shape(s_functions.Contains(node.OpType) ? KernelKinds.Erf : KernelKinds.Add, made.Type, Size(made, 0, made.Rank)),
        };
    }

    private KernelShape? Rows(string kind, Layout layout) =>
        layout.Rank == 0 ? null : Shape(kind, layout.Type, Size(layout, 0, layout.Rank - 1), Size(layout, layout.Rank - 1, layout.Rank));

    private KernelShape? OfProduct(Node node)
    {
        if (OperatorTable.Describe(new NodeView(node, analysis.Of)) is not { Product: var (left, right) } spec)
            return null;
        List<MacTerms.Axis> inputs = MacTerms.AxesOf(spec.Inputs, node.Inputs), outputs = MacTerms.AxesOf(spec.Outputs, node.Outputs);
        Value first = node.Inputs[left]!, second = node.Inputs[right]!;
        HashSet<AxisIndex> ofLeft = Indices(inputs, first), ofRight = Indices(inputs, second), result = Indices(outputs, node.Outputs[0]!);
        // the weight first: its axes hold single indices where an activation's channels hold groups
        MacTerms.Axis[] order = [.. inputs.Where(a => a.Value == second), .. outputs.Where(a => a.Value == node.Outputs[0]), .. inputs.Where(a => a.Value == first)];
        HashSet<AxisIndex> batch = [.. ofLeft.Where(i => ofRight.Contains(i) && result.Contains(i))];
        KernelSize many = Length(batch, order), rows = Length(result.Where(i => !ofRight.Contains(i)), order), columns = Length(result.Where(i => ofRight.Contains(i) && !ofLeft.Contains(i)), order);
        KernelSize inner = Length(ofRight.Where(i => !result.Contains(i) && i.Role != AxisRole.Space), order);
        ElementType type = analysis.Of(first).Type;
        if (node.OpType.Contains("Conv", StringComparison.Ordinal))
        {
            HashSet<AxisIndex> window = [.. ofRight.Where(i => !result.Contains(i) && i.Role == AxisRole.Space)];
            return Shape(KernelKinds.Conv, type, many, rows, inner, columns, Length(window, order));
        }
        bool weight = analysis.Of(second).IsConstant || second.Constant is not null, turned = analysis.Of(first).IsConstant || first.Constant is not null;
        if (batch.Count == 0 && (weight || turned))
            return Shape(KernelKinds.Linear, type, weight ? rows : columns, inner, weight ? columns : rows);
        return Shape(KernelKinds.MatMul, type, many, rows, inner, columns);
    }

    // a fused operator: as much work as its products, in the form of one that is neither flat nor narrow
    private KernelShape Unread(Node node, Dim macs)
    {
        const long Side = 64;
        var terms = MacTerms.Of(node, analysis, macs);
        if (terms is not { Count: > 0 })
            return Shape(KernelKinds.MatMul, ElementType.Float32, new(1, []), new(Side, []), new(Side, []), new(Math.Max(1, number(macs) / (Side * Side)), []));
        KernelSize work = Product(terms[0].Select(t => axis(analysis.Of(t.Value), t.Axis)));
        return Shape(KernelKinds.MatMul, ElementType.Float32, new(1, []), new(Side, []), new(Side, []), work with { Factor = Math.Max(1, work.Factor * terms.Count / (Side * Side)) });
    }

    private static HashSet<AxisIndex> Indices(IEnumerable<MacTerms.Axis> axes, Value value) => [.. axes.Where(a => a.Value == value).SelectMany(a => a.Indices)];

    private KernelSize Length(IEnumerable<AxisIndex> indices, MacTerms.Axis[] order)
    {
        HashSet<AxisIndex> needed = [.. indices];
        return MacTerms.Cover(needed, order) is { } cover
            ? Product(cover.Select(c => axis(analysis.Of(c.Item1), c.Item2)))
            : new KernelSize(number(Dim.Product(needed.Select(i => i.Size))), []);
    }

    private KernelSize Size(Layout layout, int from, int to) => Product(Enumerable.Range(from, to - from).Select(i => axis(layout, i)));

    private static KernelSize Product(IEnumerable<KernelSize> sizes)
    {
        KernelSize[] all = [.. sizes];
        return new KernelSize(all.Aggregate(1L, (product, s) => product * s.Factor), [.. all.SelectMany(s => s.Axes).Order()]);
    }

    private KernelShape Shape(string kind, ElementType type, params KernelSize[] sizes) => new(kind, type, sizes, new Kernel(kind, type, []));
}
