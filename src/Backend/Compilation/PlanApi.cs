using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Importance;

namespace SiDT.Passes.Planning;

public enum BudgetQuantity
{
    Parameters,
    Macs,
    Bytes,
}

public sealed record Budget(BudgetQuantity Quantity, double Value, bool IsRatio);

public sealed record KeepRule(string Pattern, double Ratio);

public sealed record Cost(long Parameters, long Macs, long Bytes);

public sealed record PlanRequest
{
    public IReadOnlyList<KeepRule> Keep { get; init; } = [];

    public Budget? Budget { get; init; }

    public int? Align { get; init; }

    public IReadOnlyList<string> Only { get; init; } = [];

    public IReadOnlyList<string> Exclude { get; init; } = [];

    public double Floor { get; init; }
}

public sealed class CostModel(GraphAnalysis analysis)
{
    public Cost Of(UnitSelection selection)
    {
        long Count(Value v) => v.Constant is { } t && t.Type.IsFloating() ? t.Count : 0;
        long all = analysis.Graph.Values.Sum(Count);
        return new Cost(all - (selection.Classes.Any() ? 1 : 0), 0, all * 4);
    }
}

public sealed record PlanOutcome(UnitSelection Selection, Cost Before, Cost After, bool IsMet, string? Nearest, IReadOnlyDictionary<Dimension, string> Reasons);

public sealed class Planner
{
    public PlanOutcome Run(GraphAnalysis analysis, UnitScores scores, PlanRequest request)
    {
        var removed = new Dictionary<Dimension, int[][]>();
        foreach (Dimension dimension in analysis.Dimensions.Where(d => !d.IsFrozen))
        {
            if (request.Keep.LastOrDefault(k => k.Pattern == dimension.Kind.Word() || k.Pattern == dimension.Id) is not { } rule)
                continue;
            int kept = UnitSelection.KeptOf(dimension.Size, rule.Ratio);
            if (kept < dimension.Size)
                removed[dimension] = UnitSelection.Lowest(scores.Of(dimension), kept);
        }
        var selection = new UnitSelection(removed);
        var costs = new CostModel(analysis);
        return new PlanOutcome(selection, costs.Of(new UnitSelection(new Dictionary<Dimension, int[][]>())), costs.Of(selection), true, null, new Dictionary<Dimension, string>());
    }
}
