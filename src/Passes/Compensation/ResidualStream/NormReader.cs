using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;

namespace SiDT.Passes.Compensation.ResidualStream;

/// <summary>Recognises norms over a stream by what they compute: in one node, or in parts in any order of exporters.</summary>
internal sealed class NormReader(GraphAnalysis analysis, StreamLabels labels)
{
    /// <summary>All norms of the graph, in its order.</summary>
    public IReadOnlyList<NormSite> Run() => [.. analysis.Graph.Nodes.Select(n => Fused(n) ?? Parts(n)).OfType<NormSite>()];

    private NormSite? Fused(Node node)
    {
        bool isLayer = node.Is("LayerNormalization");
        if (!isLayer && OperatorTable.Key(node) is not ("RMSNormalization" or "SimplifiedLayerNormalization" or "com.microsoft::SimplifiedLayerNormalization"))
            return null;
        Value x = node.Inputs[0]!;
        int rank = analysis.Of(x).Rank;
        if (!labels.Carries(x) || labels.AxisOf(x) != rank - 1 || new NodeView(node, analysis.Of).Axis("axis", -1, rank) != rank - 1
            || node.Outputs.Skip(1).Any(o => o is { Uses.Count: > 0 } or { IsOutput: true }))
            return null;
        Value? scale = node.Input(1), shift = isLayer ? node.Input(2) : null;
        if (IsOnes(scale))
            scale = null;
        if ((scale is not null && !IsAffine(scale)) || (shift is not null && !IsAffine(shift)))
            return null;
        return new NormSite(x, node.Result, rank - 1, isLayer, node.Float("epsilon", 1e-5f), scale, shift, [node]);
    }

    private static bool IsOnes(Value? value) => value?.Constant is { Count: 1 } tensor && tensor.Type.IsFloating() && tensor.ToFloats()[0] == 1;

    // starts from x / d or x * (1 / d), where d is made of the squares of x
    private NormSite? Parts(Node node)
    {
        if (!node.Is("Div") && !node.Is("Mul"))
            return null;
        for (int i = 0; i < (node.Is("Div") ? 1 : 2); i++)
        {
            Value x = node.Inputs[i]!, factor = node.Inputs[1 - i]!;
            if (analysis.Of(x).IsConstant || !labels.Carries(x) || labels.Carries(factor) || labels.AxisOf(x) is not (>= 0 and var axis))
                continue;
            var nodes = new List<Node> { node };
            if ((node.Is("Div") ? Root(factor, nodes) : Inverse(factor, nodes)) is { } variance && Squares(variance, x, axis, nodes) is { } epsilon)
                return Finish(node.Result, x, axis, epsilon, nodes);
        }
        return null;
    }

    private NormSite? Finish(Value result, Value x, int axis, double epsilon, List<Node> nodes)
    {
        bool isCentred = false;
        if (x.Producer is { } sub && sub.Is("Sub") && IsMean(sub.Inputs[1]!, sub.Inputs[0]!, axis, nodes))
        {
            nodes.Add(sub);
            x = sub.Inputs[0]!;
            isCentred = true;
        }
        Value output = result;
        Value? scale = null, shift = null;
        while (output is { IsOutput: false, Uses: [var use] } && use.Node.Graph == analysis.Graph)
        {
            Node next = use.Node;
            if (next.Is("Cast") && analysis.Of(next.Result).Type.IsFloating())
            {
            }
            else if (next.Is("Mul") && scale is null && shift is null && IsAffine(next.Inputs[1 - use.Index]!))
            {
                scale = next.Inputs[1 - use.Index];
            }
            else if (next.Is("Add") && shift is null && IsAffine(next.Inputs[1 - use.Index]!))
            {
                shift = next.Inputs[1 - use.Index];
            }
            else
            {
                break;
            }
            nodes.Add(next);
            output = next.Result;
        }
        return new NormSite(x, output, axis, isCentred, epsilon, scale, shift, nodes);
    }

    private bool IsAffine(Value value) => analysis.Of(value).IsConstant && labels.Carries(value) && labels.AxisOf(value) >= 0
        && analysis.Of(value).Shape.Aggregate(1L, (p, d) => p * (d.IsConstant ? d.Value : 0)) == labels.Units.Length;

    /// <summary>What a root is taken of.</summary>
    private Value? Root(Value value, List<Node> nodes)
    {
        Node? node = Skip(value, nodes);
        if (node is null || !(node.Is("Sqrt") || (node.Is("Pow") && Scalar(node.Inputs[1]) == 0.5)))
            return null;
        nodes.Add(node);
        return node.Inputs[0];
    }

    /// <summary>What the inverse of a root is taken of.</summary>
    private Value? Inverse(Value value, List<Node> nodes)
    {
        Node? node = Skip(value, nodes);
        if (node is null)
            return null;
        if (node.Is("Pow") && Scalar(node.Inputs[1]) == -0.5)
        {
            nodes.Add(node);
            return node.Inputs[0];
        }
        if (!node.Is("Reciprocal") && !(node.Is("Div") && Scalar(node.Inputs[0]) == 1))
            return null;
        nodes.Add(node);
        return Root(node.Inputs[^1]!, nodes);
    }

    // mean(x x) + epsilon; null if it is something else
    private double? Squares(Value variance, Value x, int axis, List<Node> nodes)
    {
        double epsilon = 0;
        Node? node = Skip(variance, nodes);
        if (node is not null && node.Is("Add"))
        {
            int number = Scalar(node.Inputs[1]) is null ? 0 : 1;
            if (Scalar(node.Inputs[number]) is not { } given)
                return null;
            epsilon = given;
            nodes.Add(node);
            node = Skip(node.Inputs[1 - number]!, nodes);
        }
        if (node is null || !IsMeanOver(node, axis))
            return null;
        nodes.Add(node);
        Node? square = Skip(node.Inputs[0]!, nodes);
        if (square is null || !(square.Is("Mul") ? IsSame(square.Inputs[0]!, x, nodes) && IsSame(square.Inputs[1]!, x, nodes) : square.Is("Pow") && Scalar(square.Inputs[1]) == 2 && IsSame(square.Inputs[0]!, x, nodes)))
            return null;
        nodes.Add(square);
        return epsilon;
    }

    // the same value, or the same difference taken twice
    private bool IsSame(Value a, Value b, List<Node> nodes)
    {
        if (a == b)
            return true;
        if (a.Producer is { } cast && cast.Is("Cast") && analysis.Of(a).Type.IsFloating())
        {
            nodes.Add(cast);
            return IsSame(cast.Inputs[0]!, b, nodes);
        }
        if (a.Producer is not { } left || b.Producer is not { } right || !left.Is("Sub") || !right.Is("Sub") || left.Inputs[0] != right.Inputs[0])
            return false;
        nodes.Add(left);
        return left.Inputs[1] == right.Inputs[1] || IsMean(left.Inputs[1]!, left.Inputs[0]!, labels.AxisOf(left.Inputs[0]!), nodes);
    }

    private bool IsMean(Value value, Value x, int axis, List<Node> nodes)
    {
        Node? node = Skip(value, nodes);
        if (node is null || !IsMeanOver(node, axis) || !IsSame(node.Inputs[0]!, x, nodes))
            return false;
        nodes.Add(node);
        return true;
    }

    private bool IsMeanOver(Node node, int axis) => node.Is("ReduceMean") && node.Int("keepdims", 1) != 0
        && ReductionRules.AxesOf(new NodeView(node, analysis.Of)) is [var only] && only == axis;

    private Node? Skip(Value value, List<Node> nodes)
    {
        while (value.Producer is { } node && node.Is("Cast") && analysis.Of(value).Type.IsFloating())
        {
            nodes.Add(node);
            value = node.Inputs[0]!;
        }
        return value.Producer;
    }

    private double? Scalar(Value? value)
    {
        if (value is null)
            return null;
        if (value.Constant is { Count: 1 } tensor)
            return tensor.Type.IsFloating() ? tensor.ToFloats()[0] : tensor.ToInt64s()[0];
        return value.Producer is { } node && node.Is("Cast") ? Scalar(node.Inputs[0]) : null;
    }
}
