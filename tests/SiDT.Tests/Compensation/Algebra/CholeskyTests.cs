using SiDT.Passes.Compensation.Algebra;
using Xunit;
using static SiDT.Tests.Compensation.Algebra.Samples;

namespace SiDT.Tests.Compensation.Algebra;

public sealed class CholeskyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(96)]
    [InlineData(250)]
    public void Solving_undoes_multiplying(int n)
    {
        Matrix a = Covariance(Normal(3 * n + 5, n, n)).Plus(Matrix.Identity(n), 0.1), x = Normal(n, 37, 5);
        Cholesky factor = Cholesky.Of(a);
        Assert.Equal(0, factor.Jitter);
        AssertNear(x, factor.Solve(a.Times(x)), 1e-10);
        AssertNear(Matrix.Identity(n), factor.Inverse().Times(a), 1e-10);
    }

    [Fact]
    public void A_small_system_is_solved_as_by_hand()
    {
        // [4 2; 2 3] x = [8; 7] has x = [5/4; 3/2]; the determinant is 8
        Cholesky factor = Cholesky.Of(new Matrix(2, 2, [4, 2, 2, 3]));
        double[] x = factor.Solve([8, 7]);
        AssertNear(1.25, x[0]);
        AssertNear(1.5, x[1]);
        AssertNear(Math.Log(8), factor.LogDeterminant());
    }

    [Fact]
    public void Matrices_that_are_not_definite_are_solved_with_a_larger_diagonal()
    {
        Matrix thin = Normal(3, 40, 6), singular = thin.TransposedTimes(thin);
        Cholesky factor = Cholesky.Of(singular);
        Assert.InRange(factor.Jitter, 0, 1e-8 * singular.Trace());
        AssertFinite(factor.Solve(Normal(40, 2, 7)).Data);
        AssertFinite(Cholesky.Of(new Matrix(4, 4)).Inverse().Data);
    }

    [Fact]
    public void Numbers_that_are_none_are_refused()
    {
        Assert.Throws<AlgebraError>(() => Cholesky.Of(new Matrix(1, 1, [double.NaN])));
        Assert.Throws<AlgebraError>(() => Cholesky.Of(new Matrix(2, 2, [1, 0, 0, -1e9])));
        Assert.Throws<AlgebraError>(() => Cholesky.Of(new Matrix(2, 1)));
    }
}
