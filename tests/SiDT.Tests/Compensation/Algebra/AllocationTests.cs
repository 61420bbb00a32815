using SiDT.Passes.Compensation.Algebra;
using Xunit;
using static SiDT.Tests.Compensation.Algebra.Samples;

namespace SiDT.Tests.Compensation.Algebra;

public sealed class AllocationTests
{
    [Fact]
    public void A_curve_meets_its_points_and_rises_where_they_rise()
    {
        double[] x = [0, 1, 3, 4, 8], y = [0, 0.1, 0.1, 5, 5.5];
        var curve = new Pchip(x, y);
        for (int i = 0; i < x.Length; i++)
            Assert.Equal(y[i], curve[x[i]]);
        double before = 0;
        for (double at = 0; at <= 8; at += 0.01)
        {
            Assert.True(curve[at] >= before - 1e-12, $"falls at {at}");
            before = curve[at];
        }
        Assert.Equal(5.5, curve[100]);
        Assert.Equal(0, curve[-1]);
    }

    [Fact]
    public void A_curve_through_a_line_is_that_line()
    {
        var curve = new Pchip([0, 1, 5, 6], [1, 3, 11, 13]);
        foreach (double at in new[] { 0.5, 2, 4.25, 5.9 })
            AssertNear(1 + 2 * at, curve[at]);
        Assert.Equal(7, new Pchip([2], [7])[3]);
    }

    [Fact]
    public void A_hull_lies_below_all_points_and_bends_upwards()
    {
        double[] x = [0, 1, 2, 3, 4, 5], y = [0, 3, 1, 4, 4, 9];
        int[] hull = ConvexHull.Lower(x, y);
        Assert.Equal([0, 2, 4, 5], hull);
        Assert.Equal([0], ConvexHull.Lower([1], [1]));
        Assert.Equal([0, 2], ConvexHull.Lower([0, 1, 2], [0, 1, 2]));
    }

    [Fact]
    public void Spending_finds_what_trying_everything_finds()
    {
        DamageCurve[] curves =
        [
            new([2, 4, 6], [1, 9, 40], 10),
            new([1, 3, 6], [0.5, 8, 100], 7),
            new([3, 6], [2, 12], 5, Granularity: 3),
        ];
        for (double saving = 1; saving < 130; saving += 7)
        {
            Allocation found = Allocation.Spend(curves, saving);
            Assert.True(found.Met);
            Assert.InRange(found.Saved, saving, double.PositiveInfinity);
            AssertNear(found.Saved, curves.Select((c, i) => c.Cost * found.Removed[i]).Sum());
            Assert.Equal(0, found.Removed[2] % 3);
            double best = double.PositiveInfinity;
            for (int a = 0; a <= 6; a++)
            {
                for (int b = 0; b <= 6; b++)
                {
                    for (int c = 0; c <= 6; c += 3)
                    {
                        if (10 * a + 7 * b + 5 * c >= found.Saved)
                            best = Math.Min(best, curves[0].Read([a])[0] + curves[1].Read([b])[0] + curves[2].Read([c])[0]);
                    }
                }
            }
            // these curves are convex: for what it saves, the greedy choice is the best one
            AssertNear(best, found.Damage, 1e-9);
        }
    }

    [Fact]
    public void A_dent_in_a_curve_is_passed_in_steps()
    {
        // a curve that is dear at once and free afterwards goes as a whole, in steps of its granularity
        DamageCurve[] curves = [new([1, 8], [4, 4.1], 1), new([4, 8], [30, 300], 1)];
        Allocation found = Allocation.Spend(curves, 6);
        Assert.Equal([6, 0], found.Removed);
        Assert.Equal(6, found.Saved);
    }

    [Fact]
    public void A_budget_out_of_reach_says_so()
    {
        Allocation found = Allocation.Spend([new([4], [1], 2, Limit: 3)], 100);
        Assert.False(found.Met);
        Assert.Equal([3], found.Removed);
        Assert.Equal(6, found.Saved);
        Assert.True(Allocation.Spend([], 0).Met);
        Assert.Throws<AlgebraError>(() => Allocation.Spend([new([1], [double.NaN], 1)], 1));
        Assert.Throws<AlgebraError>(() => Allocation.Spend([new([1], [1], 0)], 1));
    }
}
