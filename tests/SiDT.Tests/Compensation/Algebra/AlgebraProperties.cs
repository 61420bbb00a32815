using FsCheck;
using FsCheck.Fluent;
using SiDT.Passes.Compensation.Algebra;
using Xunit;
using static SiDT.Tests.Compensation.Algebra.Samples;

namespace SiDT.Tests.Compensation.Algebra;

/// <summary>What holds for moments of every size, rank and scale.</summary>
public sealed class AlgebraProperties
{
    private static readonly Config Settings = Config.QuickThrowOnFailure.WithMaxTest(60);

    private sealed record Case(int Size, int Rank, int Outputs, int Seed, double Scale)
    {
        public Matrix Moments
        {
            get
            {
                Matrix thin = Normal(Rank, Size, Seed);
                return thin.TransposedTimes(thin).Scaled(Scale);
            }
        }

        public Matrix Weight => Normal(Size, Outputs, Seed + 1);

        public double[] Mean => [.. Normal(1, Size, Seed + 2).Data];
    }

    [Fact]
    public void Nothing_is_ever_not_a_number() => Holds(c =>
    {
        int[] kept = [.. Enumerable.Range(0, c.Size).Where(i => (c.Seed >> (i % 16) & 1) == 1)];
        int[] removed = [.. Enumerable.Range(0, c.Size).Except(kept)];
        RefitResult refit = Refit.ToPositions(
            c.Moments, c.Mean, c.Weight, [], kept, new FullTarget(c.Weight, new double[c.Outputs]), new RefitSettings(Ridge: 0, CorrectionRidge: 0));
        Interpolation interpolation = Interpolation.Of(c.Moments, c.Mean, removed, kept, 0);
        EliminationOrder order = UnitElimination.Order(c.Moments, c.Weight);
        ValueBasis values = ValueBasis.Of(c.Weight, c.Moments);
        QueryKeyBasis scores = QueryKeyBasis.Of(c.Moments, c.Moments);
        StreamBasis stream = StreamBasis.Of([c.Moments], ones: true);
        AssertFinite([.. refit.Weight.Data, .. refit.Bias, refit.Loss, .. interpolation.Factor.Data, .. order.Losses]);
        AssertFinite([.. values.Transform.Data, .. values.Inverse.Data, .. scores.Query.Data, .. scores.Key.Data, .. stream.Axes.Data]);
    });

    [Fact]
    public void Bases_of_full_rank_leave_products_unchanged() => Holds(c =>
    {
        QueryKeyBasis scores = QueryKeyBasis.Of(c.Moments, Normal(c.Size, c.Size, c.Seed + 5).TransposedTimes(Normal(c.Size, c.Size, c.Seed + 5)));
        AssertNear(Matrix.Identity(c.Size), scores.Query.TransposedTimes(scores.Key), 1e-6);
        ValueBasis values = ValueBasis.Of(c.Weight, c.Moments);
        AssertNear(c.Weight, values.Transform.TransposedTimes(values.Consumer(c.Weight, c.Size)), 1e-6);
        Assert.Equal(values.Values.OrderDescending(), values.Values);
        StreamBasis stream = StreamBasis.Of([c.Moments], ones: c.Seed % 2 == 0);
        AssertNear(Matrix.Identity(c.Size), stream.Axes.TimesTransposed(stream.Axes), 1e-10);
    });

    [Fact]
    public void Orders_are_nested_and_losses_rise() => Holds(c =>
    {
        EliminationOrder all = UnitElimination.Order(c.Moments, c.Weight), half = UnitElimination.Order(c.Moments, c.Weight, c.Size / 2);
        Assert.Equal(Enumerable.Range(0, c.Size), all.Units.Order());
        Assert.Equal(all.Units[..(c.Size / 2)], half.Units);
        Assert.Equal(all.Losses.Order(), all.Losses);
    });

    [Fact]
    public void Greedy_spending_meets_every_budget_within_reach_by_less_than_a_step() => Holds(c =>
    {
        var random = new Random(c.Seed);
        DamageCurve[] curves = [.. Enumerable.Range(0, c.Outputs).Select(_ => new DamageCurve([4, 8, 16], [.. Enumerable.Range(0, 3).Select(_ => c.Scale * random.NextDouble())], 1 + random.NextDouble(), 2))];
        double most = curves.Sum(x => 16 * x.Cost), asked = random.NextDouble() * most;
        Allocation found = Allocation.Spend(curves, asked);
        Assert.True(found.Met);
        Assert.InRange(found.Saved, asked * (1 - 1e-9), asked + 4);
        Assert.True(double.IsFinite(found.Damage));
    });

    private static void Holds(Action<Case> check)
    {
        Arbitrary<Case> cases = (from size in Gen.Choose(1, 20)
                                 from rank in Gen.Choose(0, 24)
                                 from outputs in Gen.Choose(1, 6)
                                 from seed in Gen.Choose(0, 1 << 20)
                                 from scale in Gen.Elements(1e-12, 1.0, 1e12)
                                 select new Case(size, rank, outputs, seed, scale)).ToArbitrary();
        Prop.ForAll(cases, check).Check(Settings);
    }
}
