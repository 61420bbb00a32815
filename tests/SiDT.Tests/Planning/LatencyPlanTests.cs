using System.Collections.Immutable;
using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Planning;
using SiDT.Runtime;
using SiDT.Tests.MiniZoo;
using SiDT.Tests.MiniZoo.Parts;
using Xunit;

namespace SiDT.Tests.Planning;

/// <summary>Plans by hand-made tables, so that what is expected is exact.</summary>
public sealed class LatencyPlanTests
{
    private const int Hidden = 64;

    /// <summary>16 inputs, a hidden layer, 8 outputs, one row.</summary>
    private static Analysed Perceptron()
    {
        var g = new GraphBuilder();
        string hidden = g.Op("Relu", Linears.Apply(g, g.Input("x", [1, 16], dynamic: -1), "fc1", 16, Hidden, 0));
        g.Output(Linears.Apply(g, hidden, "fc2", Hidden, 8, 0), "y", 1, 8);
        return new Analysed(g.Build());
    }

    /// <summary>A product takes as long as <paramref name="time"/> of its inner size and of its outputs together.</summary>
    private static KernelTimes Times(Func<long, double> time)
    {
        ImmutableArray<long> sizes = [.. Enumerable.Range(1, Hidden).Select(i => (long)i)];
        return new KernelTimes(new CostTable(1, "cpu", [new CostGrid(KernelKinds.Linear, ElementType.Float32, [[1], sizes, sizes], [.. sizes.SelectMany(k => sizes.Select(n => time(k) + time(n)))])]));
    }

    private static int Kept(Analysed model, KernelTimes times, double ratio, out PlanOutcome outcome, int? align = null)
    {
        outcome = new Planner(null, times).Run(model.Analysis, model.Magnitudes, new PlanRequest { Budget = new Budget(BudgetQuantity.Latency, ratio, true), Align = align });
        Dimension hidden = Assert.Single(model.Free);
        return Hidden - (outcome.Selection.Removed.TryGetValue(hidden, out int[][]? removed) ? removed[0].Length : 0);
    }

    [Fact]
    public void Time_is_counted_as_the_table_says()
    {
        Analysed model = Perceptron();

        var costs = new CostModel(model.Analysis, null, Times(n => n));

        Assert.Equal((16 + Hidden + Hidden + 8) * 1000, costs.Whole.Nanoseconds);
        Assert.Equal(0, new CostModel(model.Analysis).Whole.Nanoseconds);
    }

    [Theory]
    [InlineData(0.5, 26)] // 24 + 2 h of 152 microseconds
    [InlineData(0.75, 45)]
    public void Where_time_falls_unit_by_unit_the_budget_is_met_to_the_unit(double ratio, int kept)
    {
        Assert.Equal(kept, Kept(Perceptron(), Times(n => n), ratio, out PlanOutcome outcome));
        Assert.True(outcome.IsMet);
    }

    [Theory]
    [InlineData(0.8, 48)] // 32 + 2 s of 160 microseconds, s in steps of 16
    [InlineData(0.6, 32)]
    [InlineData(0.4, 16)]
    public void Where_time_falls_in_steps_no_unit_goes_that_saves_nothing(double ratio, int kept) =>
        Assert.Equal(kept, Kept(Perceptron(), Times(n => (n + 15) / 16 * 16), ratio, out _));

    [Fact]
    public void Steps_are_met_although_another_multiple_is_asked_for() =>
        Assert.Equal(32, Kept(Perceptron(), Times(n => (n + 15) / 16 * 16), 0.6, out _, align: 4));

    [Fact]
    public void Factors_scale_the_table()
    {
        ImmutableSortedDictionary<WorkClass, double> factors = ImmutableSortedDictionary<WorkClass, double>.Empty.Add(WorkClass.Products, 0.5);
        var table = new CostTable(1, "cpu", [new CostGrid(KernelKinds.Linear, ElementType.Float32, [[1], [16], [16]], [3])]);

        Assert.Equal(1500, new KernelTimes(table, factors).Of(new Kernel(KernelKinds.Linear, ElementType.Float32, [1, 16, 16])));
    }

    [Fact]
    public void What_cannot_be_met_names_the_nearest()
    {
        Kept(Perceptron(), Times(n => n), 0.1, out PlanOutcome outcome);

        Assert.False(outcome.IsMet);
        Assert.Equal("0.25 of the latency", outcome.Nearest); // 24 + 2 * 7 of 152
    }

    [Fact]
    public void A_transformer_is_products_norms_softmax_functions_and_movement()
    {
        var model = new Analysed(MiniZooGraphs.Named("packed-gather").Make());

        string[] kinds = [.. new CostModel(model.Analysis, null, KernelTimes.None).Kernels.Select(k => k.Shape.Operator).Distinct().Order()];

        Assert.Contains(KernelKinds.Linear, kinds);
        Assert.Contains(KernelKinds.MatMul, kinds);
        Assert.Contains(KernelKinds.Norm, kinds);
        Assert.Contains(KernelKinds.Softmax, kinds);
        Assert.Contains(KernelKinds.Erf, kinds);
        Assert.Contains(KernelKinds.Transpose, kinds);
    }

    [Fact]
    public void The_multiply_accumulates_of_products_are_those_of_the_model()
    {
        var model = new Analysed(MiniZooGraphs.Named("packed-gather").Make());
        var costs = new CostModel(model.Analysis, null, KernelTimes.None);

        long macs = costs.Kernels.Where(k => KernelKinds.ClassOf(k.Shape.Operator) == WorkClass.Products).Sum(k => k.Count * k.Shape.Whole.Sizes.Aggregate(1L, (a, b) => a * b));

        Assert.Equal(costs.Whole.Macs, macs);
    }
}
