namespace SiDT.Passes.Compensation.Steps;

/// <summary>Rows to learn from, or to validate on.</summary>
/// <param name="Inputs">a [rows x n].</param>
/// <param name="Targets">t [rows x out].</param>
/// <param name="Weights">[rows], 0 or more.</param>
public sealed record Rows(ReadOnlyMemory<float> Inputs, ReadOnlyMemory<float> Targets, float[] Weights)
{
    public int Count => Weights.Length;
}
