namespace SiDT.Passes.Compensation.Algebra;

/// <summary>A = U diag(S) V' of a small matrix (up to some hundred columns), by one-sided Jacobi rotations (Hestenes, 1958).</summary>
/// <param name="U">m x r with orthonormal columns, r the smaller of both sizes.</param>
/// <param name="Values">r singular values, falling.</param>
/// <param name="V">n x r with orthonormal columns.</param>
public sealed record Svd(Matrix U, double[] Values, Matrix V)
{
    private const int MaxSweeps = 60;

    /// <exception cref="AlgebraError">The matrix holds numbers that are not finite.</exception>
    public static Svd Of(Matrix matrix)
    {
        matrix.Finite("the matrix to decompose");
        if (matrix.Rows < matrix.Columns)
        {
            Svd turned = Of(matrix.Transpose());
            return new Svd(turned.V, turned.Values, turned.U);
        }
        Matrix columns = matrix.Transpose(), right = Matrix.Identity(matrix.Columns);
        double scale = Math.Sqrt(columns.Inner(columns));
        if (scale > 0)
        {
            Simd.AddScaled(columns.Data, 1 / scale - 1, columns.Data);
            Rotate(columns, right);
        }
        double[] lengths = [.. Enumerable.Range(0, columns.Rows).Select(i => Math.Sqrt(Simd.Dot(columns.Row(i), columns.Row(i))))];
        int[] order = [.. Enumerable.Range(0, columns.Rows).OrderByDescending(i => lengths[i])];
        Matrix left = columns.SelectRows(order);
        Normalize(left);
        return new Svd(left.Transpose(), [.. order.Select(i => scale * lengths[i])], right.SelectRows(order).Transpose());
    }

    private static void Rotate(Matrix columns, Matrix right)
    {
        int n = columns.Rows;
        for (int sweep = 0; sweep < MaxSweeps; sweep++)
        {
            bool still = true;
            for (int i = 0; i < n - 1; i++)
            {
                for (int j = i + 1; j < n; j++)
                {
                    Span<double> x = columns.Row(i), y = columns.Row(j);
                    double a = Simd.Dot(x, x), b = Simd.Dot(y, y), c = Simd.Dot(x, y);
                    // below this length both are rounding of a matrix of length 1
                    if (Math.Abs(c) <= 1e-15 * Math.Sqrt(a * b) || Math.Abs(c) < 1e-34)
                        continue;
                    still = false;
                    double zeta = (b - a) / (2 * c), t = Math.CopySign(1, zeta) / (Math.Abs(zeta) + Math.Sqrt(1 + zeta * zeta));
                    double cosine = 1 / Math.Sqrt(1 + t * t);
                    Simd.Rotate(x, y, cosine, cosine * t);
                    Simd.Rotate(right.Row(i), right.Row(j), cosine, cosine * t);
                }
            }
            if (still)
                return;
        }
    }

    /// <summary>Rows of length 1, each orthogonal to those before; what vanished becomes any direction that is left.</summary>
    private static void Normalize(Matrix rows)
    {
        int next = 0;
        for (int i = 0; i < rows.Rows; i++)
        {
            Span<double> row = rows.Row(i);
            double length = Math.Sqrt(Simd.Dot(row, row));
            while (length <= 1e-14)
            {
                row.Clear();
                row[next++] = 1;
                for (int pass = 0; pass < 2; pass++)
                {
                    for (int k = 0; k < i; k++)
                        Simd.AddScaled(row, -Simd.Dot(row, rows.Row(k)), rows.Row(k));
                }
                length = Math.Sqrt(Simd.Dot(row, row));
                // the longest of m remainders of unit vectors is at least this long
                length = length * length >= 0.5 / rows.Columns ? length : 0;
            }
            foreach (ref double x in row)
                x /= length;
        }
    }
}
