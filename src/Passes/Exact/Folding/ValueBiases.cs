using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;

namespace SiDT.Passes.Exact.Folding;

/// <summary>
/// Rows of a Softmax sum to one, so that a bias of the values comes out of the attention as it went in, and can be one of the
/// projection behind it: (P (v + b)) W + c => (P v) W + (c + b W).
/// </summary>
public sealed class ValueBiases : IExactPass
{
    public string Name => "value biases";

    public bool KeepsProducts => true;

    public string? Run(GraphFacts facts)
    {
        LabelFlow flow = facts.Shapes; // labels of a walk before biases were dropped say the same of those that are left
        int count = 0;
        foreach (Node node in facts.Model.Graph.Nodes.ToArray())
        {
            if (Values(node, flow) is { } values && Fold(node, values, flow))
                count++;
        }
        return count == 0 ? null : $"{count} biases of values are part of the projection behind";
    }

    private static Value? Values(Node node, LabelFlow flow)
    {
        if (OperatorTable.Key(node) is "com.microsoft::MultiHeadAttention" or "Attention")
            return node.Outputs.Count(o => o is not null) == 1 ? node.Input(2) : null;
        return Chains.IsProductOfActivations(node) && IsSoftmax(node.Inputs[0]!, flow) ? node.Inputs[1] : null;
    }

    private static bool IsSoftmax(Value weights, LabelFlow flow)
    {
        while (weights.Producer is { } node)
        {
            if (node.Is("Softmax"))
                return node.Int("axis", node.Graph.Model.Opset() >= 13 ? -1 : 1) is var axis && (axis == -1 || axis == flow.Of(weights).Rank - 1);
            if (!node.Is("Identity") && !node.Is("Dropout"))
                return false;
            weights = node.Inputs[0]!;
        }
        return false;
    }

    private static bool Fold(Node node, Value values, LabelFlow flow)
    {
        if (Chains.Source(values) is not { Bias: { } bias } made || made.Bias.Constant!.Count != made.Outputs)
            return false;
        if (Chains.Reader(node.Result) is not { Index: 0, Node: var product } || Linear.Of(product) is not { } read)
            return false;
        if (Positions(bias, read.Weight, flow) is not { } places)
            return false;
        double[] b = made.ReadBias(), c = read.ReadBias();
        read.AddProduct([.. places.Select(p => b[p])], c);
        made.DropBias();
        read.WriteBias(c);
        return true;
    }

    /// <summary>For every input of the projection the value that arrives there; null where that cannot be told.</summary>
    private static int[]? Positions(Value bias, Value weight, LabelFlow flow)
    {
        int[] own = Labels(bias, flow.Of(bias).Rank - 1, flow);
        int axis = weight.Uses[0].Node.Is("Gemm") && weight.Uses[0].Node.Int("transB", 0) != 0 ? 1 : 0;
        int[] rows = Labels(weight, axis, flow);
        if (own.Length == 0 || rows.Length == 0 || own.Distinct().Count() != own.Length)
            return null;
        int[] places = [.. rows.Select(r => Array.IndexOf(own, r))];
        return places.Contains(-1) ? null : places;
    }

    private static int[] Labels(Value value, int axis, LabelFlow flow)
    {
        Layout layout = flow.Of(value);
        return layout.Axes[axis] is [var factor] && layout.ArraysOver(factor).FirstOrDefault(a => a.Over.Count == 1) is { } array ? [.. array.Labels.Select(flow.Labels.Find)] : [];
    }
}
