using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>Some samples, ready to be fed.</summary>
/// <param name="Feeds">An array for each input; the first axis counts samples, save for arrays that all samples share.</param>
/// <param name="Labels">The class of each of the <paramref name="Count"/> samples; null when the data have no labels.</param>
/// <param name="Count">
/// Samples that are real: a model whose batch size is fixed gets its last batch filled up with copies of the last sample,
/// whose outputs are to be ignored.
/// </param>
public sealed record Batch(IReadOnlyDictionary<string, Tensor> Feeds, long[]? Labels, int Count);
