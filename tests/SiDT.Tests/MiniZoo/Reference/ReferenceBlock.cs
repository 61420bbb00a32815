namespace SiDT.Tests.MiniZoo.Reference;

/// <summary>
/// A pre-norm transformer block in 64 bits, by plain loops over weight arrays; knows nothing of graphs.
/// Matrices are inputs by outputs, row-major; heads stand side by side in the outputs of query, key and value.
/// </summary>
internal sealed class ReferenceBlock
{
    public required int Embed { get; init; }

    public required int Hidden { get; init; }

    public required int Heads { get; init; }

    public required int Qk { get; init; }

    public required int V { get; init; }

    /// <summary>Weight and bias by the name of the layer: norm1, q_proj, k_proj, v_proj, proj, norm2, fc1, fc2.</summary>
    public required Func<string, (float[] Weight, float[] Bias)> Layer { get; init; }

    public double Epsilon { get; init; } = 1e-5;

    /// <summary>One sample: tokens by embed.</summary>
    public double[,] Run(double[,] x)
    {
        double[,] y = Sum(x, Attention(Norm(x, "norm1")));
        double[,] hidden = Linear(Norm(y, "norm2"), "fc1", Hidden);
        for (int t = 0; t < hidden.GetLength(0); t++)
        {
            for (int j = 0; j < Hidden; j++)
                hidden[t, j] = ErrorFunction.Gelu(hidden[t, j]);
        }
        return Sum(y, Linear(hidden, "fc2", Embed));
    }

    private double[,] Attention(double[,] x)
    {
        int tokens = x.GetLength(0);
        double[,] q = Linear(x, "q_proj", Heads * Qk), k = Linear(x, "k_proj", Heads * Qk), v = Linear(x, "v_proj", Heads * V);
        var merged = new double[tokens, Heads * V];
        for (int h = 0; h < Heads; h++)
        {
            for (int t = 0; t < tokens; t++)
            {
                double[] weights = Weights(q, k, h, t);
                for (int s = 0; s < tokens; s++)
                {
                    for (int j = 0; j < V; j++)
                        merged[t, (h * V) + j] += weights[s] * v[s, (h * V) + j];
                }
            }
        }
        return Linear(merged, "proj", Embed);
    }

    /// <summary>How much query token t of head h takes from every token.</summary>
    private double[] Weights(double[,] q, double[,] k, int h, int t)
    {
        int tokens = k.GetLength(0);
        var weights = new double[tokens];
        for (int s = 0; s < tokens; s++)
        {
            for (int j = 0; j < Qk; j++)
                weights[s] += q[t, (h * Qk) + j] * k[s, (h * Qk) + j] / Math.Sqrt(Qk);
        }
        double largest = weights.Max(), total = 0;
        for (int s = 0; s < tokens; s++)
            total += weights[s] = Math.Exp(weights[s] - largest);
        for (int s = 0; s < tokens; s++)
            weights[s] /= total;
        return weights;
    }

    private double[,] Norm(double[,] x, string name)
    {
        (float[] gain, float[] bias) = Layer(name);
        var y = new double[x.GetLength(0), Embed];
        for (int t = 0; t < x.GetLength(0); t++)
        {
            double mean = 0, variance = 0;
            for (int i = 0; i < Embed; i++)
                mean += x[t, i] / Embed;
            for (int i = 0; i < Embed; i++)
                variance += (x[t, i] - mean) * (x[t, i] - mean) / Embed;
            for (int i = 0; i < Embed; i++)
                y[t, i] = ((x[t, i] - mean) / Math.Sqrt(variance + Epsilon) * gain[i]) + bias[i];
        }
        return y;
    }

    private double[,] Linear(double[,] x, string name, int outputs)
    {
        (float[] weight, float[] bias) = Layer(name);
        var y = new double[x.GetLength(0), outputs];
        for (int t = 0; t < x.GetLength(0); t++)
        {
            for (int j = 0; j < outputs; j++)
            {
                y[t, j] = bias[j];
                for (int i = 0; i < x.GetLength(1); i++)
                    y[t, j] += x[t, i] * weight[(i * outputs) + j];
            }
        }
        return y;
    }

    private static double[,] Sum(double[,] a, double[,] b)
    {
        var y = new double[a.GetLength(0), a.GetLength(1)];
        for (int t = 0; t < y.GetLength(0); t++)
        {
            for (int i = 0; i < y.GetLength(1); i++)
                y[t, i] = a[t, i] + b[t, i];
        }
        return y;
    }
}
