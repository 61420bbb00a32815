using SiDT.Passes.Analysis;
using SiDT.Passes.Planning;

namespace SiDT.Passes.Importance;

/// <summary>
/// L2 norm over all slices of a unit (grouped magnitude; Li et al., "Pruning Filters for Efficient ConvNets", section 3, taken over every coupled weight).
/// Frozen dimensions score zero.
/// </summary>
public sealed class MagnitudeCriterion : ICriterion
{
    public string Name => "magnitude";

    public UnitScores Score(GraphAnalysis analysis)
    {
        var live = new LiveClasses(analysis);
        double[] squares = new WeightSquares(analysis, live).ByClass();
        return UnitScores.Of(analysis, unit => Math.Sqrt(live.ClosureOf(unit).Sum(c => squares[c])));
    }
}
