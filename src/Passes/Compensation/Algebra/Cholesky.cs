namespace SiDT.Passes.Compensation.Algebra;

/// <summary>
/// The factor L of A = L L' of a symmetric positive definite matrix, by blocks. Where A is not definite, a growing multiple of the
/// mean of its diagonal is added to the diagonal until it is (1e-14, then ten times as much each time).
/// </summary>
public sealed class Cholesky
{
    private const int Panel = 96;
    private const double FirstJitter = 1e-14, LastJitter = 0.1;
    private readonly Matrix _factor;

    private Cholesky(Matrix factor, double jitter) => (_factor, Jitter) = (factor, jitter);

    /// <summary>What was added to the diagonal beyond what was asked; 0 for matrices that are definite.</summary>
    public double Jitter { get; }

    public int Size => _factor.Rows;

    /// <summary>Factors <paramref name="matrix"/> + <paramref name="shift"/> I; only its lower triangle is read, and it is not changed.</summary>
    /// <exception cref="AlgebraError">It is not square, or holds numbers that are not finite.</exception>
    public static Cholesky Of(Matrix matrix, double shift = 0)
    {
        int n = matrix.Square("the matrix to factor");
        matrix.Finite("the matrix to factor");
        double scale = 0;
        for (int i = 0; i < n; i++)
            scale += Math.Abs(matrix[i, i]) / n;
        if (scale == 0)
            scale = 1;
        for (double jitter = 0; ; jitter = jitter == 0 ? FirstJitter * scale : 10 * jitter)
        {
            if (jitter > LastJitter * scale)
                throw new AlgebraError("a matrix of second moments has eigenvalues far below zero");
            Matrix factor = matrix.Copy();
            for (int i = 0; i < n; i++)
                factor[i, i] += shift + jitter;
            if (Factor(factor, (scale + shift) * 1e-15))
                return new Cholesky(factor, jitter);
        }
    }

    /// <summary>X of A X = B, for all columns of <paramref name="right"/> [n x m] at once.</summary>
    /// <exception cref="AlgebraError">B has another number of rows, or holds numbers that are not finite.</exception>
    public Matrix Solve(Matrix right)
    {
        if (right.Rows != Size)
            throw new AlgebraError($"{right.Rows} rows cannot be solved with a matrix of {Size}");
        Matrix x = right.Copy().Finite("the right-hand sides");
        Forward(x);
        Backward(x);
        return x;
    }

    /// <inheritdoc cref="Solve(Matrix)"/>
    public double[] Solve(ReadOnlySpan<double> right) => Solve(new Matrix(right.Length, 1, right.ToArray())).Data;

    /// <summary>The inverse of A, exactly symmetric.</summary>
    public Matrix Inverse() => Solve(Matrix.Identity(Size)).Symmetrized();

    /// <summary>Logarithm of the determinant.</summary>
    public double LogDeterminant()
    {
        double sum = 0;
        for (int i = 0; i < Size; i++)
            sum += 2 * Math.Log(_factor[i, i]);
        return sum;
    }

    private static bool Factor(Matrix a, double smallest)
    {
        int n = a.Rows;
        for (int start = 0; start < n; start += Panel)
        {
            int end = Math.Min(start + Panel, n), from = start;
            for (int j = start; j < end; j++)
            {
                double pivot = a[j, j] - Square(a.Row(j)[start..j]);
                if (!(pivot > smallest))
                    return false;
                a[j, j] = Math.Sqrt(pivot);
                for (int i = j + 1; i < end; i++)
                    a[i, j] = (a[i, j] - Simd.Dot(a.Row(i)[start..j], a.Row(j)[start..j])) / a[j, j];
            }
            int rows = n - end;
            Work.Spread((rows + 31) / 32, (long)rows * Panel * Panel > 1 << 19, chunk =>
            {
                for (int i = end + 32 * chunk; i < Math.Min(end + 32 * (chunk + 1), n); i++)
                {
                    Span<double> row = a.Row(i);
                    for (int j = from; j < end; j++)
                        row[j] = (row[j] - Simd.Dot(row[from..j], a.Row(j)[from..j])) / a[j, j];
                }
            });
            Product.Add(rows, rows, end - start, -1, Block.Of(a, end, start), Block.Of(a, end, start).Transposed, Block.Of(a, end, end), lower: true);
        }
        return true;
    }

    private static double Square(ReadOnlySpan<double> numbers) => Simd.Dot(numbers, numbers);

    private void Forward(Matrix x)
    {
        for (int start = 0; start < Size; start += Panel)
        {
            int end = Math.Min(start + Panel, Size), from = start;
            Product.Add(end - start, x.Columns, start, -1, Block.Of(_factor, start), Block.Of(x), Block.Of(x, start));
            Chunks(x, end - start, (column, width) =>
            {
                for (int i = from; i < end; i++)
                {
                    Span<double> row = x.Row(i).Slice(column, width);
                    for (int j = from; j < i; j++)
                        Simd.AddScaled(row, -_factor[i, j], x.Row(j).Slice(column, width));
                    Divide(row, _factor[i, i]);
                }
            });
        }
    }

    private void Backward(Matrix x)
    {
        for (int start = (Size - 1) / Panel * Panel; start >= 0; start -= Panel)
        {
            int end = Math.Min(start + Panel, Size), from = start;
            Product.Add(end - start, x.Columns, Size - end, -1, Block.Of(_factor, end, start).Transposed, Block.Of(x, end), Block.Of(x, start));
            Chunks(x, end - start, (column, width) =>
            {
                for (int i = end - 1; i >= from; i--)
                {
                    Span<double> row = x.Row(i).Slice(column, width);
                    for (int j = i + 1; j < end; j++)
                        Simd.AddScaled(row, -_factor[j, i], x.Row(j).Slice(column, width));
                    Divide(row, _factor[i, i]);
                }
            });
        }
    }

    private static void Chunks(Matrix x, int depth, Action<int, int> work)
    {
        const int wide = 128;
        Work.Spread((x.Columns + wide - 1) / wide, (long)x.Columns * depth * depth > 1 << 19, c => work(c * wide, Math.Min(wide, x.Columns - c * wide)));
    }

    private static void Divide(Span<double> row, double by)
    {
        double factor = 1 / by;
        for (int i = 0; i < row.Length; i++)
            row[i] *= factor;
    }
}
