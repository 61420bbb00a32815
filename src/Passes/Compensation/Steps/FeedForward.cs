using SiDT.Frontend;

namespace SiDT.Passes.Compensation.Steps;

/// <summary>
/// Two linear layers with a function of single units between them: P_i = a W_i + b_i, z = f(P_1, ..., P_m), y = z W + b. Two producers are
/// a gate and what it lets through; one of twice the width is a stacked gate that the body takes apart.
/// </summary>
/// <param name="Producers">Layers that all read a [rows x n]; producer i has h_i outputs.</param>
/// <param name="Body">A model with inputs P_i [rows, h_i] in the order of the producers, and one output z [rows, h], in 32-bit floats.</param>
/// <param name="Consumers">Layers that all read z; their outputs lie side by side in y and in the targets.</param>
public sealed record FeedForward(IReadOnlyList<LinearLayer> Producers, Model Body, IReadOnlyList<LinearLayer> Consumers)
{
    /// <summary>n: numbers in a row of a.</summary>
    public int Inputs => Producers[0].Weight.Rows;

    /// <summary>h: numbers in a row of z.</summary>
    public int Units => Consumers[0].Weight.Rows;

    /// <summary>Numbers in a row of y, of all consumers together.</summary>
    public int Outputs => Consumers.Sum(c => c.Weight.Columns);
}
