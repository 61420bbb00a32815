using SiDT.Frontend;

using SiDT.Passes.Analysis;
using SiDT.Passes.Importance;
using SiDT.Passes.Normalization;
using SiDT.Passes.Planning;
using SiDT.Passes.Proof;
using SiDT.Passes.Rewriting;
using SiDT.Runtime;

namespace SiDT.Backend.Compilation;

/// <summary>The pipeline from a model to a smaller one.</summary>
public sealed class Pruning
{
    public static (Model Small, IReadOnlyList<PlanDimension> Dimensions, ProofResult? Proof) Run(Model input, IReadOnlyDictionary<string, double> keep, bool prove)
    {
        Model original = Frontend.Functions.FunctionInliner.Inline(input);
        Model work = new Normalizer().Run(original);
        GraphAnalysis analysis = new DimensionFinder().Run(work.Graph);
        UnitScores scores = new MagnitudeCriterion().Score(analysis);
        var removed = new Dictionary<Dimension, int[][]>();
        foreach (Dimension dimension in analysis.Dimensions.Where(d => !d.IsFrozen))
        {
            if (!keep.TryGetValue(dimension.Kind.Word(), out double ratio))
                continue;
            int kept = UnitSelection.KeptOf(dimension.Size, ratio);
            if (kept < dimension.Size)
                removed[dimension] = UnitSelection.Lowest(scores.Of(dimension), kept);
        }
        var selection = new UnitSelection(removed);
        IReadOnlyList<PlanDimension> described = PlanWriter.Describe(analysis, selection);
        Model small = new GraphRewriter().Run(work, analysis, selection.Classes);
        ProofResult? proof = null;
        if (prove)
        {
            Model twin = new TwinBuilder().Build(original, described);
            proof = new Prover(new SessionSettings(Threads: 1)).Compare(twin, small, 1, 2);
        }
        return (small, described, proof);
    }
}
