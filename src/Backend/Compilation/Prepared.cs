using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Exact;
using SiDT.Passes.Planning;

namespace SiDT.Backend.Compilation;

/// <summary>A model made ready for decisions.</summary>
/// <param name="Input">As it was read.</param>
/// <param name="Original">With its functions inlined; what proofs start from.</param>
/// <param name="Work">A normalised copy without what is free; what is cut.</param>
/// <param name="Analysis">Of <paramref name="Work"/>.</param>
/// <param name="Cost">Of the model before anything was saved.</param>
/// <param name="Saved">What was taken from <paramref name="Work"/> for free.</param>
public sealed record Prepared(Model Input, Model Original, Model Work, GraphAnalysis Analysis, Cost Cost, IReadOnlyList<Saving> Saved)
{
    /// <summary>Values whose shape was found by running; no declaration of the file's.</summary>
    public IReadOnlyList<string> Guessed { get; init; } = [];

    /// <summary>How the user calls the model.</summary>
    public string Name => Input.Path ?? "the model";
}
