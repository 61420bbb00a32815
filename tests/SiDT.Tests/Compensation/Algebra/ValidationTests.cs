using SiDT.Passes.Compensation.Algebra;
using Xunit;
using static SiDT.Tests.Compensation.Algebra.Samples;

namespace SiDT.Tests.Compensation.Algebra;

public sealed class ValidationTests
{
    [Fact]
    public void Errors_from_sums_equal_errors_of_rows_left_out()
    {
        Matrix z = Correlated(60, 5, 1), y = z.Times(Normal(5, 3, 2)).Plus(Normal(60, 3, 3), 4);
        CrossValidation found = CrossValidation.Choose(Folds(z, y, 5));
        for (int s = 0; s < CrossValidation.Strengths.Count; s++)
        {
            double error = 0, plain = 0;
            for (int fold = 0; fold < 5; fold++)
            {
                int[] left = [.. Enumerable.Range(0, 60).Where(i => i % 5 == fold)], rest = [.. Enumerable.Range(0, 60).Where(i => i % 5 != fold)];
                Matrix zt = z.SelectRows(rest), yt = y.SelectRows(rest);
                Matrix w = Ridge.Solve(Covariance(zt), Covariance(zt, yt), CrossValidation.Strengths[s]);
                error += Error(z.SelectRows(left), y.SelectRows(left), w, Mean(zt), Mean(yt));
                plain += Error(z.SelectRows(left), y.SelectRows(left), new Matrix(5, 3), Mean(zt), Mean(yt));
            }
            AssertNear(error / plain, found.Errors[s], 1e-9);
        }
        Assert.Equal(found.Errors.Min(), found.Error);
    }

    [Fact]
    public void What_is_noise_is_fitted_with_a_strong_ridge_and_what_is_exact_with_the_weakest()
    {
        Matrix z = Normal(200, 40, 4);
        Assert.InRange(CrossValidation.Choose(Folds(z, Normal(200, 2, 5), 5)).Strength, 9, 1001);
        Assert.Equal(1e-3, CrossValidation.Choose(Folds(z, z.Times(Normal(40, 2, 6)), 5)).Strength, 1e-9);
    }

    [Fact]
    public void A_copy_of_a_row_in_another_fold_picks_too_weak_a_ridge()
    {
        // images and their mirrors: the trap that folds by image avoid
        Matrix z = Normal(40, 60, 7), y = Normal(40, 2, 8);
        var byImage = Enumerable.Range(0, 4).Select(_ => new FoldMoments(60, 2)).ToArray();
        var byRow = Enumerable.Range(0, 4).Select(_ => new FoldMoments(60, 2)).ToArray();
        for (int i = 0; i < 40; i++)
        {
            for (int view = 0; view < 2; view++)
            {
                byImage[FoldMoments.FoldOf(i, 4)].Add(z.SelectRows([i]), y.SelectRows([i]));
                byRow[FoldMoments.FoldOf(2 * i + view, 4)].Add(z.SelectRows([i]), y.SelectRows([i]));
            }
        }
        Assert.InRange(CrossValidation.Choose(byImage).Strength, 9, 1001);
        Assert.InRange(CrossValidation.Choose(byRow).Strength, 0, 0.1);
    }

    [Fact]
    public void A_head_takes_in_a_linear_difference_and_leaves_noise()
    {
        Matrix z = Normal(300, 6, 9), change = Normal(6, 4, 10);
        HeadRefit exact = HeadRefit.Of(Folds(z, z.Times(change), 5));
        AssertNear(change, exact.WeightChange, 0.02);
        Assert.InRange(exact.Validation.Error, 0, 1e-3);
        HeadRefit noise = HeadRefit.Of(Folds(z, Normal(300, 4, 11), 5));
        Assert.InRange(noise.WeightChange.Inner(noise.WeightChange), 0, 1e-2 * change.Inner(change));
    }

    [Fact]
    public void Weights_count_rows_as_often_as_they_say()
    {
        Matrix z = Normal(4, 3, 12), y = Normal(4, 2, 13);
        var twice = new FoldMoments(3, 2);
        twice.Add(z, y, [2, 1, 0, 3]);
        var repeated = new FoldMoments(3, 2);
        repeated.Add(z.SelectRows([0, 0, 1, 3, 3, 3]), y.SelectRows([0, 0, 1, 3, 3, 3]));
        AssertNear(repeated.ZZ, twice.ZZ);
        AssertNear(repeated.ZY, twice.ZY);
        AssertNear(repeated.YY, twice.YY);
        Assert.Equal(6, twice.Weight);
    }

    [Fact]
    public void Too_few_folds_are_refused()
    {
        var fold = new FoldMoments(1, 1);
        fold.Add(new Matrix(2, 1, [1, 2]), new Matrix(2, 1, [1, 2]));
        Assert.Throws<AlgebraError>(() => CrossValidation.Choose([fold, new FoldMoments(1, 1)]));
        AssertFinite(CrossValidation.Choose([fold, fold]).Errors);
    }

    private static FoldMoments[] Folds(Matrix z, Matrix y, int count) =>
        [.. Enumerable.Range(0, count).Select(f =>
        {
            int[] rows = [.. Enumerable.Range(0, z.Rows).Where(i => FoldMoments.FoldOf(i, count) == f)];
            var fold = new FoldMoments(z.Columns, y.Columns);
            fold.Add(z.SelectRows(rows), y.SelectRows(rows));
            return fold;
        })];

    private static double Error(Matrix z, Matrix y, Matrix w, double[] z0, double[] y0)
    {
        double sum = 0;
        for (int i = 0; i < z.Rows; i++)
        {
            for (int j = 0; j < y.Columns; j++)
            {
                double fitted = y0[j];
                for (int k = 0; k < z.Columns; k++)
                    fitted += (z[i, k] - z0[k]) * w[k, j];
                sum += (y[i, j] - fitted) * (y[i, j] - fitted);
            }
        }
        return sum;
    }
}
