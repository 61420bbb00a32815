using SiDT.Passes.Analysis;
using SiDT.Passes.Planning;
using SiDT.Tests.MiniZoo;
using Xunit;

namespace SiDT.Tests.Planning;

/// <summary>A share of few units is kept over all dimensions of a rule, where it was measured which ones matter.</summary>
public sealed class ShareRoundingTests
{
    private static Analysed Vit() => new(MiniZooGraphs.Named("packed-gather").Make());

    [Fact]
    public void Three_quarters_of_three_heads_are_two_or_three_by_the_damage_and_three_quarters_together()
    {
        Analysed model = Vit();
        Dimension[] heads = [.. model.Analysis.Dimensions.Where(d => d.Kind == DimensionKind.Heads)];
        Assert.Equal([3, 3], heads.Select(d => d.Size));

        foreach (int dear in new[] { 0, 1 })
        {
            PlanOutcome outcome = Plan(model, 0.75, heads.ToDictionary(d => d, d => d == heads[dear] ? [9, 6, 3, 0] : new double[] { 9, 4, 1, 0 }));

            Assert.Equal(dear == 0 ? [3, 2] : [2, 3], heads.Select(d => Kept(outcome, d)));
        }
    }

    [Theory]
    [InlineData(0.5, 3)] // of six
    [InlineData(0.66, 4)]
    [InlineData(0.4, 2)] // 2.4
    [InlineData(0.01, 2)] // at least one of each
    [InlineData(0.99, 6)]
    public void The_count_is_rounded_once_for_all(double ratio, int kept)
    {
        Analysed model = Vit();
        Dimension[] heads = [.. model.Analysis.Dimensions.Where(d => d.Kind == DimensionKind.Heads)];

        PlanOutcome outcome = Plan(model, ratio, heads.ToDictionary(d => d, _ => new double[] { 9, 4, 1, 0 }));

        Assert.Equal(kept, heads.Sum(d => Kept(outcome, d)));
        Assert.All(heads, d => Assert.InRange(Kept(outcome, d) - (ratio * 3), -1, Math.Max(1, 1 - (ratio * 3))));
    }

    [Fact]
    public void Where_nobody_measured_each_is_rounded_by_itself()
    {
        Analysed model = Vit();

        PlanOutcome outcome = model.Plan(new PlanRequest { Keep = [new KeepRule("heads", 0.75)] });

        Assert.All(model.Analysis.Dimensions.Where(d => d.Kind == DimensionKind.Heads), d => Assert.Equal(2, Kept(outcome, d)));
    }

    [Fact]
    public void Shares_that_are_met_anyhow_need_no_measurement()
    {
        Analysed model = Vit();

        Assert.Empty(Planner.Measured(model.Analysis, new PlanRequest { Keep = [new KeepRule("mlp", 0.5)] }));
        Assert.Empty(Planner.Measured(model.Analysis, new PlanRequest { Keep = [new KeepRule("heads", 0.67)] }));
        Assert.All(Planner.Measured(model.Analysis, new PlanRequest { Keep = [new KeepRule("heads", 0.75), new KeepRule("mlp", 0.5)] }), d => Assert.Equal(DimensionKind.Heads, d.Kind));
    }

    private static PlanOutcome Plan(Analysed model, double ratio, IReadOnlyDictionary<Dimension, double[]> damages) =>
        model.Plan(new PlanRequest { Keep = [new KeepRule("heads", ratio)] }, model.Magnitudes.With(damages));

    private static int Kept(PlanOutcome outcome, Dimension dimension) =>
        dimension.Size - (outcome.Selection.Removed.TryGetValue(dimension, out int[][]? removed) ? removed[0].Length : 0);
}
