using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;

namespace SiDT.Passes.Normalization;

/// <summary>
/// Packed weights and biases inside attention operators become selections in front of them:
/// Attention(x, W, b) => MultiHeadAttention(x Wq + bq, x Wk + bk, x Wv + bv);
/// MultiHeadAttention(q, k, v, b) => MultiHeadAttention(q + bq, k + bk, v + bv).
/// </summary>
public sealed class TakeApartAttention : INormalization
{
    public bool Run(GraphFacts facts)
    {
        Node[] nodes = [.. facts.Model.Graph.Nodes.Where(n => OperatorTable.Key(n) is "com.microsoft::Attention" or "com.microsoft::MultiHeadAttention")];
        bool changed = false;
        if (nodes.Length == 0)
            return false;
        LabelFlow flow = facts.Flow;
        foreach (Node node in nodes)
            changed |= node.OpType == "Attention" ? Packed(node) : Biased(node, flow);
        return changed;
    }

    private static bool Packed(Node node)
    {
        if (node.Inputs.Count < 2 || node.Inputs[1]?.Constant is not { Rank: 2 } weight || node.Input(4) is not null || node.Input(6) is not null
            || node.Int("do_rotary", 0) != 0 || node.Outputs.Count(o => o is not null) > 1 || (node.Input(2) is { } b && b.Constant is null))
            return false;
        long[] sizes = node.Ints("qkv_hidden_sizes") ?? [weight.Dims[1] / 3, weight.Dims[1] / 3, weight.Dims[1] / 3];
        if (sizes.Length != 3 || sizes.Sum() != weight.Dims[1])
            return false;
        Graph graph = node.Graph;
        string name = node.Result.Name;
        Value Part(int part, string letter)
        {
            long start = sizes.Take(part).Sum();
            Value indices = graph.NewInitializer($"{name}_{letter}_indices", Tensor.Vector([.. Enumerable.Range(0, (int)sizes[part]).Select(i => start + i)]));
            Value w = graph.Add("Gather", "", $"{name}_{letter}_weight", [node.Inputs[1], indices]).Set("axis", 1).Result;
            Value product = graph.Op("MatMul", $"{name}_{letter}", node.Inputs[0], w);
            return node.Input(2) is { } bias ? graph.Op("Add", $"{name}_{letter}_biased", product, graph.Op("Gather", $"{name}_{letter}_bias", bias, indices)) : product;
        }
        Value q = Part(0, "q"), k = Part(1, "k"), v = Part(2, "v");
        Node attention = graph.Add("MultiHeadAttention", "com.microsoft", $"{name}_heads", [q, k, v]);
        attention.Set("num_heads", node.Int("num_heads", 1));
        if (node.Int("unidirectional", 0) != 0)
            attention.Set("unidirectional", 1);
        foreach (string attribute in new[] { "scale", "mask_filter_value" })
        {
            if (node.Has(attribute))
                attention.Set(attribute, node.Float(attribute, 0));
        }
        if (node.Input(3) is { } mask)
            attention.SetInput(4, mask);
        if (node.Input(5) is { } bias)
            attention.SetInput(5, bias);
        Move(node, attention);
        return true;
    }

    private static bool Biased(Node node, LabelFlow flow)
    {
        if (node.Input(3) is not { Constant: { } bias } || node.Input(1) is null || node.Input(2) is null)
            return false;
        // the bias says the widths: query and key are equal, value has the rest
        Layout query = flow.Of(node.Inputs[0]!);
        if (query.Rank != 3 || !query.Shape[2].IsConstant || flow.Of(node.Inputs[1]!).Rank != 3)
            return false;
        long width = query.Shape[2].Value;
        Graph graph = node.Graph;
        string name = node.Result.Name;
        long[] starts = [0, width, 2 * width], ends = [width, 2 * width, bias.Dims[0]];
        for (int part = 0; part < 3; part++)
        {
            Value indices = graph.NewInitializer($"{name}_bias_indices", Tensor.Vector([.. Enumerable.Range(0, (int)(ends[part] - starts[part])).Select(i => starts[part] + i)]));
            Value mine = graph.Op("Gather", $"{name}_bias", node.Inputs[3], indices);
            node.SetInput(part, graph.Op("Add", $"{name}_biased", node.Inputs[part], mine));
        }
        node.SetInput(3, null);
        while (node.Inputs.Count > 3 && node.Inputs[^1] is null)
            node.TrimInputs(node.Inputs.Count - 1);
        return true;
    }

    private static void Move(Node from, Node to)
    {
        Value old = from.Result, made = to.Result;
        from.SetOutput(0, null);
        to.SetOutput(0, old);
        _ = made;
        from.Graph.Remove(from);
    }
}
