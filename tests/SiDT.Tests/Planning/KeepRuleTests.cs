using SiDT.Passes.Analysis;
using SiDT.Passes.Planning;
using SiDT.Tests.MiniZoo;
using Xunit;

namespace SiDT.Tests.Planning;

/// <summary>What is asked of single dimensions is done to the unit.</summary>
public class KeepRuleTests
{
    private static Analysed Vit() => new(MiniZooGraphs.Named("packed-gather").Make());

    private static int Kept(PlanOutcome outcome, Dimension dimension) =>
        dimension.Size - (outcome.Selection.Removed.TryGetValue(dimension, out int[][]? removed) ? removed[0].Length : 0);

    [Theory]
    [InlineData(0.5, 10)]
    [InlineData(0.52, 10)]
    [InlineData(0.525, 11)] // 10.5: ties up
    [InlineData(0.001, 1)]
    [InlineData(1, 20)]
    public void Keeps_the_rounded_count_of_every_dimension_of_a_kind(double ratio, int kept)
    {
        Analysed model = Vit();

        PlanOutcome outcome = model.Plan(new PlanRequest { Keep = [new KeepRule("mlp", ratio)] });

        Assert.All(model.Analysis.Dimensions.Where(d => d.Kind == DimensionKind.Mlp), d => Assert.Equal(kept, Kept(outcome, d)));
        Assert.All(model.Analysis.Dimensions.Where(d => d.Kind != DimensionKind.Mlp), d => Assert.Equal(d.Size, Kept(outcome, d)));
        Assert.True(outcome.IsMet);
    }

    [Fact]
    public void A_rule_for_an_id_goes_before_a_rule_for_its_kind()
    {
        Analysed model = Vit();
        KeepRule[] rules = [new KeepRule("blocks.1.*", 0.25), new KeepRule("mlp", 0.5)];

        PlanOutcome outcome = model.Plan(new PlanRequest { Keep = rules });

        Assert.Equal(10, Kept(outcome, model.Named("blocks.0.mlp")));
        Assert.Equal(5, Kept(outcome, model.Named("blocks.1.mlp")));
        Assert.Equal(1, Kept(outcome, model.Named("blocks.1.attn.v")));
    }

    [Fact]
    public void Every_group_loses_equally_many()
    {
        Analysed model = Vit();

        PlanOutcome outcome = model.Plan(new PlanRequest { Keep = [new KeepRule("qk", 0.5), new KeepRule("v", 0.5)] });

        Assert.All(outcome.Selection.Removed, r => Assert.All(r.Value, g => Assert.Equal(2, g.Length)));
        Assert.All(outcome.Selection.Removed, r => Assert.Equal(3, r.Value.Length));
    }

    [Fact]
    public void The_units_with_the_lowest_scores_go()
    {
        Analysed model = Vit();
        Dimension mlp = model.Named("blocks.0.mlp");
        double[] scores = model.Magnitudes.Of(mlp)[0];

        int[] removed = model.Plan(new PlanRequest { Keep = [new KeepRule("mlp", 0.5)] }).Selection.Removed[mlp][0];

        Assert.Equal(Enumerable.Range(0, 20).OrderBy(i => scores[i]).Take(10).Order(), removed);
    }

    [Theory]
    [InlineData(10, 12)] // as near to 8: the larger one
    [InlineData(9, 8)]
    [InlineData(11, 12)]
    [InlineData(1, 4)]
    [InlineData(19, 19)] // 20 would leave it whole
    public void Asked_counts_go_to_the_nearest_multiple_when_alignment_is_asked_for(int asked, int kept)
    {
        Analysed model = Vit();

        PlanOutcome outcome = model.Plan(new PlanRequest { Keep = [new KeepRule("mlp", asked / 20.0)], Align = 4 });

        Assert.Equal(kept, Kept(outcome, model.Named("blocks.0.mlp")));
    }

    [Fact]
    public void A_dimension_smaller_than_the_multiple_shrinks_all_the_same()
    {
        Analysed model = Vit();

        PlanOutcome outcome = model.Plan(new PlanRequest { Keep = [new KeepRule("qk", 0.5)], Align = 8 });

        Assert.Equal(2, Kept(outcome, model.Analysis.Dimensions.First(d => d.Kind == DimensionKind.Qk)));
    }

    [Fact]
    public void Every_dimension_that_stays_whole_has_a_reason()
    {
        Analysed model = Vit();
        var request = new PlanRequest { Keep = [new KeepRule("mlp", 0.5), new KeepRule("nothing*", 0.5)], Exclude = ["blocks.1.*"] };

        PlanOutcome outcome = model.Plan(request);

        Assert.Equal(model.Analysis.Dimensions.Except(outcome.Selection.Removed.Keys).ToHashSet(), outcome.Reasons.Keys.ToHashSet());
        Assert.Equal("is excluded by 'blocks.1.*'", outcome.Reasons[model.Named("blocks.1.mlp")]);
        Assert.Equal("was not asked to shrink", outcome.Reasons[model.Named("blocks.0.attn.v")]);
        Assert.Equal(["nothing*"], outcome.Unmatched);
    }
}
