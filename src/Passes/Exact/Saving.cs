using SiDT.Passes.Analysis;

namespace SiDT.Passes.Exact;

/// <summary>What a pass took away without changing what the model computes.</summary>
/// <param name="Pass">Its name.</param>
/// <param name="What">One sentence.</param>
/// <param name="Parameters">Numbers of weights that are gone; below zero where a pass trades them for work.</param>
/// <param name="Macs">Multiply-accumulates that are gone, at batch one.</param>
public sealed record Saving(string Pass, string What, long Parameters, long Macs);

/// <summary>A rewrite that leaves all outputs equal and takes something away.</summary>
public interface IExactPass
{
    string Name { get; }

    /// <summary>Changes the model of <paramref name="facts"/> in place; says what it did, or null if there was nothing to do.</summary>
    string? Run(GraphFacts facts);

    /// <summary>Whether no product is added, dropped or resized and every value keeps its shape, so that the work stays what it was.</summary>
    bool KeepsProducts => false;
}
