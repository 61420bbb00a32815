using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Planning;

namespace SiDT.Backend.Compilation;

/// <summary>Whether a decision is what was asked for.</summary>
internal static class Demands
{
    /// <exception cref="ModelError">A name was asked for that no dimension has.</exception>
    /// <exception cref="BudgetError">The budget is not met, or nothing that was named can shrink.</exception>
    public static void Check(Prepared model, PlanRequest request, PlanOutcome outcome)
    {
        if (outcome.Unmatched.FirstOrDefault(p => !IsKind(p)) is { } unmatched)
            throw new ModelError($"'{model.Name}' has no dimension that is called '{unmatched}'; 'sidtc inspect {model.Name} --json' lists their names");
        if (!outcome.IsMet)
            throw new BudgetError($"'{model.Name}' cannot be cut to {Words(request.Budget!)}; the nearest is {outcome.Nearest}; ask for that, or lower --floor");
        if (request.Budget is null && request.Keep.Any(k => k.Ratio < 1) && !CanShrink(model.Analysis, request))
            throw new BudgetError($"'{model.Name}' has nothing to cut for --keep {string.Join(',', request.Keep.Select(k => FormattableString.Invariant($"{k.Pattern}={k.Ratio}")))}: {Why(model.Analysis, request, outcome)}");
    }

    /// <summary>What the user should know although it is no fault.</summary>
    public static IEnumerable<string> Notes(Prepared model, PlanRequest request, PlanOutcome outcome)
    {
        foreach (string kind in outcome.Unmatched)
            yield return $"'{model.Name}' has no dimension of the kind '{kind}'";
        if (request.Budget is { } budget && outcome.Selection.Removed.Count == 0)
            yield return $"'{model.Name}' meets {Words(budget)} as it is; nothing is cut";
    }

    private static bool CanShrink(GraphAnalysis analysis, PlanRequest request) =>
        analysis.Dimensions.Any(d => !d.IsFrozen && Named(d, request)
            && (request.Only.Count == 0 || request.Only.Any(p => DimensionPattern.Names(p, d)))
            && !request.Exclude.Any(p => DimensionPattern.Names(p, d)));

    private static string Why(GraphAnalysis analysis, PlanRequest request, PlanOutcome outcome)
    {
        Dimension[] named = [.. analysis.Dimensions.Where(d => Named(d, request))];
        if (named.Length == 0)
            return $"there is no such dimension, only {Kinds(analysis)}; 'sidtc inspect' lists them";
        string reason = named[0].Reason ?? outcome.Reasons.GetValueOrDefault(named[0]) ?? "has no unit to spare";
        return $"'{named[0].Id}' must stay whole ({reason}){(named.Length > 1 ? $", and so must {named.Length - 1} more" : "")}; 'sidtc inspect' lists what can shrink";
    }

    private static string Kinds(GraphAnalysis analysis) =>
        string.Join(", ", analysis.Dimensions.Where(d => !d.IsFrozen).Select(d => d.Kind).Distinct().Order().Select(k => k.Word()).DefaultIfEmpty("what must stay whole"));

    private static bool Named(Dimension dimension, PlanRequest request) => request.Keep.Any(k => k.Ratio < 1 && DimensionPattern.Names(k.Pattern, dimension));

    private static bool IsKind(string pattern) => Enum.GetValues<DimensionKind>().Any(k => k.Word() == pattern);

    private static string Words(Budget budget)
    {
        string quantity = budget.Quantity switch
        {
            BudgetQuantity.Macs => "multiply-accumulates",
            BudgetQuantity.Bytes => "bytes",
            BudgetQuantity.Latency => "latency",
            _ => "parameters",
        };
        if (budget is { Quantity: BudgetQuantity.Latency, IsRatio: false })
            return FormattableString.Invariant($"{budget.Value / 1e6:0.###} ms");
        return budget.IsRatio ? FormattableString.Invariant($"{budget.Value:0.###} of its {quantity}") : FormattableString.Invariant($"{budget.Value:0} {quantity}");
    }
}
