using SiDT.Frontend;
using SiDT.Passes.Analysis;

namespace SiDT.Passes.Exact.Folding;

/// <summary>A factor on queries, keys or logits goes into the projection: (x W + b) c => x (c W) + c b.</summary>
public sealed class Scales : IExactPass
{
    public string Name => "scales";

    public bool KeepsProducts => true;

    public string? Run(GraphFacts facts)
    {
        int count = 0;
        foreach (Node node in facts.Model.Graph.Nodes.ToArray())
        {
            if (Fold(node))
                count++;
        }
        return count == 0 ? null : $"{count} factors are part of projections";
    }

    private static bool Fold(Node node)
    {
        if (!(node.Is("Mul") || node.Is("Div")) || node.Result.IsOutput)
            return false;
        int at = node.Is("Mul") && Chains.Scalar(node.Inputs[0]) is not null ? 0 : 1;
        if (Chains.Scalar(node.Inputs[at]) is not { } number || node.Inputs[at]!.Constant!.Rank > 1 || number == 0 || !double.IsFinite(number))
            return false;
        Value data = node.Inputs[1 - at]!;
        if (!Chains.Single(data) || !IsAttended(node, data) || Layer(data) is not { } linear)
            return false;
        double factor = node.Is("Mul") ? number : 1 / number;
        linear.ScaleOutputs([.. Enumerable.Repeat(factor, linear.Outputs)]);
        linear.WriteBias([.. linear.ReadBias().Select(b => b * factor)]);
        node.Result.ReplaceUsesWith(data);
        return true;
    }

    // elsewhere a factor is part of an activation function, which runtimes know by its spelling
    private static bool IsAttended(Node node, Value data) =>
        (data.Producer is { } maker && Chains.IsProductOfActivations(maker)) || (Chains.Reader(node.Result) is { Node: var reader } && Chains.IsProductOfActivations(reader));

    private static Linear? Layer(Value value)
    {
        if (value.Producer is { } product && Chains.IsProductOfActivations(product))
            return Chains.Source(product.Inputs[0]!) ?? Chains.Source(product.Inputs[1]!);
        return Chains.Source(value);
    }
}
