using SiDT.Passes.Compensation.Algebra;
using Xunit;
using static SiDT.Tests.Compensation.Algebra.Samples;

namespace SiDT.Tests.Compensation.Algebra;

public sealed class BasisTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(32)]
    public void At_full_rank_queries_times_keys_are_unchanged(int d)
    {
        Matrix q = Correlated(90, d, 1), k = Correlated(70, d, 2);
        QueryKeyBasis basis = QueryKeyBasis.Of(Second(q), Second(k));
        AssertNear(q.TimesTransposed(k), q.TimesTransposed(basis.Query).TimesTransposed(k.TimesTransposed(basis.Key)), 1e-9);
    }

    [Fact]
    public void The_first_rows_give_the_best_scores_of_their_rank()
    {
        // all scores of all pairs: the best approximation of any rank is that of their own singular values
        Matrix q = Correlated(60, 6, 3), k = Correlated(50, 6, 4), scores = q.TimesTransposed(k);
        Svd best = Svd.Of(scores);
        QueryKeyBasis basis = QueryKeyBasis.Of(Second(q), Second(k));
        for (int rank = 1; rank <= 6; rank++)
        {
            Matrix off = q.TimesTransposed(basis.Query.Top(rank)).TimesTransposed(k.TimesTransposed(basis.Key.Top(rank))).Plus(scores, -1);
            double least = best.Values[rank..].Sum(v => v * v), said = basis.Values[rank..].Sum(v => v * v) * 60 * 50;
            Assert.InRange(off.Inner(off), 0, least * (1 + 1e-3) + 1e-9 * scores.Inner(scores));
            Assert.InRange(said, least * 0.999 - 1e-12, least * 1.01 + 1e-5 * scores.Inner(scores));
        }
    }

    [Fact]
    public void The_first_values_give_the_best_outputs_of_their_rank()
    {
        Matrix o = Correlated(200, 6, 5), w = Normal(6, 9, 6), y = o.Times(w);
        Svd best = Svd.Of(y);
        ValueBasis basis = ValueBasis.Of(w, Second(o));
        AssertNear(Matrix.Identity(6), basis.Transform.Times(basis.Inverse), 1e-9);
        for (int rank = 1; rank <= 6; rank++)
        {
            Matrix off = o.TimesTransposed(basis.Transform.Top(rank)).Times(basis.Consumer(w, rank)).Plus(y, -1);
            Assert.InRange(off.Inner(off), 0, best.Values[rank..].Sum(v => v * v) * (1 + 1e-3) + 1e-9 * y.Inner(y));
        }
        AssertNear(y, o.TimesTransposed(basis.Transform).Times(basis.Consumer(w, 6)), 1e-9);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Moments_without_rank_leave_products_unchanged_too(int rank)
    {
        Matrix q = rank == 0 ? new Matrix(30, 8) : Normal(30, rank, 7).Times(Normal(rank, 8, 8)), k = Normal(30, 8, 9), w = Normal(8, 5, 10);
        QueryKeyBasis basis = QueryKeyBasis.Of(Second(q), Second(k));
        AssertFinite([.. basis.Query.Data, .. basis.Key.Data]);
        AssertNear(Matrix.Identity(8), basis.Query.TransposedTimes(basis.Key), 1e-7);
        ValueBasis values = ValueBasis.Of(w, Second(q));
        AssertNear(w, values.Transform.TransposedTimes(values.Consumer(w, 8)), 1e-7);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Axes_of_a_stream_are_orthonormal_and_sorted(bool ones)
    {
        Matrix x = Correlated(100, 12, 11), z = Correlated(100, 12, 12).Scaled(1e6);
        StreamBasis basis = StreamBasis.Of([Second(x), Second(z)], ones);
        AssertNear(Matrix.Identity(12), basis.Axes.TimesTransposed(basis.Axes), 1e-12);
        int first = ones ? 1 : 0;
        Assert.Equal(basis.Values[first..].OrderDescending(), basis.Values[first..]);
        Matrix sum = Second(x).Scaled(1 / Second(x).Trace()).Plus(Second(z), 1 / Second(z).Trace());
        for (int i = 0; i < 12; i++)
            AssertNear(basis.Values[i], Simd.Dot(sum.Times(basis.Axes.Row(i)), basis.Axes.Row(i)), 1e-7);
        if (ones)
            Assert.All(basis.Axes.Row(0).ToArray(), a => AssertNear(Math.Sqrt(1.0 / 12), a));
        else
            AssertNear(Symmetric.Of(sum).Values[0], basis.Values[0]);
    }

    [Fact]
    public void The_axes_of_a_small_stream_are_those_found_by_hand()
    {
        // with ones kept, the only other axis in the plane is (1, -1)
        StreamBasis basis = StreamBasis.Of([new Matrix(2, 2, [3, 0, 0, 1])], ones: true);
        AssertNear(Math.Sqrt(0.5), Math.Abs(basis.Axes[1, 0]));
        AssertNear(-basis.Axes[1, 0], basis.Axes[1, 1]);
        AssertNear(0.5, basis.Values[0]);
    }

    private static Matrix Second(Matrix rows) => rows.TransposedTimes(rows).Scaled(1.0 / rows.Rows);
}
