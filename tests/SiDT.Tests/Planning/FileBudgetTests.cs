using SiDT.Backend.Compilation;
using SiDT.Frontend;
using SiDT.Passes.Planning;
using SiDT.Runtime;
using SiDT.Tests.MiniZoo;
using Xunit;

namespace SiDT.Tests.Planning;

/// <summary>A budget is one of the file that is written: what is free once units are cut need not be paid for with units.</summary>
public class FileBudgetTests
{
    // a sixth of the graphs, among them all that have much that is free, or coarse steps
    private static readonly string[] s_names =
        [.. MiniZooGraphs.All.Select(g => g.Name).Where((name, i) => i % 6 == 0 || name is "bottlenecks" or "bottlenecks-grouped" or "inverted-residuals" or "channel-shuffle" or "batch-norm-attention")];

    public static TheoryData<string> Names => [.. s_names];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_asked_of_parameters_is_in_the_file_or_is_refused(string name)
    {
        CompileResult result;
        try
        {
            result = Compiler(BudgetQuantity.Parameters, 0.6).Prune(MiniZooGraphs.Named(name).Make());
        }
        catch (BudgetError)
        {
            return;
        }

        long[] cost = result.Decision.Plan.Cost!.Parameters;

        Assert.Equal(NumbersIn(result.Small.Graph), cost[1]);
        Assert.InRange((double)cost[1] / cost[0], 0.58, 0.62);
    }

    [Fact]
    public void Most_budgets_are_not_refused()
    {
        int refused = s_names.Count(IsRefused);

        Assert.InRange(refused, 0, s_names.Length / 10);
    }

    [Theory]
    [InlineData(BudgetQuantity.Parameters, 0.5)]
    [InlineData(BudgetQuantity.Macs, 0.7)]
    [InlineData(BudgetQuantity.Bytes, 0.35)]
    public void A_plan_costs_what_its_execution_costs(BudgetQuantity quantity, double ratio)
    {
        PlanCost planned = Compiler(quantity, ratio).Plan(MiniZooGraphs.Named("packed-gather").Make()).Plan.Cost!;
        PlanCost cut = Compiler(quantity, ratio).Prune(MiniZooGraphs.Named("packed-gather").Make()).Decision.Plan.Cost!;

        Assert.Equal((planned.Parameters[1], planned.Macs[1], planned.Bytes[1]), (cut.Parameters[1], cut.Macs[1], cut.Bytes[1]));
        long[] asked = quantity switch { BudgetQuantity.Macs => cut.Macs, BudgetQuantity.Bytes => cut.Bytes, _ => cut.Parameters };
        Assert.InRange((double)asked[1] / asked[0], ratio - Planner.Tolerance, ratio + Planner.Tolerance);
    }

    [Fact]
    public void A_rule_alone_says_what_is_left_in_the_file_too()
    {
        var options = new CompileOptions { Request = new PlanRequest { Keep = [new KeepRule("mlp", 0.5)] }, Session = new SessionSettings(Threads: 1) };

        CompileResult result = new Compiler(options, new StageClock()).Prune(MiniZooGraphs.Named("packed-gather").Make());

        Assert.Equal(NumbersIn(result.Small.Graph), result.Decision.Plan.Cost!.Parameters[1]);
    }

    private static bool IsRefused(string name)
    {
        try
        {
            Compiler(BudgetQuantity.Parameters, 0.6).Plan(MiniZooGraphs.Named(name).Make());
            return false;
        }
        catch (BudgetError)
        {
            return true;
        }
    }

    private static Compiler Compiler(BudgetQuantity quantity, double ratio) =>
        new(new CompileOptions { Request = new PlanRequest { Budget = new Budget(quantity, ratio, true) }, Session = new SessionSettings(Threads: 1) }, new StageClock());

    private static long NumbersIn(Graph graph) =>
        graph.Nodes.SelectMany(n => n.Inputs).OfType<Value>().Distinct().Where(v => v.Constant is { Rank: > 0 } t && (t.Type.IsFloating() || t.Type is ElementType.Int8 or ElementType.UInt8)).Sum(v => v.Constant!.Count)
        + graph.Nodes.SelectMany(n => n.Subgraphs.Values).Sum(NumbersIn);
}
