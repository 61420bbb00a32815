namespace SiDT.Passes.Compensation.Algebra;

/// <summary>Cholesky factors of blocks so small that calls would cost more than the arithmetic.</summary>
internal static class SmallTriangle
{
    /// <summary>Overwrites the lower triangle with the factor; pivots below <paramref name="floor"/> count as the floor.</summary>
    public static void Factor(double[] a, int n, double floor)
    {
        for (int j = 0; j < n; j++)
        {
            ReadOnlySpan<double> row = a.AsSpan(j * n, j);
            double pivot = Math.Sqrt(Math.Max(a[j * n + j] - Simd.Dot(row, row), floor));
            a[j * n + j] = pivot;
            for (int i = j + 1; i < n; i++)
                a[i * n + j] = (a[i * n + j] - Simd.Dot(a.AsSpan(i * n, j), row)) / pivot;
        }
    }

    /// <summary>Solves L y = x for one column of x [n x n].</summary>
    public static void Forward(double[] l, int n, double[] x, int column)
    {
        for (int i = 0; i < n; i++)
        {
            double sum = x[i * n + column];
            for (int k = 0; k < i; k++)
                sum -= l[i * n + k] * x[k * n + column];
            x[i * n + column] = sum / l[i * n + i];
        }
    }

    /// <summary>Solves L' y = x for one column of x [n x n].</summary>
    public static void Backward(double[] l, int n, double[] x, int column)
    {
        for (int i = n - 1; i >= 0; i--)
        {
            double sum = x[i * n + column];
            for (int k = i + 1; k < n; k++)
                sum -= l[k * n + i] * x[k * n + column];
            x[i * n + column] = sum / l[i * n + i];
        }
    }
}
