using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>Some rows of a <see cref="CalibrationSet"/>, ready to be fed.</summary>
/// <param name="Feeds">
/// An array for each input; the first axis counts rows, save for arrays that all samples share. A model whose batch size is fixed
/// gets its last batch filled up with copies of the last row, so that there may be more rows than <see cref="Count"/>.
/// </param>
/// <param name="Sample">Of each row the sample it shows, counted over the whole set.</param>
/// <param name="View">Of each row which view it is; 0 is the sample as it is.</param>
public sealed record CalibrationBatch(IReadOnlyDictionary<string, Tensor> Feeds, int[] Sample, int[] View)
{
    /// <summary>Rows that are real; the outputs of others are to be ignored.</summary>
    public int Count => Sample.Length;

    /// <summary>Rows of the feeds, copies counted.</summary>
    public int Rows { get; init; } = Sample.Length;
}
