using SiDT.Backend.Compilation;
using SiDT.Frontend;
using SiDT.Passes.Importance;
using SiDT.Passes.Planning;
using SiDT.Runtime;

namespace SiDT.Backend.Timing;

/// <summary>
/// Meets a budget of latency: plans by a table of costs, cuts, measures what was cut in turns with the original, and asks the table
/// for more or less until the measurement says what the user asked for.
/// </summary>
/// <param name="model">What is cut; it is not changed.</param>
/// <param name="options">The request, and perhaps a table that was made elsewhere.</param>
/// <param name="clock">Tells how far it is, and stops.</param>
public sealed class LatencySearch(Prepared model, CompileOptions options, StageClock clock) : IDisposable
{
    /// <summary>How far the measured ratio may be from what was asked, as a share of that.</summary>
    public const double Tolerance = 0.1;

    // nearer than this nothing is gained by another cut: the next measurement would differ as much
    private const double Near = 0.025;

    private const int MostCuts = 6;
    private const double NanosecondsPerMillisecond = 1e6;

    private sealed record Trial(PlanOutcome Outcome, double Predicted, double Measured)
    {
        public double Distance(double asked) => Math.Abs((Measured / asked) - 1);
    }

    private readonly Session _original = Session.Open(model.Original, options.Session);
    private IReadOnlyDictionary<string, Tensor>? _feeds;
    private LatencyCosts? _costs;

    /// <summary>Decides. What was measured is kept for further requests.</summary>
    /// <param name="scores">What matters.</param>
    /// <param name="request">With a budget of latency: a ratio, or nanoseconds.</param>
    /// <exception cref="BudgetError">The budget cannot be met; the sentence names the nearest.</exception>
    public PlanOutcome Run(UnitScores scores, PlanRequest request)
    {
        _feeds ??= SyntheticInputs.For(_original, options.Seed);
        _costs ??= options.Costs is { } table ? LatencyCosts.Loaded(table, model, _feeds) : LatencyCosts.Measure(model, _original, _feeds, clock, options.Exact);
        double whole = _costs.Factors.Milliseconds;
        double asked = request.Budget!.IsRatio ? request.Budget.Value : request.Budget.Value / NanosecondsPerMillisecond / whole;
        return options.Costs is null ? Measured(scores, request, asked) : ByTable(scores, request, asked);
    }

    public void Dispose() => _original.Dispose();

    private PlanOutcome ByTable(UnitScores scores, PlanRequest request, double asked)
    {
        double rating = options.Exact ? _costs!.Rating : 1;
        (PlanOutcome outcome, double left) = Plan(scores, request, asked / rating);
        double predicted = rating * left;
        return outcome with { Nearest = outcome.IsMet ? null : Words(predicted), Latency = new PlannedLatency(asked, predicted, null, 0) };
    }

    private PlanOutcome Measured(UnitScores scores, PlanRequest request, double asked)
    {
        // the table rates the original; what is free is taken from every cut alike
        (double, double) uncut = (_costs!.Uncut, _costs.Factors.Free);
        var trials = new List<Trial>();
        double target = asked / _costs.Rating;
        while (trials.Count == 0 || (trials.Count < MostCuts && target > 0))
        {
            Trial trial = Try(scores, request, target, $"measuring cut {trials.Count + 1}");
            bool again = trials.Any(t => Math.Abs(t.Predicted - trial.Predicted) < 1e-4);
            trials.Add(trial);
            if (again || trial.Distance(asked) <= Near || (trial.Measured < asked && trial.Outcome.Selection.Removed.Count == 0))
                break;
            if (trial.Measured > asked && trial.Predicted > target * (1 + Near))
                break; // there is nothing more to take
            target = Next([uncut, .. trials.Select(t => (t.Predicted, t.Measured))], asked);
        }
        Trial best = trials.MinBy(t => t.Distance(asked))!;
        // what is free may have saved more than was asked for; rules may leave less: nothing is owed then
        bool met = best.Distance(asked) <= Tolerance || (best.Measured < asked && (best.Outcome.Selection.Removed.Count == 0 || request.Keep.Count > 0));
        return best.Outcome with { IsMet = met, Nearest = met ? null : Words(best.Measured), Latency = new PlannedLatency(asked, _costs.Rating * best.Predicted, best.Measured, trials.Count) };
    }

    // a line through the nearest trials on both sides of what is asked, else through the origin
    private static double Next(IReadOnlyList<(double Predicted, double Measured)> trials, double asked)
    {
        (double Predicted, double Measured) last = trials[^1], above = trials.Where(t => t.Measured > asked).DefaultIfEmpty().MinBy(t => t.Measured), below = trials.Where(t => t.Measured <= asked).DefaultIfEmpty().MaxBy(t => t.Measured);
        return above.Measured > 0 && below.Measured > 0 && above.Predicted > below.Predicted
            ? below.Predicted + ((asked - below.Measured) * (above.Predicted - below.Predicted) / (above.Measured - below.Measured))
            : last.Predicted * asked / last.Measured;
    }

    private Trial Try(UnitScores scores, PlanRequest request, double target, string stage)
    {
        (PlanOutcome outcome, double predicted) = Plan(scores, request, target);
        return clock.Run(stage, progress => new Trial(
            outcome, predicted, PairedRatio.Of(model.Original, model.Fresh().Cut(outcome.Selection, options.Exact), options.Session, _feeds!, progress, clock.Cancel)));
    }

    private (PlanOutcome Outcome, double Predicted) Plan(UnitScores scores, PlanRequest request, double target)
    {
        CostFactors factors = _costs!.Factors;
        double nanoseconds = Math.Clamp(((target * factors.Milliseconds) - factors.Overhead) * NanosecondsPerMillisecond, 0, long.MaxValue);
        PlanRequest own = request with { Budget = new Budget(BudgetQuantity.Latency, nanoseconds, IsRatio: false) };
        PlanOutcome outcome = clock.Run("planning", () => new Planner(_costs.Sizes, _costs.Times).Run(model.Analysis, scores, own));
        double left = factors.Overhead + (outcome.After.Nanoseconds / NanosecondsPerMillisecond);
        return (outcome, factors.Milliseconds > 0 ? left / factors.Milliseconds : 1);
    }

    private static string Words(double ratio) => FormattableString.Invariant($"{ratio:0.00} of the latency");
}
