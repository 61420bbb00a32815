using SiDT.Passes.Analysis;
using SiDT.Passes.Importance;
using SiDT.Passes.Planning;

namespace SiDT.Backend.Compilation;

/// <summary>
/// Meets a budget in what stands in the file. A plan counts what units cost; once they are cut, biases, factors and what norms hold are
/// free, too, and how much that is shows in the cut graph alone. So the plan is executed on a copy, and made again with as much more as
/// is free, until file and budget agree. Numbers of the weights have no part in it but where some are zero.
/// </summary>
/// <param name="model">What is cut; it is not changed.</param>
/// <param name="scores">What matters.</param>
/// <param name="request">With a budget of parameters, multiply-accumulates or bytes, counted from the model as it was read.</param>
internal sealed class FileBudget(Prepared model, UnitScores scores, PlanRequest request)
{
    /// <summary>Nearer than this, as a fraction of the original, no further plan is made.</summary>
    private const double Near = 0.001;

    /// <summary>Where less than this is free, as a fraction of the original, it is taken for the same in the next plan, which then is not executed.</summary>
    private const double Little = 0.005;

    private const int MostPlans = 4;

    private sealed record Trial(PlanOutcome Outcome, double Left);

    /// <summary>Decides.</summary>
    public PlanOutcome Run()
    {
        Budget budget = request.Budget!;
        double whole = model.Cost.Of(budget.Quantity), asked = budget.IsRatio ? budget.Value * whole : budget.Value, target = asked, free = 0;
        var trials = new List<Trial>();
        while (trials.Count < MostPlans)
        {
            PlanOutcome outcome = new Planner().Run(model.Analysis, scores, request with { Budget = budget with { Value = target, IsRatio = false } });
            double after = outcome.After.Of(budget.Quantity);
            if (trials.Count == 0 || Math.Abs(free) > Little * whole)
                free = after - Left(model, outcome.Selection).Of(budget.Quantity);
            var trial = new Trial(outcome, after - free);
            trials.Add(trial);
            double far = Math.Abs(trial.Left - asked);
            if (far <= Near * whole || (trials.Count > 1 && far <= Planner.Tolerance * whole))
                break;
            // steps that are coarse end far below what they were given: once more with what they left
            target = trials.Count == 1 ? asked + free : target + asked - trial.Left;
        }
        Trial best = trials.MinBy(t => Math.Abs(t.Left - asked))!;
        double tolerance = Planner.Tolerance * whole;
        // rules, or what is free, may leave less than the budget: nothing is owed then
        bool isMet = best.Left - asked <= tolerance && (asked - best.Left <= tolerance || !best.Outcome.Selection.Removed.Keys.Any(d => Planner.MaySpend(d, request)));
        return best.Outcome with { IsMet = isMet, Nearest = isMet ? null : Planner.Nearest(budget.Quantity, whole == 0 ? 1 : best.Left / whole) };
    }

    /// <summary>What a cut leaves, and folding after it.</summary>
    public static Cost Left(Prepared model, UnitSelection selection) =>
        CostModel.Count(new GraphFacts((model with { Undemanded = null }).Fresh().Cut(selection, exact: true)));
}
