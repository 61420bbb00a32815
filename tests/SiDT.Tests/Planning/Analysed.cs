using SiDT.Frontend;
using SiDT.Frontend.Functions;
using SiDT.Passes.Analysis;
using SiDT.Passes.Importance;
using SiDT.Passes.Normalization;
using SiDT.Passes.Planning;
using SiDT.Passes.Proof;
using SiDT.Passes.Rewriting;
using SiDT.Runtime;

namespace SiDT.Tests.Planning;

/// <summary>A model as planning sees it: normalised, analysed, scored.</summary>
internal sealed class Analysed
{
    public Analysed(Model model)
    {
        Original = FunctionInliner.Inline(model);
        Work = new Normalizer().Run(Original);
        Analysis = new DimensionFinder().Run(Work.Graph);
    }

    public Model Original { get; }

    public Model Work { get; }

    public GraphAnalysis Analysis { get; }

    public UnitScores Magnitudes => new MagnitudeCriterion().Score(Analysis);

    public IEnumerable<Dimension> Free => Analysis.Dimensions.Where(d => !d.IsFrozen && d.Size > 1);

    public Dimension Named(string id) => Analysis.Dimensions.Single(d => d.Id == id);

    public PlanOutcome Plan(PlanRequest request, UnitScores? scores = null) => new Planner().Run(Analysis, scores ?? Magnitudes, request);

    /// <summary>Cuts; the analysis is of no use afterwards.</summary>
    public Model Cut(UnitSelection selection) => new GraphRewriter().Run(Work, Analysis, selection.Classes);

    /// <summary>Cuts and compares with the masked original.</summary>
    public ProofResult Prove(UnitSelection selection)
    {
        Model twin = new TwinBuilder().Build(Original, PlanWriter.Describe(Analysis, selection));
        return new Prover(new SessionSettings(Threads: 1)).Compare(twin, Cut(selection), 1);
    }

    /// <summary>Any units of some dimensions, equally many of each group, at least one left.</summary>
    public UnitSelection RandomSelection(int seed, double share = 0.6)
    {
        var random = new Random(seed);
        var removed = new Dictionary<Dimension, int[][]>();
        foreach (Dimension dimension in Free)
        {
            if (random.NextDouble() > share)
                continue;
            int gone = random.Next(1, dimension.Size);
            removed[dimension] = [.. dimension.Units.Select(_ => Enumerable.Range(0, dimension.Size).OrderBy(_ => random.Next()).Take(gone).Order().ToArray())];
        }
        return new UnitSelection(removed);
    }
}
