using SiDT.Passes.Analysis;
using SiDT.Passes.Planning;
using SiDT.Tests.MiniZoo;
using Xunit;

namespace SiDT.Tests.Planning;

/// <summary>A budget is met within its tolerance, or the plan says what comes nearest.</summary>
public class BudgetTests
{
    public static TheoryData<string> Names => [.. MiniZooGraphs.All.Select(g => g.Name)];

    private static Analysed Vit() => new(MiniZooGraphs.Named("packed-gather").Make());

    [Theory]
    [MemberData(nameof(Names))]
    public void A_verdict_is_true(string name)
    {
        var model = new Analysed(MiniZooGraphs.Named(name).Make());
        foreach (BudgetQuantity quantity in (BudgetQuantity[])[BudgetQuantity.Parameters, BudgetQuantity.Macs, BudgetQuantity.Bytes])
        {
            foreach (double ratio in (double[])[0.9, 0.6, 0.3])
            {
                PlanOutcome outcome = model.Plan(new PlanRequest { Budget = new Budget(quantity, ratio, true) });

                Assert.Equal(new CostModel(model.Analysis).Of(outcome.Selection), outcome.After);
                double reached = outcome.Before.Of(quantity) == 0 ? 1 : (double)outcome.After.Of(quantity) / outcome.Before.Of(quantity);
                Assert.Equal(outcome.IsMet, Math.Abs(reached - ratio) <= Planner.Tolerance);
                Assert.Equal(outcome.IsMet, outcome.Nearest is null);
            }
        }
    }

    [Theory]
    [InlineData(BudgetQuantity.Parameters, 0.5)]
    [InlineData(BudgetQuantity.Macs, 0.7)]
    [InlineData(BudgetQuantity.Bytes, 0.35)]
    public void A_vision_transformer_meets_usual_budgets(BudgetQuantity quantity, double ratio)
    {
        PlanOutcome outcome = Vit().Plan(new PlanRequest { Budget = new Budget(quantity, ratio, true) });

        Assert.True(outcome.IsMet);
        Assert.InRange((double)outcome.After.Of(quantity) / outcome.Before.Of(quantity), ratio - Planner.Tolerance, ratio + Planner.Tolerance);
    }

    [Fact]
    public void An_amount_is_a_budget_too()
    {
        PlanOutcome outcome = Vit().Plan(new PlanRequest { Budget = new Budget(BudgetQuantity.Parameters, 1500, false) });

        Assert.True(outcome.IsMet);
        Assert.InRange(outcome.After.Parameters, 1500 - (0.02 * outcome.Before.Parameters), 1500 + (0.02 * outcome.Before.Parameters));
    }

    [Fact]
    public void What_cannot_be_met_names_the_nearest()
    {
        PlanOutcome outcome = Vit().Plan(new PlanRequest { Budget = new Budget(BudgetQuantity.Parameters, 0.3, true), Only = ["mlp"] });

        Assert.False(outcome.IsMet);
        Assert.Matches(@"^0\.\d\d of the parameters$", outcome.Nearest);
        Assert.All(outcome.Selection.Removed, r => Assert.Equal(2, r.Key.Size - r.Value[0].Length)); // a tenth of 20 stays
    }

    [Fact]
    public void Rules_come_first_and_the_budget_takes_from_the_others()
    {
        Analysed model = Vit();
        var request = new PlanRequest { Keep = [new KeepRule("mlp", 0.8)], Budget = new Budget(BudgetQuantity.Parameters, 0.7, true) };

        PlanOutcome outcome = model.Plan(request);

        Assert.True(outcome.IsMet);
        Assert.All(outcome.Selection.Removed.Where(r => r.Key.Kind == DimensionKind.Mlp), r => Assert.Equal(4, r.Value[0].Length));
        Assert.Contains(outcome.Selection.Removed.Keys, d => d.Kind != DimensionKind.Mlp);
    }

    [Fact]
    public void Rules_that_leave_less_than_the_budget_owe_nothing()
    {
        var request = new PlanRequest { Keep = [new KeepRule("mlp", 0.1)], Budget = new Budget(BudgetQuantity.Parameters, 0.95, true) };

        PlanOutcome outcome = Vit().Plan(request);

        Assert.True(outcome.IsMet);
        Assert.All(outcome.Selection.Removed.Keys, d => Assert.Equal(DimensionKind.Mlp, d.Kind));
    }

    [Fact]
    public void The_residual_stream_keeps_a_quarter_unless_it_is_asked_for()
    {
        Analysed model = Vit();
        var all = new PlanRequest { Budget = new Budget(BudgetQuantity.Parameters, 0.01, true) };
        Dimension embed = model.Analysis.Dimensions.Single(d => d.Kind == DimensionKind.Embed);

        Assert.Equal(9, model.Plan(all).Selection.Removed[embed][0].Length);
        Assert.Equal(10, model.Plan(all with { Only = ["embed"] }).Selection.Removed[embed][0].Length);
    }

    [Fact]
    public void The_same_request_gives_the_same_plan()
    {
        var request = new PlanRequest { Budget = new Budget(BudgetQuantity.Macs, 0.6, true) };
        PlanOutcome first = Vit().Plan(request), second = Vit().Plan(request);

        Assert.Equal(Words(first), Words(second));

        static string[] Words(PlanOutcome o) => [.. o.Selection.Removed.Select(r => $"{r.Key.Id}: {string.Join(" | ", r.Value.Select(g => string.Join(",", g)))}")];
    }
}
