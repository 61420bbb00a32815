using SiDT.Frontend;
using SiDT.Runtime;

namespace SiDT.Passes.Proof;

/// <summary>What a proof found.</summary>
/// <param name="Difference">Largest difference of any output element, relative to the largest element of that output.</param>
/// <param name="Tolerance">What is allowed: 1e-4; 1e-2 where 16 bits or quantised numbers are computed with.</param>
public sealed record ProofResult(double Difference, double Tolerance, int Inputs)
{
    public bool Holds => Difference <= Tolerance;
}

/// <summary>Runs two models on the same inputs and compares every output.</summary>
public sealed class Prover(SessionSettings settings)
{
    /// <param name="expected">The twin, or the original where nothing may change.</param>
    /// <param name="actual">The model to be judged.</param>
    /// <param name="seeds">One comparison on random inputs for each.</param>
    public ProofResult Compare(Model expected, Model actual, params int[] seeds)
    {
        double tolerance = IsCoarse(expected.Graph) ? 1e-2 : 1e-4;
        // fused kernels for quantised and narrow types round differently from graph to graph
        SessionSettings exact = tolerance > 1e-4 ? settings with { Optimize = false } : settings;
        using Session reference = Session.Open(expected, exact), small = Session.Open(actual, exact);
        // an output may be next to zero by chance for one input, where rounding is all there is to compare
        var outputs = new Dictionary<string, (double Difference, double Largest)>(StringComparer.Ordinal);
        foreach (int seed in seeds)
        {
            IReadOnlyDictionary<string, Tensor> feeds = SyntheticInputs.For(reference, seed);
            Compare(reference.Run(feeds), small.Run(feeds), outputs);
        }
        return new ProofResult(Worst(outputs), tolerance, seeds.Length);
    }

    /// <summary>Largest difference over all outputs, each relative to its largest element; infinite where shapes differ or numbers are not finite.</summary>
    public static double Difference(IReadOnlyDictionary<string, Tensor> expected, IReadOnlyDictionary<string, Tensor> actual)
    {
        var outputs = new Dictionary<string, (double Difference, double Largest)>(StringComparer.Ordinal);
        Compare(expected, actual, outputs);
        return Worst(outputs);
    }

    private static double Worst(Dictionary<string, (double Difference, double Largest)> outputs) =>
        outputs.Values.Select(o => o.Difference / (o.Largest + 1e-6)).DefaultIfEmpty(0).Max();

    private static void Compare(IReadOnlyDictionary<string, Tensor> expected, IReadOnlyDictionary<string, Tensor> actual, Dictionary<string, (double Difference, double Largest)> outputs)
    {
        foreach ((string name, Tensor a) in expected)
        {
            Tensor b = actual[name];
            (double difference, double largest) = outputs.GetValueOrDefault(name);
            if (!a.Dims.AsSpan().SequenceEqual(b.Dims))
                difference = double.PositiveInfinity;
            float[] x = a.ToFloats(), y = b.ToFloats();
            for (int i = 0; i < x.Length && difference < double.PositiveInfinity; i++)
            {
                if (float.IsNaN(x[i]) && float.IsNaN(y[i]))
                    continue;
                largest = Math.Max(largest, Math.Abs(x[i]));
                double d = Math.Abs((double)x[i] - y[i]);
                difference = double.IsNaN(d) ? double.PositiveInfinity : Math.Max(difference, d);
            }
            outputs[name] = (difference, largest);
        }
    }

    /// <summary>Whether a graph computes with 16 bits or fewer.</summary>
    private static bool IsCoarse(Graph graph) =>
        graph.Nodes.Any(n => n.OpType.EndsWith("uantizeLinear", StringComparison.Ordinal) || n.OpType.Contains("Integer", StringComparison.Ordinal) || n.OpType.StartsWith("QLinear", StringComparison.Ordinal)
            || n.OpType is "MatMulNBits" || n.Subgraphs.Values.Any(IsCoarse)
            || (n.OpType != "Cast" && n.Inputs.Any(i => i?.Constant?.Type is ElementType.Float16 or ElementType.BFloat16)));
}
