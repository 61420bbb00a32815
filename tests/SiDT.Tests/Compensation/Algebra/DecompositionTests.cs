using SiDT.Passes.Compensation.Algebra;
using Xunit;
using static SiDT.Tests.Compensation.Algebra.Samples;

namespace SiDT.Tests.Compensation.Algebra;

public sealed class DecompositionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(64)]
    [InlineData(131)]
    public void Eigenvectors_are_orthonormal_and_give_the_matrix_again(int n)
    {
        Matrix a = Normal(n, n, n);
        a = a.Plus(a.Transpose());
        Symmetric axes = Symmetric.Of(a);
        AssertNear(Matrix.Identity(n), axes.Vectors.TimesTransposed(axes.Vectors), 1e-12);
        AssertNear(a, axes.With(x => x), 1e-12);
        Assert.Equal(axes.Values.OrderDescending(), axes.Values);
    }

    [Fact]
    public void Eigenvalues_of_a_small_matrix_are_those_found_by_hand()
    {
        Symmetric axes = Symmetric.Of(new Matrix(2, 2, [2, 1, 1, 2]));
        AssertNear(3, axes.Values[0]);
        AssertNear(1, axes.Values[1]);
        AssertNear(Math.Sqrt(0.5), axes.Vectors[0, 0]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void Roots_of_matrices_of_any_rank_are_inverse_to_each_other(int rank)
    {
        Matrix thin = Normal(rank, 9, 8), a = rank == 0 ? new Matrix(9, 9) : thin.TransposedTimes(thin);
        (Matrix root, Matrix inverse) = Symmetric.Of(a).Roots();
        AssertNear(Matrix.Identity(9), root.Times(inverse), 1e-9);
        if (rank > 0)
            AssertNear(a, root.Times(root), 2e-6);
    }

    [Fact]
    public void Diagonal_matrices_and_equal_eigenvalues_are_decomposed()
    {
        var a = new Matrix(40, 40);
        for (int i = 0; i < 40; i++)
            a[i, i] = i % 4;
        Assert.Equal(Enumerable.Range(0, 40).Select(i => (double)(i % 4)).OrderDescending(), Symmetric.Of(a).Values);
        AssertNear(Matrix.Identity(40), Symmetric.Of(Matrix.Identity(40)).With(x => x), 1e-14);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(6, 6, 6)]
    [InlineData(9, 4, 4)]
    [InlineData(4, 9, 4)]
    [InlineData(64, 64, 64)]
    [InlineData(20, 20, 3)]
    [InlineData(20, 20, 0)]
    public void Singular_vectors_are_orthonormal_at_any_rank(int m, int n, int rank)
    {
        Matrix a = rank == 0 ? new Matrix(m, n) : Normal(m, rank, 9).Times(Normal(rank, n, 10));
        Svd svd = Svd.Of(a);
        int r = Math.Min(m, n);
        AssertNear(Matrix.Identity(r), svd.U.TransposedTimes(svd.U), 1e-12);
        AssertNear(Matrix.Identity(r), svd.V.TransposedTimes(svd.V), 1e-12);
        Matrix scaled = svd.U.Copy();
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < r; j++)
                scaled[i, j] *= svd.Values[j];
        }
        AssertNear(a, scaled.TimesTransposed(svd.V), 1e-12);
        Assert.Equal(svd.Values.OrderDescending(), svd.Values);
    }
}
