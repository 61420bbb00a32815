using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;

namespace SiDT.Passes.Exact.Folding;

/// <summary>
/// A Softmax over keys does not see a bias that all keys have: q (k + b)' = q k' + q b', and q b' is the same for every key of a row.
/// Not where keys are turned or normalised in between, or where the logits go elsewhere too.
/// </summary>
public sealed class KeyBiases : IExactPass
{
    public string Name => "key biases";

    public bool KeepsProducts => true;

    public string? Run(GraphFacts facts)
    {
        LabelFlow flow = facts.Flow;
        int count = 0;
        foreach (Node node in facts.Model.Graph.Nodes.ToArray())
        {
            if (Keys(node, flow) is not { } keys || Chains.Source(keys) is not { Bias: { } bias } linear || LiesOn(bias, keys, KeyAxis(node, keys, flow), flow))
                continue;
            linear.DropBias();
            count++;
        }
        return count == 0 ? null : $"{count} biases that a Softmax over keys does not see are gone";
    }

    /// <summary>The keys of an attention, if nothing but a Softmax over them reads their products with queries.</summary>
    private static Value? Keys(Node node, LabelFlow flow)
    {
        if (OperatorTable.Key(node) is "com.microsoft::MultiHeadAttention" or "Attention")
        {
            bool plain = node.Outputs.Count(o => o is not null) == 1 && node.Float("softcap", 0) == 0 && node.Inputs.Skip(3).Where((_, i) => i != 0 || node.Is("Attention")).All(i => i is null || flow.Of(i).Rank <= 4)
                && node.Input(node.Is("Attention") ? 4 : 6) is null;
            return plain ? node.Input(1) : null;
        }
        if (!Chains.IsProductOfActivations(node))
            return null;
        Value logits = node.Result;
        while (Chains.Single(logits) && logits.Uses[0].Node is var reader)
        {
            int rank = flow.Of(logits).Rank;
            if (reader.Is("Softmax"))
                return reader.Int("axis", reader.Graph.Model.Opset() >= 13 ? -1 : 1) is var axis && (axis == -1 || axis == rank - 1) ? node.Inputs[1] : null;
            bool passes = reader.Is("Add") || (reader.Is("Mul") && Chains.Scalar(reader.Inputs[1 - logits.Uses[0].Index]) is not null)
                || (reader.Is("Div") && logits.Uses[0].Index == 0 && Chains.Scalar(reader.Inputs[1]) is not null);
            if (!passes || flow.Of(reader.Result).Rank != rank)
                return null;
            logits = reader.Result;
        }
        return null;
    }

    // (.., width, keys) where the product is spelled out, (batch, keys, width) or (batch, heads, keys, width) in one operator
    private static int KeyAxis(Node node, Value keys, LabelFlow flow) => node.Is("MatMul") ? flow.Of(keys).Rank - 1 : flow.Of(keys).Rank - 2;

    /// <summary>Whether positions of the bias are positions of that axis.</summary>
    private static bool LiesOn(Value bias, Value keys, int axis, LabelFlow flow)
    {
        HashSet<int> own = [.. flow.Of(bias).Arrays.SelectMany(a => a.Labels).Select(flow.Labels.Find)];
        Layout layout = flow.Of(keys);
        return layout.Arrays.Where(a => a.Over.Any(layout.Axes[axis].Contains)).SelectMany(a => a.Labels).Any(l => l >= 0 && own.Contains(flow.Labels.Find(l)));
    }
}
