namespace SiDT.Passes.Compensation.Algebra;

/// <summary>The eigenvalues of a symmetric matrix, largest first, and their vectors.</summary>
/// <param name="Values">n eigenvalues, falling.</param>
/// <param name="Vectors">n x n: row i is the vector of length 1 of <c>Values[i]</c>; its largest element is positive.</param>
public sealed record Symmetric(double[] Values, Matrix Vectors)
{
    /// <summary>What is added to every eigenvalue before roots are taken, in units of their mean.</summary>
    public const double Floor = 1e-6;

    /// <summary>Decomposes the symmetric part of <paramref name="matrix"/> [n x n].</summary>
    /// <exception cref="AlgebraError">It is not square, or holds numbers that are not finite.</exception>
    public static Symmetric Of(Matrix matrix)
    {
        int n = matrix.Square("the matrix to decompose");
        Matrix work = matrix.Copy().Finite("the matrix to decompose").Symmetrized();
        double scale = 0;
        foreach (double x in work.Data)
            scale = Math.Max(scale, Math.Abs(x));
        if (scale == 0)
            return new Symmetric(new double[n], Matrix.Identity(n));
        for (int i = 0; i < work.Data.Length; i++)
            work.Data[i] /= scale;
        var form = new Tridiagonal(work);
        int[] order = [.. Enumerable.Range(0, n).OrderByDescending(i => form.Values[i])];
        Matrix vectors = form.Vectors().SelectRows(order);
        for (int i = 0; i < n; i++)
            Orient(vectors.Row(i));
        return new Symmetric([.. order.Select(i => form.Values[i] * scale)], vectors);
    }

    /// <summary>The matrix again, with a function of its eigenvalues in their place.</summary>
    public Matrix With(Func<double, double> function)
    {
        Matrix scaled = Vectors.Copy();
        for (int i = 0; i < scaled.Rows; i++)
        {
            double factor = function(Values[i]);
            foreach (ref double x in scaled.Row(i))
                x *= factor;
        }
        return scaled.TransposedTimes(Vectors).Symmetrized();
    }

    /// <summary>
    /// A^1/2 and A^-1/2 of a positive semidefinite matrix, the one the inverse of the other: negative eigenvalues count as 0, and
    /// <see cref="Floor"/> of their mean is added to each. A matrix of zeros counts as a small multiple of the identity.
    /// </summary>
    public (Matrix Root, Matrix Inverse) Roots()
    {
        double mean = Values.Length == 0 ? 0 : Values.Sum(x => Math.Max(x, 0)) / Values.Length;
        double floor = Floor * (mean > 0 ? mean : 1);
        return (With(x => Math.Sqrt(Math.Max(x, 0) + floor)), With(x => 1 / Math.Sqrt(Math.Max(x, 0) + floor)));
    }

    /// <summary>A^1/2 with floored eigenvalues, see <see cref="Roots"/>.</summary>
    public static Matrix SquareRoot(Matrix matrix) => Of(matrix).Roots().Root;

    /// <summary>A^-1/2 with floored eigenvalues, see <see cref="Roots"/>.</summary>
    public static Matrix InverseSquareRoot(Matrix matrix) => Of(matrix).Roots().Inverse;

    // a vector and its negative are the same axis: choose one, so that results are repeatable
    private static void Orient(Span<double> vector)
    {
        int largest = 0;
        for (int i = 1; i < vector.Length; i++)
        {
            if (Math.Abs(vector[i]) > Math.Abs(vector[largest]) * (1 + 1e-9))
                largest = i;
        }
        if (vector.Length > 0 && vector[largest] < 0)
        {
            foreach (ref double x in vector)
                x = -x;
        }
    }
}
