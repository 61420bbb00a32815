using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;

namespace SiDT.Passes.Exact.Dead;

/// <summary>Units that are the same number whatever the input: followed from slices of weights through products, sums and functions.</summary>
internal sealed class UnitConstants(GraphAnalysis analysis)
{
    private readonly Dictionary<(Value, int), double?> _known = [];
    private readonly Dictionary<Value, HashSet<int>> _classes = new(ReferenceEqualityComparer.Instance);
    private readonly SliceNumbers _slices = new();

    /// <summary>Classes that lie on a value.</summary>
    public HashSet<int> ClassesOf(Value value)
    {
        if (!_classes.TryGetValue(value, out HashSet<int>? known))
            _classes[value] = known = [.. analysis.Of(value).Arrays.SelectMany(a => a.Labels).Where(l => l >= 0).Select(analysis.Flow.Labels.Find)];
        return known;
    }

    /// <summary>What <paramref name="value"/> is at all positions of a class; null where it depends on the input or differs.</summary>
    public double? Of(Value value, int @class)
    {
        if (_known.TryGetValue((value, @class), out double? known))
            return known;
        _known[(value, @class)] = null;
        return _known[(value, @class)] = value.Constant is { } tensor ? OfTensor(value, tensor, @class) : value.Producer is { } node ? OfNode(node, value, @class) : null;
    }

    private double? OfTensor(Value value, Tensor tensor, int @class)
    {
        Layout layout = analysis.Of(value);
        double? all = null;
        foreach (LabelArray array in layout.Arrays)
        {
            int axis = Enumerable.Range(0, layout.Rank).First(a => layout.Axes[a].Contains(array.Over[0]));
            for (int p = 0; p < array.Labels.Length; p++)
            {
                if (analysis.Flow.Labels.Find(array.Labels[p]) != @class)
                    continue;
                if (_slices.Only(tensor, axis, p) is not { } number || (all is not null && all != number))
                    return null;
                all = number;
            }
        }
        return all;
    }

    private double? OfNode(Node node, Value value, int @class)
    {
        if (node.Outputs[0] != value && !node.Is("Split"))
            return null;
        switch (OperatorTable.Key(node))
        {
            case "Reshape" or "Flatten" or "Transpose" or "Squeeze" or "Unsqueeze" or "Gather" or "Slice" or "Split" or "Expand":
                return Of(node.Inputs[0]!, @class);
            case "Concat":
                return Same(node.Inputs.Where(i => ClassesOf(i!).Contains(@class)).Select(i => Of(i!, @class)));
            case "Add" or "Sub" or "Mul" or "Div" or "Pow" or "Max" or "Min" when node.Inputs.Count == 2:
                return PointFunctions.Binary(node.OpType, Operand(node.Inputs[0]!, @class), Operand(node.Inputs[1]!, @class));
            case "com.microsoft::BiasGelu" when node.Inputs.Count == 2:
                return Operand(node.Inputs[0]!, @class) + Operand(node.Inputs[1]!, @class) is { } sum ? PointFunctions.Gelu(sum) : null;
            case "com.microsoft::FastGelu" when node.Input(1) is { } bias:
                return Operand(node.Inputs[0]!, @class) + Operand(bias, @class) is { } biased ? PointFunctions.Fast(biased) : null;
            case "BatchNormalization" when node.Int("training_mode", 0) == 0:
                return BatchNorm(node, @class);
            case "DequantizeLinear":
                return Of(node.Inputs[0]!, @class) == 0 && (node.Input(2) is not { } zero || Operand(zero, @class) == 0) ? 0 : null;
        }
        if (node.Inputs.Count(i => i is not null) == 1 && node.Subgraphs.Count == 0)
            return Of(node.Inputs[0]!, @class) is { } x ? PointFunctions.Unary(node, x) : null;
        return Product(node, @class);
    }

    // nothing comes in through the operand that the unit lies on; a bias remains
    private double? Product(Node node, int @class)
    {
        var view = new NodeView(node, analysis.Of);
        if (OperatorTable.Describe(view) is not { } spec || (spec.Product is null && spec.Uses is null) || node.Has("activation"))
            return null;
        Value[] factors = [.. node.Inputs.Where((v, i) => v is not null && (spec.Product is not { } p || i == p.Left || i == p.Right)).Select(v => v!)];
        if (!factors.Any(f => ClassesOf(f).Contains(@class) && LiesOnOutput(spec, node, f, @class) && Of(f, @class) == 0))
            return null;
        if (spec.Product is null || node.Input(2) is not { } bias)
            return 0;
        return Operand(bias, @class) * (node.Is("Gemm") ? node.Float("beta", 1) : 1);
    }

    /// <summary>Whether the unit of an operand is one of the output, rather than contracted.</summary>
    private bool LiesOnOutput(AxisSpec spec, Node node, Value factor, int @class)
    {
        int input = Enumerable.Range(0, node.Inputs.Count).First(i => node.Inputs[i] == factor);
        if (spec.Inputs[input] is not { } axes)
            return false;
        HashSet<AxisIndex> result = [.. spec.Outputs[0]!.SelectMany(a => a)];
        return AxesOf(factor, @class).All(a => axes[a].All(result.Contains));
    }

    /// <summary>The axes on which a class lies.</summary>
    public IEnumerable<int> AxesOf(Value value, int @class)
    {
        Layout layout = analysis.Of(value);
        return layout.Arrays.Where(a => a.Labels.Any(l => l >= 0 && analysis.Flow.Labels.Find(l) == @class))
            .SelectMany(a => a.Over).Distinct().Select(f => Enumerable.Range(0, layout.Rank).First(a => layout.Axes[a].Contains(f))).Distinct();
    }

    private double? BatchNorm(Node node, int @class)
    {
        double?[] p = [.. Enumerable.Range(1, 4).Select(i => Operand(node.Inputs[i]!, @class))];
        if (p[0] == 0)
            return p[1];
        return Of(node.Inputs[0]!, @class) is { } x ? p[1] + (p[0] * (x - p[2]) / Math.Sqrt((p[3] ?? double.NaN) + node.Float("epsilon", 1e-5f))) : null;
    }

    // what does not carry the unit must be one number
    private double? Operand(Value value, int @class)
    {
        if (ClassesOf(value).Contains(@class))
            return Of(value, @class);
        if (value.Constant is not { } tensor || !tensor.Type.IsFloating() || tensor.Count == 0)
            return null;
        ReadOnlySpan<float> numbers = _slices.Numbers(tensor);
        return numbers.IndexOfAnyExcept(numbers[0]) < 0 ? numbers[0] : null;
    }

    private static double? Same(IEnumerable<double?> numbers)
    {
        double?[] all = [.. numbers];
        return all.Length > 0 && all.All(n => n is not null && n == all[0]) ? all[0] : null;
    }
}
