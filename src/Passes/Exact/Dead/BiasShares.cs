using SiDT.Frontend;

namespace SiDT.Passes.Exact.Dead;

/// <summary>Moves what constant units contribute to the biases behind their readers: x W + b = x W' + (b + x_i w_i), w_i = 0 in W'.</summary>
internal static class BiasShares
{
    public static void Move(IEnumerable<ConstantShare> shares)
    {
        foreach (IGrouping<Node, ConstantShare> group in shares.GroupBy(s => s.Product))
            Add(group.Key, [.. group]);
    }

    private static void Add(Node product, ConstantShare[] shares)
    {
        Tensor weight = shares[0].Weight.Constant!;
        float[] w = weight.ToFloats();
        int rows = (int)weight.Dims[0], columns = (int)weight.Dims[1], axis = shares[0].Axis;
        var sum = new double[axis == 0 ? columns : rows];
        foreach (ConstantShare share in shares)
        {
            for (int j = 0; j < sum.Length; j++)
            {
                ref float slice = ref w[axis == 0 ? (share.Position * columns) + j : (j * columns) + share.Position];
                sum[j] += share.Number * slice;
                slice = 0;
            }
        }
        shares[0].Weight.Initializer = Tensor.Of(w.AsSpan(), weight.Dims);
        double alpha = product.Is("Gemm") ? product.Float("alpha", 1) : 1;
        Tensor constant = Tensor.Of(sum.Select(s => (float)(s * alpha)).ToArray().AsSpan(), sum.Length);
        Graph graph = product.Graph;
        Value result = product.Result;
        Use[] readers = [.. result.Uses];
        // a bias of its own that is added next takes it
        if (readers is [{ Node: var add } only] && add.Is("Add") && add.Inputs[1 - only.Index] is { Initializer: { Rank: 1, Type: ElementType.Float32 } bias } old && bias.Count == sum.Length)
        {
            float[] numbers = bias.ToFloats();
            for (int j = 0; j < numbers.Length; j++)
                numbers[j] = (float)(numbers[j] + (sum[j] * alpha));
            add.SetInput(1 - only.Index, graph.NewInitializer($"{old.Name}_with_constants", Tensor.Of(numbers.AsSpan(), numbers.Length)));
            return;
        }
        Value shifted = graph.Op("Add", $"{result.Name}_shifted", result, graph.NewInitializer($"{result.Name}_constants", constant));
        foreach (Use reader in readers)
            reader.Node.SetInput(reader.Index, shifted);
    }
}
