using SiDT.Passes.Compensation.Algebra;
using Xunit;
using static SiDT.Tests.Compensation.Algebra.Samples;

namespace SiDT.Tests.Compensation.Algebra;

public sealed class RefitTests
{
    private static readonly RefitSettings Plain = new(Ridge: 0, CorrectionRidge: 0, Correction: 0);

    [Fact]
    public void Keeping_everything_changes_nothing()
    {
        Matrix x = Correlated(200, 7, 1), w = Normal(7, 4, 2);
        RefitResult refit = Refit.ToPositions(Covariance(x), Mean(x), w, [1, 2, 3, 4], [0, 1, 2, 3, 4, 5, 6], null, Plain);
        AssertNear(w, refit.Weight);
        Assert.All(refit.BiasChange, b => Assert.InRange(b, -1e-9, 1e-9));
        Assert.InRange(refit.Loss, 0, 1e-9);
    }

    [Fact]
    public void A_refit_leaves_what_least_squares_on_the_rows_leaves()
    {
        Matrix x = Correlated(300, 6, 3), w = Normal(6, 3, 4);
        double[] bias = [1, -2, 0.5];
        foreach (int[] kept in Subsets(6))
        {
            RefitResult refit = Refit.ToPositions(Covariance(x), Mean(x), w, bias, kept, null, Plain);
            Matrix y = With(x.Times(w), bias), z = x.SelectColumns(kept);
            Matrix residual = With(z.Times(refit.Weight), refit.Bias).Plus(y, -1);
            // normal equations: what is left is orthogonal to the constant and to what is kept
            Assert.All(Mean(residual), m => Assert.InRange(m, -1e-9, 1e-9));
            Assert.All(Covariance(z, residual).Data, c => Assert.InRange(c, -1e-8, 1e-8));
            AssertNear(residual.Inner(residual) / 300, refit.Loss, 1e-7);
        }
    }

    [Fact]
    public void A_full_correction_fits_the_full_target()
    {
        Matrix x = Correlated(300, 6, 5), w = Normal(6, 3, 6), r = x.Times(Normal(6, 3, 7)).Plus(Normal(300, 3, 8));
        int[] kept = [0, 2, 5];
        var target = new FullTarget(Covariance(x, r), Mean(r));
        RefitResult refit = Refit.ToPositions(Covariance(x), Mean(x), w, [], kept, target, new RefitSettings(1e-3, 0, 1));
        Matrix z = x.SelectColumns(kept), residual = With(z.Times(refit.Weight), refit.Bias).Plus(r, -1);
        Assert.All(Mean(residual), m => Assert.InRange(m, -1e-9, 1e-9));
        Assert.All(Covariance(z, residual).Data, c => Assert.InRange(c, -1e-8, 1e-8));
    }

    [Fact]
    public void A_transform_that_selects_is_a_selection()
    {
        Matrix x = Correlated(100, 5, 9), w = Normal(5, 2, 10), select = Matrix.Identity(5).SelectRows([3, 1]);
        var settings = new RefitSettings();
        var target = new FullTarget(Normal(5, 2, 11), [1, 2]);
        RefitResult one = Refit.ToPositions(Covariance(x), Mean(x), w, [], [3, 1], target, settings);
        RefitResult other = Refit.ToTransformed(Covariance(x), Mean(x), w, [], select, target, settings);
        AssertNear(one.Weight, other.Weight);
        AssertNear(one.Loss, other.Loss);
        Assert.Equal(one.Bias.Select(b => Math.Round(b, 9)), other.Bias.Select(b => Math.Round(b, 9)));
    }

    [Fact]
    public void Keeping_nothing_leaves_the_mean()
    {
        Matrix x = Correlated(50, 3, 12), w = Normal(3, 2, 13);
        RefitResult refit = Refit.ToPositions(Covariance(x), Mean(x), w, [], [], null, new RefitSettings());
        AssertNear(new Matrix(1, 2, Mean(x.Times(w))), new Matrix(1, 2, refit.Bias));
    }

    [Fact]
    public void A_small_refit_is_that_found_by_hand()
    {
        // z0 and z1 have variance 1 and covariance 1/2, y = z0 + z1: keeping z0, its weight is 1 + 1/2, and 1 - 1/4 is left
        RefitResult refit = Refit.ToPositions(new Matrix(2, 2, [1, 0.5, 0.5, 1]), [1, 2], new Matrix(2, 1, [1, 1]), [], [0], null, Plain);
        AssertNear(1.5, refit.Weight[0, 0]);
        AssertNear(0.75, refit.Loss);
        AssertNear(1.5, refit.Bias[0]);
    }

    [Fact]
    public void Interpolation_equals_a_refit_of_the_removed_positions()
    {
        Matrix x = Correlated(200, 6, 14), g = Covariance(x);
        int[] kept = [0, 1, 4], removed = [5, 2, 3];
        Interpolation found = Interpolation.Of(g, Mean(x), removed, kept, 1e-4);
        RefitResult refit = Refit.ToPositions(g, Mean(x), Matrix.Identity(6).SelectColumns(removed), [], kept, null, new RefitSettings(Correction: 0));
        AssertNear(refit.Weight.Transpose(), found.Factor);
        AssertNear(new Matrix(1, 3, refit.Bias), new Matrix(1, 3, found.Offset));
        AssertNear(refit.Loss, found.Loss.Sum(), 1e-7);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Moments_without_rank_give_finite_weights(int rank)
    {
        Matrix g = rank == 0 ? new Matrix(4, 4) : Normal(rank, 4, 15).TransposedTimes(Normal(rank, 4, 15));
        RefitResult refit = Refit.ToPositions(g, [0, 1, 2, 3], Normal(4, 2, 16), [], [1, 2], null, Plain);
        AssertFinite([.. refit.Weight.Data, .. refit.Bias, refit.Loss]);
        AssertFinite(Interpolation.Of(g, [0, 1, 2, 3], [0, 3], [1, 2], 0).Factor.Data);
    }

    internal static IEnumerable<int[]> Subsets(int n) =>
        Enumerable.Range(1, (1 << n) - 1).Select(bits => Enumerable.Range(0, n).Where(i => (bits >> i & 1) == 1).ToArray());

    private static Matrix With(Matrix rows, double[] bias)
    {
        Matrix sum = rows.Copy();
        for (int i = 0; i < sum.Rows; i++)
        {
            for (int j = 0; j < sum.Columns; j++)
                sum[i, j] += bias[j];
        }
        return sum;
    }
}
