using SiDT.Backend.Compilation;
using SiDT.Backend.Timing;
using SiDT.Frontend;
using SiDT.Passes.Importance;
using SiDT.Passes.Planning;

namespace SiDT.Backend.Sweeps;

/// <summary>Several smaller models from one analysis: shapes, scores and measured times are found once, and each point is decided before any is cut.</summary>
public sealed class SweepCompiler(CompileOptions options, StageClock clock)
{
    /// <exception cref="BudgetError">A point cannot be met; the sentence says which.</exception>
    /// <exception cref="ProofError">A result is not what its plan says.</exception>
    public IReadOnlyList<CompileResult> Run(Model input, IReadOnlyList<SweepPoint> points)
    {
        Prepared model = new Compiler(options, clock).Prepare(input, options.Exact);
        UnitScores scores = For(points[0]).Score(model);
        using LatencySearch? search = points.Any(p => p.Request.Budget?.Quantity == BudgetQuantity.Latency) ? new LatencySearch(model, options, clock) : null;
        PlanOutcome[] outcomes = [.. points.Select(p => Decide(p, model, scores, search))];
        return [.. points.Zip(outcomes, (point, outcome) => Execute(point, model, scores, outcome))];
    }

    private PlanOutcome Decide(SweepPoint point, Prepared model, UnitScores scores, LatencySearch? search)
    {
        try
        {
            return For(point).Decide(model, scores, search);
        }
        catch (BudgetError error)
        {
            throw new BudgetError($"{error.Message} (the point {point.Name} of the sweep; nothing is written)");
        }
    }

    private CompileResult Execute(SweepPoint point, Prepared model, UnitScores scores, PlanOutcome outcome)
    {
        Prepared fresh = model.Fresh(); // a graph can be cut only once
        return For(point).Finish(fresh, fresh.Own(model.Analysis, scores), fresh.Own(outcome));
    }

    private Compiler For(SweepPoint point) => new(options with { Request = point.Request }, clock);
}
