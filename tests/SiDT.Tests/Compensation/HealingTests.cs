using SiDT.Frontend;
using SiDT.Frontend.Functions;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation;
using SiDT.Passes.Importance;
using SiDT.Passes.Normalization;
using SiDT.Runtime;
using SiDT.Tests.Compensation.Zoo;
using Xunit;

namespace SiDT.Tests.Compensation;

/// <summary>What stays whole makes good what was lost before it.</summary>
public sealed class HealingTests
{
    private const int Hidden = NetsInARow.Hidden, Rows = NetsInARow.Rows;
    private static readonly SessionSettings s_session = new(Threads: 1, Optimize: false);

    [Fact]
    public void A_net_that_stays_whole_behind_one_that_is_cut_learns_what_the_stream_lacks()
    {
        (double plain, _) = ErrorOf(new CompensationOptions { Correction = 0, LastLayer = false });
        (double healed, IReadOnlyCollection<string> changed) = ErrorOf(new CompensationOptions { LastLayer = false });

        Assert.Contains("net1.in", changed);
        Assert.True(healed < 0.9 * plain, $"{healed:g3} is not clearly below {plain:g3}");
    }

    [Fact]
    public void Without_a_cut_before_it_a_net_stays_as_it_is()
    {
        (_, IReadOnlyCollection<string> changed) = ErrorOf(new CompensationOptions { LastLayer = false }, cut: 1);

        Assert.DoesNotContain("net0.in", changed);
        Assert.DoesNotContain("net0.out", changed);
    }

    [Fact]
    public void Damage_counts_half_where_all_else_is_fitted_behind_it_and_whole_where_nothing_is()
    {
        double[] alone = DamagesOf(new CompensationOptions { Correction = 0 }), counted = DamagesOf(new CompensationOptions());

        Assert.All(alone, d => Assert.True(d > 0));
        Assert.Equal(alone[0] / 2, counted[0], alone[0] * 1e-9);
        Assert.Equal(alone[1], counted[1], alone[1] * 1e-9);
    }

    // of half of either net
    private static double[] DamagesOf(CompensationOptions options)
    {
        Model original = FunctionInliner.Inline(NetsInARow.Make(2));
        GraphAnalysis analysis = new DimensionFinder().Run(new Normalizer().Run(original.Clone()).Graph);
        Dimension[] nets = [.. analysis.Dimensions.Where(d => !d.IsFrozen && d.Size == Hidden)];
        using var compensator = new Compensator(analysis, new MagnitudeCriterion().Score(analysis), Samples(original, 1000), Rows, options, s_session);
        IReadOnlyDictionary<Dimension, double[]> damages = compensator.Damages(nets.Contains);
        return [.. nets.Select(n => damages[n][Hidden / 2])];
    }

    // the error of the outputs on samples of their own when half of the first net is gone, and the weights that are others
    private static (double Error, IReadOnlyCollection<string> Changed) ErrorOf(CompensationOptions options, int cut = 0)
    {
        Model original = FunctionInliner.Inline(NetsInARow.Make(2));
        Model work = new Normalizer().Run(original.Clone());
        GraphAnalysis analysis = new DimensionFinder().Run(work.Graph);
        var error = new OutputError(original, Samples(original, 2000), s_session);
        Dimension[] nets = [.. analysis.Dimensions.Where(d => !d.IsFrozen && d.Size == Hidden)];
        using var compensator = new Compensator(analysis, new MagnitudeCriterion().Score(analysis), Samples(original, 1000), Rows, options, s_session);

        CompensationResult result = compensator.Run(new Dictionary<Dimension, int> { [nets[cut]] = Hidden / 4 });

        return (error.Of(work), [.. result.Originals.Keys]);
    }

    private static IReadOnlyDictionary<string, Tensor>[] Samples(Model model, int seed)
    {
        using Session session = Session.Open(model, s_session);
        return [.. Enumerable.Range(0, 40).Select(b => SyntheticInputs.For(session, seed + b, Rows))];
    }
}
