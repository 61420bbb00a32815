using SiDT.Frontend;
using SiDT.Frontend.Functions;
using SiDT.Passes.Analysis;
using SiDT.Passes.Exact;
using SiDT.Passes.Normalization;
using SiDT.Passes.Proof;
using SiDT.Runtime;

namespace SiDT.Tests.Exact;

/// <summary>Takes every exact saving of a model and compares it with the original.</summary>
internal static class ExactRuns
{
    public static (Model Small, IReadOnlyList<Saving> Savings) Apply(Model original)
    {
        Model work = new Normalizer().Run(FunctionInliner.Inline(original));
        IReadOnlyList<Saving> before = ExactSavings.Before(new GraphFacts(work));
        return (work, [.. before, .. ExactSavings.After(work)]);
    }

    public static ProofResult Compare(Model original, Model small) => new Prover(new SessionSettings(Threads: 1)).Compare(original, small, 1, 2);
}
