using SiDT.Passes.Compensation.Algebra;
using Xunit;
using static SiDT.Tests.Compensation.Algebra.Samples;

namespace SiDT.Tests.Compensation.Algebra;

public sealed class EliminationTests
{
    [Theory]
    [InlineData(6, 2, 1)]
    [InlineData(90, 30, 1)]
    [InlineData(150, 7, 3)]
    [InlineData(140, 7, 70)]
    public void The_order_is_that_of_exact_refits_of_what_is_left(int n, int outputs, int width)
    {
        Matrix x = Correlated(3 * n, n, n), g = Covariance(x), w = Normal(n, outputs, 2);
        int[][] units = [.. Enumerable.Range(0, n / width).Select(u => Enumerable.Range(0, width).Select(i => i * (n / width) + u).ToArray())];
        EliminationOrder order = UnitElimination.Order([new EliminationSite(g, w, units)]);
        Assert.Equal(Enumerable.Range(0, units.Length), order.Units.Order());
        Matrix metric = g.Plus(Matrix.Identity(n), 1e-3 * g.Trace() / n);
        HashSet<int> left = [.. Enumerable.Range(0, units.Length)];
        for (int step = 0; step < order.Units.Length - 1; step++)
        {
            if (n <= 6)
            {
                int best = left.MinBy(u => Left(metric, w, [.. left.Where(v => v != u).SelectMany(v => units[v])]));
                Assert.Equal(best, order.Units[step]);
            }
            left.Remove(order.Units[step]);
            if (n <= 6 || step % 13 == 0 || width > 1)
                AssertNear(Left(metric, w, [.. left.SelectMany(v => units[v])]), order.Losses[step], 1e-6);
        }
    }

    [Fact]
    public void Losses_of_several_consumers_add_up()
    {
        Matrix g1 = Covariance(Correlated(60, 8, 3)), g2 = Covariance(Correlated(60, 5, 4)), w1 = Normal(8, 3, 5), w2 = Normal(5, 2, 6);
        int[][] p1 = [[7], [0, 3], [1], [2, 6], []], p2 = [[0], [], [4], [2], [1]];
        EliminationOrder order = UnitElimination.Order([new EliminationSite(g1, w1, p1), new EliminationSite(g2, w2, p2)]);
        List<int> left = [0, 1, 2, 3, 4];
        for (int step = 0; step < 5; step++)
        {
            int best = left.MinBy(u => Both([.. left.Where(v => v != u)]));
            Assert.Equal(best, order.Units[step]);
            left.Remove(best);
            AssertNear(Both(left), order.Losses[step], 1e-7);
        }

        // positions 4, 5 of the first and 3 of the second belong to no unit and stay
        double Both(List<int> units) =>
            Left(Shifted(g1), w1, [4, 5, .. units.SelectMany(u => p1[u])]) + Left(Shifted(g2), w2, [3, .. units.SelectMany(u => p2[u])]);
    }

    [Fact]
    public void Every_round_takes_one_of_each_group_and_what_stays_is_left()
    {
        Matrix g = Covariance(Correlated(100, 12, 7)), w = Normal(12, 4, 8);
        int[][] units = [.. Enumerable.Range(0, 12).Select(i => new[] { i })];
        int[] groups = [.. Enumerable.Range(0, 12).Select(i => i / 4)];
        EliminationOrder order = UnitElimination.Order([new EliminationSite(g, w, units)], groups, [2, 5]);
        Assert.DoesNotContain(order.Units, u => u is 2 or 5);
        // two groups have three that may go: three rounds, and the rest of a fourth that cannot be completed
        Assert.All(order.Units.Take(9).Chunk(3), round => Assert.Equal([0, 1, 2], round.Select(u => groups[u]).Order()));
        Assert.Equal(9, order.Units.Length);
    }

    [Fact]
    public void A_stop_gives_the_start_of_the_whole_order()
    {
        Matrix g = Covariance(Correlated(300, 100, 9)), w = Normal(100, 10, 10);
        EliminationOrder all = UnitElimination.Order(g, w), some = UnitElimination.Order(g, w, stop: 71);
        Assert.Equal(all.Units[..71], some.Units);
        Assert.Equal(all.Losses[..71], some.Losses);
    }

    [Fact]
    public void Heads_go_by_the_objective_of_the_joint_ridge_refit()
    {
        Matrix x = Correlated(200, 12, 11), t = x.Times(Normal(12, 5, 12)).Plus(Normal(200, 5, 13));
        Matrix g = Covariance(x), b = Covariance(x, t);
        int[][] heads = [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11]];
        EliminationOrder order = HeadElimination.Order(g, b, heads, ridge: 1e-2);
        double shift = Ridge.Shift(g, 1e-2), whole = Objective([0, 1, 2, 3]);
        List<int> left = [0, 1, 2, 3];
        for (int step = 0; step < 4; step++)
        {
            int best = left.MinBy(h => Objective([.. left.Where(v => v != h)]));
            Assert.Equal(best, order.Units[step]);
            left.Remove(best);
            AssertNear(Objective(left) - whole, order.Losses[step], 1e-8);
        }

        // up to E|t|^2 the smallest value is -tr B' (G + shift)^-1 B
        double Objective(List<int> kept)
        {
            int[] rows = [.. kept.SelectMany(h => heads[h])];
            return rows.Length == 0 ? 0 : -b.SelectRows(rows).Inner(Cholesky.Of(g.Select(rows, rows), shift).Solve(b.SelectRows(rows)));
        }
    }

    [Fact]
    public void Moments_without_rank_still_give_an_order()
    {
        Matrix thin = Normal(2, 20, 14), w = Normal(20, 3, 15);
        foreach (Matrix g in new[] { new Matrix(20, 20), thin.TransposedTimes(thin), thin.TransposedTimes(thin).Scaled(1e12) })
        {
            EliminationOrder order = UnitElimination.Order(g, w);
            Assert.Equal(20, order.Units.Distinct().Count());
            AssertFinite(order.Losses);
            Assert.Equal(order.Losses.Order(), order.Losses);
        }
        Assert.Equal([0], UnitElimination.Order(new Matrix(1, 1, [2]), new Matrix(1, 1, [3])).Units);
    }

    [Fact]
    public void Of_two_units_the_one_that_the_other_explains_goes()
    {
        // by hand, without a ridge: losing z0 costs w0^2 (1 - r^2), losing z1 costs w1^2 (1 - r^2)
        EliminationOrder order = UnitElimination.Order(new Matrix(2, 2, [1, 0.5, 0.5, 1]), new Matrix(2, 1, [2, 1]), ridge: 0);
        Assert.Equal([1, 0], order.Units);
        AssertNear(0.75, order.Losses[0]);
        AssertNear(4 + 1 + 2, order.Losses[1]);
    }

    private static Matrix Shifted(Matrix g) => g.Plus(Matrix.Identity(g.Rows), 1e-3 * g.Trace() / g.Rows);

    // the smallest tr (W - V)' M (W - V) over all V with rows of zeros where positions went
    private static double Left(Matrix metric, Matrix w, int[] kept)
    {
        int[] gone = [.. Enumerable.Range(0, w.Rows).Except(kept)];
        if (gone.Length == 0)
            return 0;
        Matrix schur = metric.Select(gone, gone);
        if (kept.Length > 0)
            schur = schur.Plus(metric.Select(gone, kept).Times(Cholesky.Of(metric.Select(kept, kept)).Solve(metric.Select(kept, gone))), -1);
        Matrix rows = w.SelectRows(gone);
        return rows.Inner(schur.Times(rows));
    }
}
