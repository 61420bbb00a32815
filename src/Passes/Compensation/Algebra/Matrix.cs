namespace SiDT.Passes.Compensation.Algebra;

/// <summary>A dense matrix of doubles, rows one behind the other. Products run on <see cref="Work.Threads"/> threads, always with the same result.</summary>
public sealed class Matrix
{
    /// <summary>A matrix of zeros.</summary>
    public Matrix(int rows, int columns)
        : this(rows, columns, new double[checked(rows * columns)])
    {
    }

    /// <summary>A matrix over <paramref name="data"/>, which is not copied: element (i, j) is data[i columns + j].</summary>
    /// <exception cref="AlgebraError">There are not rows x columns numbers.</exception>
    public Matrix(int rows, int columns, double[] data)
    {
        if (rows < 0 || columns < 0 || data.LongLength != (long)rows * columns)
            throw new AlgebraError($"{data.Length} numbers are no matrix of {rows} x {columns}");
        (Rows, Columns, Data) = (rows, columns, data);
    }

    public double[] Data { get; }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>The same as <see cref="Columns"/>.</summary>
    public int Cols => Columns;

    public double this[int row, int column]
    {
        get => Data[row * Columns + column];
        set => Data[row * Columns + column] = value;
    }

    public static Matrix Identity(int size)
    {
        var matrix = new Matrix(size, size);
        for (int i = 0; i < size; i++)
            matrix[i, i] = 1;
        return matrix;
    }

    public static Matrix FromFloats(int rows, int columns, ReadOnlySpan<float> numbers)
    {
        var data = new double[numbers.Length];
        for (int i = 0; i < data.Length; i++)
            data[i] = numbers[i];
        return new Matrix(rows, columns, data);
    }

    /// <summary>One row, to read and to write.</summary>
    public Span<double> Row(int row) => Data.AsSpan(row * Columns, Columns);

    public Matrix Copy() => new(Rows, Columns, (double[])Data.Clone());

    public float[] ToFloats() => Array.ConvertAll(Data, x => (float)x);

    /// <summary>A B.</summary>
    /// <exception cref="AlgebraError">The inner sizes differ.</exception>
    public Matrix Times(Matrix right) => Multiply(Rows, right.Columns, Columns, right.Rows, Block.Of(this), Block.Of(right));

    /// <summary>A' B.</summary>
    /// <exception cref="AlgebraError">The inner sizes differ.</exception>
    public Matrix TransposedTimes(Matrix right) => Multiply(Columns, right.Columns, Rows, right.Rows, Block.Of(this).Transposed, Block.Of(right));

    /// <summary>A B'.</summary>
    /// <exception cref="AlgebraError">The inner sizes differ.</exception>
    public Matrix TimesTransposed(Matrix right) => Multiply(Rows, right.Rows, Columns, right.Columns, Block.Of(this), Block.Of(right).Transposed);

    /// <summary>A v.</summary>
    public double[] Times(ReadOnlySpan<double> vector)
    {
        if (vector.Length != Columns)
            throw new AlgebraError($"a matrix of {Rows} x {Columns} cannot be multiplied by {vector.Length} numbers");
        var result = new double[Rows];
        for (int i = 0; i < Rows; i++)
            result[i] = Simd.Dot(Row(i), vector);
        return result;
    }

    /// <summary>A' v.</summary>
    public double[] TransposedTimes(ReadOnlySpan<double> vector)
    {
        if (vector.Length != Rows)
            throw new AlgebraError($"the transpose of a matrix of {Rows} x {Columns} cannot be multiplied by {vector.Length} numbers");
        var result = new double[Columns];
        for (int i = 0; i < Rows; i++)
            Simd.AddScaled(result, vector[i], Row(i));
        return result;
    }

    public Matrix Transpose()
    {
        var result = new Matrix(Columns, Rows);
        for (int i = 0; i < Rows; i += 32)
        {
            for (int j = 0; j < Columns; j += 32)
            {
                for (int r = i; r < Math.Min(i + 32, Rows); r++)
                {
                    for (int c = j; c < Math.Min(j + 32, Columns); c++)
                        result.Data[c * Rows + r] = Data[r * Columns + c];
                }
            }
        }
        return result;
    }

    /// <summary>The elements at chosen rows and columns, in the order given.</summary>
    public Matrix Select(ReadOnlySpan<int> rows, ReadOnlySpan<int> columns)
    {
        var result = new Matrix(rows.Length, columns.Length);
        for (int i = 0; i < rows.Length; i++)
        {
            Span<double> source = Row(rows[i]), target = result.Row(i);
            for (int j = 0; j < columns.Length; j++)
                target[j] = source[columns[j]];
        }
        return result;
    }

    public Matrix SelectRows(ReadOnlySpan<int> rows)
    {
        var result = new Matrix(rows.Length, Columns);
        for (int i = 0; i < rows.Length; i++)
            Row(rows[i]).CopyTo(result.Row(i));
        return result;
    }

    public Matrix SelectColumns(ReadOnlySpan<int> columns) => Select([.. Enumerable.Range(0, Rows)], columns);

    /// <summary>The first rows.</summary>
    public Matrix Top(int rows) => new(rows, Columns, Data[..(rows * Columns)]);

    /// <summary>A + factor B, in a new matrix.</summary>
    public Matrix Plus(Matrix other, double factor = 1)
    {
        if (other.Rows != Rows || other.Columns != Columns)
            throw new AlgebraError($"a matrix of {Rows} x {Columns} cannot be added to one of {other.Rows} x {other.Columns}");
        Matrix sum = Copy();
        Simd.AddScaled(sum.Data, factor, other.Data);
        return sum;
    }

    public Matrix Scaled(double factor) => new(Rows, Columns, Array.ConvertAll(Data, x => factor * x));

    /// <summary>Sum of the diagonal.</summary>
    public double Trace()
    {
        double sum = 0;
        for (int i = 0; i < Math.Min(Rows, Columns); i++)
            sum += Data[i * Columns + i];
        return sum;
    }

    /// <summary>Sum of A[i, j] B[i, j]: the trace of A' B.</summary>
    public double Inner(Matrix other)
    {
        if (other.Rows != Rows || other.Columns != Columns)
            throw new AlgebraError($"a matrix of {Rows} x {Columns} has no inner product with one of {other.Rows} x {other.Columns}");
        return Simd.Dot(Data, other.Data);
    }

    /// <exception cref="AlgebraError">A number is infinite or none.</exception>
    internal Matrix Finite(string what)
    {
        RequireFinite(Data, what);
        return this;
    }

    internal static void RequireFinite(ReadOnlySpan<double> numbers, string what)
    {
        foreach (double number in numbers)
        {
            if (!double.IsFinite(number))
                throw new AlgebraError($"{what} hold numbers that are not finite");
        }
    }

    /// <exception cref="AlgebraError">It is not square.</exception>
    internal int Square(string what) => Rows == Columns ? Rows : throw new AlgebraError($"{what} must be square, but are {Rows} x {Columns}");

    /// <summary>(A + A') / 2 in place: what rounding did to symmetry.</summary>
    internal Matrix Symmetrized()
    {
        for (int i = 0; i < Rows; i++)
        {
            for (int j = 0; j < i; j++)
                Data[i * Columns + j] = Data[j * Columns + i] = 0.5 * (Data[i * Columns + j] + Data[j * Columns + i]);
        }
        return this;
    }

    private static Matrix Multiply(int rows, int columns, int depth, int other, Block left, Block right)
    {
        if (depth != other)
            throw new AlgebraError($"matrices with {depth} and {other} terms cannot be multiplied");
        var result = new Matrix(rows, columns);
        Product.Add(rows, columns, depth, 1, left, right, Block.Of(result));
        return result;
    }
}
