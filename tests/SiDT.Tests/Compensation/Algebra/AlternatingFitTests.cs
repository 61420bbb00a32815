using SiDT.Passes.Compensation.Algebra;
using Xunit;
using static SiDT.Tests.Compensation.Algebra.Samples;

namespace SiDT.Tests.Compensation.Algebra;

public sealed class AlternatingFitTests
{
    [Fact]
    public void Two_groups_find_what_two_groups_made()
    {
        // what is to be found is there: V W of rank two in either group
        Matrix g = Covariance(Correlated(400, 10, 1));
        int[][] columns = [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]];
        var target = new Matrix(10, 6);
        for (int i = 0; i < 2; i++)
            Normal(5, 2, 2 + i).Times(Normal(2, 6, 4 + i)).Data.CopyTo(target.Data, i * 30);
        var fit = new AlternatingFit(g, target, columns, [Normal(5, 2, 6), Normal(5, 2, 7)], [Normal(2, 6, 8), Normal(2, 6, 9)]);

        fit.Run(400, 1e-3, 1e-9);

        Assert.InRange(Loss(fit, g, target, columns), 0, 1e-4 * target.Inner(g.Times(target)));
    }

    [Fact]
    public void One_group_ends_at_the_best_of_its_rank()
    {
        // reduced-rank regression: by the singular values of G^1/2 M
        Matrix g = Covariance(Correlated(300, 6, 11)), target = Normal(6, 5, 12);
        double best = Svd.Of(Symmetric.SquareRoot(g).Times(target)).Values[2..].Sum(s => s * s);
        var fit = new AlternatingFit(g, target, [[0, 1, 2, 3, 4, 5]], [Normal(6, 2, 13)], [Normal(2, 5, 14)]);

        fit.Run(300, 1e-3, 1e-9);

        Assert.InRange(Loss(fit, g, target, [[0, 1, 2, 3, 4, 5]]), best * (1 - 1e-5), best * (1 + 1e-4));
    }

    [Theory]
    [InlineData(0.05, 1e-2)]
    [InlineData(3, 1)]
    public void Every_round_comes_nearer(double writerRidge, double readerRidge)
    {
        Matrix g = Covariance(Correlated(200, 9, 21)), target = Normal(9, 4, 22);
        int[][] columns = [[0, 1, 2], [3, 4, 5], [6, 7, 8]];
        Matrix[] writers = [.. columns.Select((_, i) => Normal(3, 2, 23 + i))], readers = [.. columns.Select((_, i) => Normal(2, 4, 26 + i))];
        double before = double.PositiveInfinity;
        for (int rounds = 0; rounds < 6; rounds++)
        {
            var fit = new AlternatingFit(g, target, columns, writers, readers);
            fit.Run(rounds, writerRidge, readerRidge);
            double now = Loss(fit, g, target, columns);
            Assert.True(now < before, $"{now} after {rounds} rounds, {before} before");
            before = now;
        }
    }

    [Fact]
    public void What_is_lacking_is_followed_and_not_computed_anew()
    {
        // two rounds in one run are one round twice
        Matrix g = Covariance(Correlated(100, 6, 31)), target = Normal(6, 3, 32);
        int[][] columns = [[0, 1, 2], [3, 4, 5]];
        var once = new AlternatingFit(g, target, columns, [Normal(3, 2, 33), Normal(3, 1, 34)], [Normal(2, 3, 35), Normal(1, 3, 36)]);
        once.Run(1, 0.1, 0.1);
        var again = new AlternatingFit(g, target, columns, once.Writers, once.Readers);
        again.Run(1, 0.1, 0.1);
        var both = new AlternatingFit(g, target, columns, [Normal(3, 2, 33), Normal(3, 1, 34)], [Normal(2, 3, 35), Normal(1, 3, 36)]);
        both.Run(2, 0.1, 0.1);

        for (int i = 0; i < 2; i++)
        {
            AssertNear(again.Writers[i], both.Writers[i], 1e-8);
            AssertNear(again.Readers[i], both.Readers[i], 1e-8);
        }
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_said()
    {
        Matrix g = Matrix.Identity(4);
        Assert.Contains("do not fit together", Assert.Throws<AlgebraError>(() => new AlternatingFit(g, new Matrix(3, 2), [[0, 1]], [new Matrix(2, 1)], [new Matrix(1, 2)])).Message);
        Assert.Contains("do not fit 2 positions", Assert.Throws<AlgebraError>(() => new AlternatingFit(g, new Matrix(4, 2), [[0, 1]], [new Matrix(3, 1)], [new Matrix(1, 2)])).Message);
        Assert.Contains("not finite", Assert.Throws<AlgebraError>(() => new AlternatingFit(g.Scaled(double.NaN), new Matrix(4, 2), [[0, 1]], [new Matrix(2, 1)], [new Matrix(1, 2)])).Message);
    }

    // the trace of (P - M)' G (P - M)
    private static double Loss(AlternatingFit fit, Matrix g, Matrix target, int[][] columns)
    {
        Matrix off = target.Scaled(-1);
        for (int i = 0; i < columns.Length; i++)
        {
            Matrix made = Slow(fit.Writers[i], fit.Readers[i]);
            for (int r = 0; r < made.Rows; r++)
            {
                for (int c = 0; c < made.Columns; c++)
                    off[columns[i][r], c] += made[r, c];
            }
        }
        return off.Inner(g.Times(off));
    }
}
