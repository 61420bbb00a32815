using SiDT.Passes.Compensation.Algebra;
using Xunit;
using static SiDT.Tests.Compensation.Algebra.Samples;

namespace SiDT.Tests.Compensation.Algebra;

public sealed class MatrixTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(7, 15, 3)]
    [InlineData(8, 16, 256)]
    [InlineData(97, 33, 300)]
    [InlineData(200, 1600, 20)]
    public void Products_equal_those_of_three_loops(int m, int n, int k)
    {
        Matrix a = Normal(m, k, 1), b = Normal(k, n, 2), expected = Slow(a, b);
        AssertNear(expected, a.Times(b), 1e-12);
        AssertNear(expected, a.Transpose().TransposedTimes(b), 1e-12);
        AssertNear(expected, a.TimesTransposed(b.Transpose()), 1e-12);
    }

    [Fact]
    public void Results_do_not_depend_on_the_number_of_threads()
    {
        int before = Work.Threads;
        try
        {
            Work.Threads = 1;
            double[] one = Everything();
            Work.Threads = 2;
            Assert.Equal(one, Everything());
        }
        finally
        {
            Work.Threads = before;
        }
    }

    [Fact]
    public void A_selection_takes_rows_and_columns_in_the_order_given()
    {
        var matrix = new Matrix(2, 3, [1, 2, 3, 4, 5, 6]);
        Assert.Equal([6, 4, 3, 1], matrix.Select([1, 0], [2, 0]).Data);
        Assert.Equal([3, 2, 6, 5], matrix.SelectColumns([2, 1]).Data);
        Assert.Equal([1, 4, 2, 5, 3, 6], matrix.Transpose().Data);
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused() => Assert.Throws<AlgebraError>(() => new Matrix(2, 3).Times(new Matrix(2, 3)));

    private static double[] Everything()
    {
        Matrix x = Correlated(400, 150, 3), g = Covariance(x), w = Normal(150, 40, 4);
        return [.. g.Data, .. Ridge.Solve(g, w, 1e-3).Data, .. Symmetric.Of(g).Vectors.Data, .. UnitElimination.Order(g, w).Losses];
    }
}
