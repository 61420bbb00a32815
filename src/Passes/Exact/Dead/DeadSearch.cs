using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;

namespace SiDT.Passes.Exact.Dead;

/// <summary>A constant that a unit adds to the result of a product with a weight: it belongs into the bias.</summary>
internal sealed record ConstantShare(Node Product, Value Weight, int Axis, int Position, double Number);

/// <summary>
/// A unit is dead when every product that contracts it gets nothing from it: y = sum_i x_i w_i does not see unit i where x_i = 0
/// or w_i = 0, and sees a constant where x_i is one. A head is dead when its values are.
/// </summary>
internal sealed class DeadSearch
{
    private readonly GraphAnalysis _analysis;
    private readonly UnitConstants _constants;
    private readonly Dictionary<int, List<(Node Node, int Input)>> _readers = [];

    public DeadSearch(GraphAnalysis analysis)
    {
        _analysis = analysis;
        _constants = new UnitConstants(analysis);
        Index(analysis.Graph);
    }

    private void Index(Graph graph)
    {
        foreach (Node node in graph.Nodes)
        {
            foreach (Graph body in node.Subgraphs.Values)
                Index(body);
            for (int i = 0; i < node.Inputs.Count; i++)
            {
                if (node.Inputs[i] is not { } input)
                    continue;
                foreach (int c in _constants.ClassesOf(input))
                {
                    if (!_readers.TryGetValue(c, out List<(Node, int)>? list))
                        _readers[c] = list = [];
                    list.Add((node, i));
                }
            }
        }
    }

    /// <summary>What removing a unit leaves to be added to biases; null if the unit is alive.</summary>
    public IReadOnlyList<ConstantShare>? Shares(int unit)
    {
        if (!_analysis.Classes.IsRow(unit))
            return OfClass(unit);
        // queries and keys of a head do not matter once its values do not
        int[] leaves = [.. _analysis.Classes.Closure(unit).Where(c => !_analysis.Classes.IsRow(c))];
        int[] carried = [.. leaves.Where(c => UsageOf(c).HasFlag(Usage.CarriedPair))];
        var shares = new List<ConstantShare>();
        foreach (int c in (carried.Length > 0 ? carried : leaves).Append(unit))
        {
            if (OfClass(c) is not { } some)
                return null;
            shares.AddRange(some);
        }
        return shares;
    }

    private Usage UsageOf(int @class) => _analysis.SlicesOf(@class).Any() ? LabelsOf(@class).Aggregate(Usage.None, (u, l) => u | _analysis.Flow.Labels.UsageOf(l)) : Usage.None;

    private Dictionary<int, List<int>>? _labels;

    private List<int> LabelsOf(int @class)
    {
        if (_labels is null)
        {
            _labels = [];
            for (int l = 0; l < _analysis.Flow.Labels.Count; l++)
            {
                int c = _analysis.Flow.Labels.Find(l);
                if (!_labels.TryGetValue(c, out List<int>? list))
                    _labels[c] = list = [];
                list.Add(l);
            }
        }
        return _labels[@class];
    }

    private List<ConstantShare>? OfClass(int @class)
    {
        var shares = new List<ConstantShare>();
        foreach ((Node node, int input) in _readers.GetValueOrDefault(@class) ?? [])
        {
            if (IsCovered(node.Inputs[input]!, @class))
                continue;
            if (node.Subgraphs.Count > 0 || !Passes(node, input, @class, shares))
                return null;
        }
        return shares;
    }

    // a row over units that lie on the same value is judged by those
    private bool IsCovered(Value value, int @class)
    {
        if (!_analysis.Classes.IsRow(@class))
            return false;
        Layout layout = _analysis.Of(value);
        return layout.Arrays.Where(a => a.Labels.Any(l => l >= 0 && _analysis.Flow.Labels.Find(l) == @class))
            .All(row => layout.Arrays.Any(a => a.Over.Count > row.Over.Count && row.Over.All(a.Over.Contains)));
    }

    private bool Passes(Node node, int input, int @class, List<ConstantShare> shares)
    {
        var view = new NodeView(node, _analysis.Of);
        if (OperatorTable.Describe(view) is not { } spec)
            return node.Domain.Length == 0 && node.OpType is "Reshape" or "Flatten" or "Gather" or "Slice" or "Split" or "Concat" or "Expand" or "Shape" or "Tile";
        if (spec.Inputs.Length <= input || spec.Inputs[input] is not { } axes)
            return true; // a parameter that lies on no index
        Value value = node.Inputs[input]!;
        AxisIndex[] indices = [.. _constants.AxesOf(value, @class).SelectMany(a => axes[a])];
        if (indices.Any(i => i.Role == AxisRole.Statistics || (i.Role == AxisRole.Mixed && !IsSpace(spec, i))))
            return false;
        HashSet<AxisIndex> result = [.. spec.Outputs.Where((o, i) => o is not null && node.Output(i) is not null).SelectMany(o => o!).SelectMany(a => a)];
        AxisIndex[] gone = [.. indices.Where(i => !result.Contains(i))];
        if (gone.Length == 0)
            return true;
        if (node.Is("ReduceSum"))
            return _constants.Of(value, @class) == 0;
        Value[] factors = [.. Enumerable.Range(0, node.Inputs.Count).Where(i => node.Inputs[i] is not null && i < spec.Inputs.Length
            && spec.Inputs[i] is { } other && other.SelectMany(a => a).Any(gone.Contains)).Select(i => node.Inputs[i]!)];
        if (factors.Any(f => _constants.Of(f, @class) == 0))
            return true;
        return Share(node, spec, factors, @class, shares);
    }

    private static bool IsSpace(AxisSpec spec, AxisIndex index) => spec.Product is not null && index.Role == AxisRole.Mixed && spec.IsSpatial;

    // x_i is a constant and w a plain matrix whose bias can take w_i x_i
    private bool Share(Node node, AxisSpec spec, Value[] factors, int @class, List<ConstantShare> shares)
    {
        if (factors.Length != 2 || spec.IsSpatial || factors.Count(f => f.Constant is not null) != 1 || !(node.Is("MatMul") || node.Is("Gemm")) || node.Result.IsOutput)
            return false;
        Value weight = factors.First(f => f.Constant is not null), data = factors.First(f => f.Constant is null);
        if (weight.Initializer is null || weight.Uses.Count > 1 || weight.Constant!.Type != ElementType.Float32 || weight.Constant.Rank != 2 || node.Inputs[1] != weight || _constants.Of(data, @class) is not { } number || !double.IsFinite(number))
            return false;
        int axis = node.Is("Gemm") && node.Int("transB", 0) != 0 ? 1 : 0;
        Layout layout = _analysis.Of(weight);
        if (layout.Axes[axis].Count != 1)
            return false;
        LabelArray labels = layout.ArraysOver(layout.Axes[axis][0]).First(a => a.Over.Count == 1);
        for (int p = 0; p < labels.Labels.Length; p++)
        {
            if (_analysis.Flow.Labels.Find(labels.Labels[p]) == @class && !shares.Any(s => s.Product == node && s.Position == p))
                shares.Add(new ConstantShare(node, weight, axis, p, number));
        }
        return true;
    }
}
