using SiDT.Frontend;
using SiDT.Passes.Analysis;

namespace SiDT.Backend.Compilation;

/// <summary>A model made ready for decisions.</summary>
/// <param name="Input">As it was read.</param>
/// <param name="Original">With its functions inlined; what proofs start from.</param>
/// <param name="Work">A normalised copy; what is cut.</param>
/// <param name="Analysis">Of <paramref name="Work"/>.</param>
public sealed record Prepared(Model Input, Model Original, Model Work, GraphAnalysis Analysis)
{
    /// <summary>How the user calls the model.</summary>
    public string Name => Input.Path ?? "the model";
}
