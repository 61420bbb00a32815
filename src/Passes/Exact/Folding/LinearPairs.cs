using SiDT.Frontend;
using SiDT.Passes.Analysis;

namespace SiDT.Passes.Exact.Folding;

/// <summary>Two linear maps in a row are one: (x A + a) B + b => x (A B) + (a B + b), where that is smaller.</summary>
public sealed class LinearPairs : IExactPass
{
    public string Name => "linear pairs";

    public string? Run(GraphFacts facts)
    {
        int count = 0;
        foreach (Node node in facts.Model.Graph.Nodes.ToArray())
        {
            if (Merge(node))
                count++;
        }
        return count == 0 ? null : $"{count} pairs of linear maps are one";
    }

    private static bool Merge(Node node)
    {
        if (Linear.Of(node) is not { } second || !Chains.Single(second.Input) || Linear.Making(second.Input) is not { } first)
            return false;
        int inputs = first.Inputs, inner = first.Outputs, outputs = second.Outputs;
        if ((long)inputs * outputs > (long)inner * (inputs + outputs))
            return false;
        double[,] a = first.ReadWeight(), b = second.ReadWeight(), product = new double[inputs, outputs];
        for (int i = 0; i < inputs; i++)
        {
            for (int k = 0; k < inner; k++)
            {
                for (int j = 0; j < outputs; j++)
                    product[i, j] += a[i, k] * b[k, j];
            }
        }
        double[] bias = second.ReadBias(), before = first.ReadBias();
        for (int k = 0; k < inner; k++)
        {
            for (int j = 0; j < outputs; j++)
                bias[j] += before[k] * b[k, j];
        }
        second.WriteWeight(product);
        second.WriteBias(bias);
        node.SetInput(0, first.Input);
        return true;
    }
}
