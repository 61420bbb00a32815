using SiDT.Frontend;
using SiDT.Passes.Analysis;

namespace SiDT.Passes.Exact.Folding;

/// <summary>BatchNormalization of a convolution or a matrix product becomes part of its weights: s (W x + b - m) / sqrt(v + e) + t.</summary>
public sealed class BatchNorms : IExactPass
{
    public string Name => "batch norms";

    public bool KeepsProducts => true;

    public string? Run(GraphFacts facts)
    {
        int count = 0;
        foreach (Node node in facts.Model.Graph.Nodes.ToArray())
        {
            if (node.Is("BatchNormalization") && Fold(node))
                count++;
        }
        return count == 0 ? null : $"{count} batch norms are part of the weights before them";
    }

    private static bool Fold(Node norm)
    {
        if (norm.Int("training_mode", 0) != 0 || norm.Outputs.Count(o => o is not null) > 1 || norm.Result.IsOutput || !Chains.Single(norm.Inputs[0]!))
            return false;
        Tensor?[] p = [.. Enumerable.Range(1, 4).Select(i => norm.Inputs[i]!.Constant)];
        if (p.Any(t => t is not { Type: ElementType.Float32, Rank: 1 }))
            return false;
        float[][] numbers = [.. p.Select(t => t!.ToFloats())];
        double epsilon = norm.Float("epsilon", 1e-5f);
        double[] factor = [.. numbers[0].Select((s, i) => s / Math.Sqrt(numbers[3][i] + epsilon))];
        double[] shift = [.. numbers[1].Select((t, i) => t - (numbers[2][i] * factor[i]))];
        Value data = norm.Inputs[0]!;
        if (data.Producer is { } conv && conv.Is("Conv"))
        {
            if (!IntoConvolution(conv, factor, shift))
                return false;
        }
        else if (Linear.Making(data) is { } linear && linear.Outputs == factor.Length && norm.Graph.Model.Opset() >= 9 && IsRankTwo(linear))
        {
            linear.ScaleOutputs(factor);
            linear.WriteBias([.. linear.ReadBias().Select((b, j) => (b * factor[j]) + shift[j])]);
            data = Linear.Of(linear.Product)!.Output;
        }
        else
        {
            return false;
        }
        norm.Result.ReplaceUsesWith(data);
        return true;
    }

    // channels are axis one, which is the last of a matrix alone
    private static bool IsRankTwo(Linear linear) => linear.Product.Is("Gemm");

    private static bool IntoConvolution(Node conv, double[] factor, double[] shift)
    {
        if (conv.Inputs[1] is not { Constant: { Type: ElementType.Float32 } weight, Uses.Count: 1 } || weight.Dims[0] != factor.Length || (conv.Input(2) is { } b && b.Constant is not { Type: ElementType.Float32 }))
            return false;
        float[] w = weight.ToFloats(), bias = conv.Input(2)?.Constant!.ToFloats() ?? new float[factor.Length];
        int run = w.Length / factor.Length;
        for (int o = 0; o < factor.Length; o++)
        {
            for (int i = 0; i < run; i++)
                w[(o * run) + i] = (float)(w[(o * run) + i] * factor[o]);
            bias[o] = (float)((bias[o] * factor[o]) + shift[o]);
        }
        Graph graph = conv.Graph;
        string name = conv.Inputs[1]!.Name;
        conv.SetInput(1, graph.NewInitializer(name, Tensor.Of(w.AsSpan(), weight.Dims)));
        conv.SetInput(2, graph.NewInitializer(conv.Input(2)?.Name ?? $"{conv.Result.Name}_bias", Tensor.Of(bias.AsSpan(), bias.Length)));
        return true;
    }
}
