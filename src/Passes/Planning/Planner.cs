using System.Globalization;
using SiDT.Passes.Analysis;
using SiDT.Passes.Importance;

namespace SiDT.Passes.Planning;

/// <summary>Decides which units go: first what rules say of single dimensions, then what a budget asks of the others.</summary>
/// <param name="sizes">Numbers for sizes that the model leaves open, see <see cref="CostModel"/>.</param>
/// <param name="times">Times of kernels; needed for budgets of latency alone.</param>
public sealed class Planner(IReadOnlyDictionary<string, long>? sizes = null, KernelTimes? times = null)
{
    /// <summary>How far from a budget a plan may end, as a fraction of what the original costs.</summary>
    public const double Tolerance = 0.02;

    public PlanOutcome Run(GraphAnalysis analysis, UnitScores scores, PlanRequest request)
    {
        var held = new Dictionary<Dimension, string>(); // what must stay for others to go
        var compatibility = new Compatibility(analysis);
        while (true)
        {
            PlanOutcome outcome = Run(analysis, scores, request, held);
            if (compatibility.Conflict(outcome.Selection) is not { } conflict)
                return outcome;
            held[conflict.Held] = conflict.Other is { } other ? $"its units cannot go together with those of '{other.Id}'" : "what is left of it would be no rectangle";
        }
    }

    private PlanOutcome Run(GraphAnalysis analysis, UnitScores scores, PlanRequest request, IReadOnlyDictionary<Dimension, string> held)
    {
        var model = new CostModel(analysis, sizes, times);
        var reasons = new Dictionary<Dimension, string>();
        var orders = new List<RemovalOrder>();
        var open = new List<RemovalOrder>();
        foreach (Dimension dimension in analysis.Dimensions)
        {
            KeepRule? rule = RuleFor(dimension, request.Keep);
            if ((WhyUntouched(dimension, request, rule) ?? held.GetValueOrDefault(dimension)) is { } reason)
            {
                reasons[dimension] = reason;
                continue;
            }
            if (rule is null && scores.Damages is { } damages && !damages.ContainsKey(dimension))
            {
                reasons[dimension] = "was not chosen: nobody measured what cutting it does";
                continue;
            }
            var order = new RemovalOrder(dimension, scores.Of(dimension)) { Damage = scores.Damages?.GetValueOrDefault(dimension) };
            orders.Add(order);
            if (rule is null)
                open.Add(order);
            else
                order.Kept = AlignedSizes.Nearest(UnitSelection.KeptOf(dimension.Size, rule.Ratio), dimension.Size, request.Align ?? 1);
        }
        if (request.Align is null)
        {
            foreach ((KeepRule rule, Dimension[] dimensions) in ShareRounding.Of(orders.Where(o => o.Damage is not null && RuleFor(o.Dimension, request.Keep) is not null).Select(o => (o.Dimension, RuleFor(o.Dimension, request.Keep)!))))
                ShareRounding.Run(rule, [.. orders.Where(o => dimensions.Contains(o.Dimension))]);
        }
        CostState state = model.Start();
        foreach (RemovalOrder order in orders)
            state.Remove(order.Removed);
        Verdict verdict = request.Budget is { } budget ? Spend(model, state, budget, open, request) : new Verdict(true, null);
        foreach (RemovalOrder order in orders.Where(o => o.Kept == o.Dimension.Size))
            reasons[order.Dimension] = RuleFor(order.Dimension, request.Keep) is { } rule ? $"'{rule.Pattern}' is to keep {Number(rule.Ratio)} of it, which is all" : WhyNotChosen(verdict);
        var selection = new UnitSelection(orders.Where(o => o.Kept < o.Dimension.Size).ToDictionary(o => o.Dimension, o => o.Selected));
        return new PlanOutcome(selection, model.Whole, state.Cost, verdict.IsMet, verdict.Nearest, reasons) { Unmatched = Unmatched(analysis, request) };
    }

    /// <summary>Whether a budget may take from a dimension: it can shrink, nothing holds it, and no rule names it.</summary>
    public static bool MaySpend(Dimension dimension, PlanRequest request) =>
        request.Budget is not null && RuleFor(dimension, request.Keep) is null && WhyUntouched(dimension, request, null) is null;

    /// <summary>The dimensions of which a plan is better for knowing what cutting them does: those that a budget may be spent on, and those that rules round together.</summary>
    public static IReadOnlySet<Dimension> Measured(GraphAnalysis analysis, PlanRequest request)
    {
        IEnumerable<(Dimension, KeepRule)> ruled = analysis.Dimensions.Select(d => (Dimension: d, Rule: RuleFor(d, request.Keep))).Where(r => r.Rule is not null && WhyUntouched(r.Dimension, request, r.Rule) is null).Select(r => (r.Dimension, r.Rule!));
        return new HashSet<Dimension>(analysis.Dimensions.Where(d => MaySpend(d, request)).Concat(request.Align is null ? ShareRounding.Of(ruled).SelectMany(r => r.Dimensions) : []));
    }

    private sealed record Verdict(bool IsMet, string? Nearest);

    private static KeepRule? RuleFor(Dimension dimension, IReadOnlyList<KeepRule> rules) =>
        rules.LastOrDefault(r => !DimensionPattern.NamesKind(r.Pattern, dimension) && DimensionPattern.NamesId(r.Pattern, dimension))
        ?? rules.LastOrDefault(r => DimensionPattern.NamesKind(r.Pattern, dimension));

    private static string? WhyUntouched(Dimension dimension, PlanRequest request, KeepRule? rule)
    {
        if (dimension.Reason is { } frozen)
            return frozen;
        if (request.Exclude.FirstOrDefault(p => DimensionPattern.Names(p, dimension)) is { } excluded)
            return $"is excluded by '{excluded}'";
        if (request.Only.Count > 0 && !request.Only.Any(p => DimensionPattern.Names(p, dimension)))
            return "is not among the only ones to shrink";
        return rule is null && request.Budget is null ? "was not asked to shrink" : null;
    }

    private static string WhyNotChosen(Verdict verdict) => verdict.IsMet ? "was not chosen: others matter less" : "has no unit to spare";

    private static Verdict Spend(CostModel model, CostState state, Budget budget, List<RemovalOrder> open, PlanRequest request)
    {
        long before = model.Whole.Of(budget.Quantity);
        double target = budget.IsRatio ? budget.Value * before : budget.Value;
        new BudgetSpending(state, budget.Quantity, before).Run(open, target, request);
        long after = state.Cost.Of(budget.Quantity);
        // rules may leave less than the budget: nothing is owed then
        bool isMet = after - target <= Tolerance * before && (target - after <= Tolerance * before || open.All(o => o.Kept == o.Dimension.Size));
        return isMet ? new Verdict(true, null) : new Verdict(false, Nearest(budget.Quantity, before == 0 ? 1 : (double)after / before));
    }

    /// <summary>What comes nearest to a budget, in words.</summary>
    public static string Nearest(BudgetQuantity quantity, double share) => $"{Number(share)} of the {Word(quantity)}";

    private static string Word(BudgetQuantity quantity) => quantity switch
    {
        BudgetQuantity.Macs => "multiply-accumulates",
        BudgetQuantity.Bytes => "bytes",
        BudgetQuantity.Latency => "latency",
        _ => "parameters",
    };

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string[] Unmatched(GraphAnalysis analysis, PlanRequest request) =>
        [.. request.Keep.Select(r => r.Pattern).Concat(request.Only).Concat(request.Exclude).Distinct(StringComparer.Ordinal)
            .Where(p => !analysis.Dimensions.Any(d => DimensionPattern.Names(p, d)))];
}
