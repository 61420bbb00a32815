using SiDT.Passes.Compensation.Algebra;
using Xunit;

namespace SiDT.Tests.Compensation.Algebra;

/// <summary>Random numbers for the tests of the algebra, and the slow ways to compute what it computes fast.</summary>
internal static class Samples
{
    public static Matrix Normal(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        var matrix = new Matrix(rows, columns);
        for (int i = 0; i < matrix.Data.Length; i++)
            matrix.Data[i] = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return matrix;
    }

    /// <summary>Rows whose columns depend on each other.</summary>
    public static Matrix Correlated(int rows, int columns, int seed) => Normal(rows, columns, seed).Times(Normal(columns, columns, seed + 1000));

    /// <summary>E x x' - m m' of the rows.</summary>
    public static Matrix Covariance(Matrix rows) => Covariance(rows, rows);

    public static Matrix Covariance(Matrix left, Matrix right)
    {
        double[] ml = Mean(left), mr = Mean(right);
        Matrix sum = left.TransposedTimes(right).Scaled(1.0 / left.Rows);
        for (int i = 0; i < sum.Rows; i++)
        {
            for (int j = 0; j < sum.Columns; j++)
                sum[i, j] -= ml[i] * mr[j];
        }
        return sum;
    }

    public static double[] Mean(Matrix rows)
    {
        var ones = new double[rows.Rows];
        Array.Fill(ones, 1.0 / rows.Rows);
        return rows.TransposedTimes(ones);
    }

    public static Matrix Slow(Matrix a, Matrix b)
    {
        var c = new Matrix(a.Rows, b.Columns);
        for (int i = 0; i < a.Rows; i++)
        {
            for (int j = 0; j < b.Columns; j++)
            {
                for (int k = 0; k < a.Columns; k++)
                    c[i, j] += a[i, k] * b[k, j];
            }
        }
        return c;
    }

    public static double Distance(Matrix a, Matrix b)
    {
        Assert.Equal((a.Rows, a.Columns), (b.Rows, b.Columns));
        double largest = 0;
        for (int i = 0; i < a.Data.Length; i++)
            largest = Math.Max(largest, double.IsFinite(a.Data[i]) ? Math.Abs(a.Data[i] - b.Data[i]) : double.PositiveInfinity);
        return largest;
    }

    public static void AssertNear(Matrix expected, Matrix actual, double tolerance = 1e-9)
    {
        double size = 1e-300 + expected.Data.Select(Math.Abs).DefaultIfEmpty(0).Max();
        double off = Distance(expected, actual);
        Assert.True(off <= tolerance * size, $"off by {off} of {size}");
    }

    public static void AssertNear(double expected, double actual, double tolerance = 1e-9) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance * (1e-12 + Math.Abs(expected)), $"{actual} instead of {expected}");

    public static void AssertFinite(IEnumerable<double> numbers) => Assert.All(numbers, x => Assert.True(double.IsFinite(x)));
}
