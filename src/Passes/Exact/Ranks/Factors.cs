using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace SiDT.Passes.Exact.Ranks;

/// <summary>A product A B' of two tall matrices in as few columns as its rank.</summary>
internal static class Factors
{
    /// <summary>Singular values below this share of the largest are rounding of 32-bit weights.</summary>
    private const double Precision = 1e-6;

    // pivots that differ by less than this leave no doubt
    private const double Doubt = 1e-4;

    /// <summary>
    /// Whether a tall matrix surely has as many independent columns as it has columns: elimination on a few of its rows.
    /// </summary>
    /// <param name="rows">How many rows it has.</param>
    /// <param name="width">How many columns.</param>
    /// <param name="read">Makes one of its rows.</param>
    public static bool IsSurelyFull(int rows, int width, Func<int, double[]> read)
    {
        int taken = Math.Min(rows, width + 8);
        if (rows < width)
            return false;
        double[][] work = [.. Enumerable.Range(0, taken).Select(i => read((int)((long)i * rows / taken)))];
        double largest = 0;
        for (int p = 0; p < width; p++)
        {
            int best = p;
            for (int i = p + 1; i < taken; i++)
            {
                if (Math.Abs(work[i][p]) > Math.Abs(work[best][p]))
                    best = i;
            }
            (work[p], work[best]) = (work[best], work[p]);
            double pivot = Math.Abs(work[p][p]);
            largest = Math.Max(largest, pivot);
            if (pivot <= Doubt * largest)
                return false;
            for (int i = p + 1; i < taken; i++)
            {
                double factor = work[i][p] / work[p][p];
                Span<double> target = work[i].AsSpan(p), source = work[p].AsSpan(p);
                for (int j = 0; j < target.Length; j++)
                    target[j] -= factor * source[j];
            }
        }
        return true;
    }

    /// <summary>
    /// With A = Qa Ra, B = Qb Rb and Ra Rb' = U S V': A B' = (Qa U S^1/2) (Qb V S^1/2)', of which only columns with S > 0 are needed;
    /// the others are zero.
    /// </summary>
    public static (double[,] A, double[,] B, int Rank) Reduce(double[,] a, double[,] b)
    {
        (Matrix<double> qa, Matrix<double> ra) = Orthogonal(a);
        (Matrix<double> qb, Matrix<double> rb) = Orthogonal(b);
        Svd<double> svd = (ra * rb.Transpose()).Svd();
        int width = a.GetLength(1), rank = svd.S.Count(s => s > Precision * svd.S[0] && s > 0);
        Matrix<double> left = Matrix<double>.Build.Dense(svd.U.RowCount, width), right = Matrix<double>.Build.Dense(svd.VT.ColumnCount, width);
        for (int j = 0; j < rank; j++)
        {
            double root = Math.Sqrt(svd.S[j]);
            left.SetColumn(j, svd.U.Column(j) * root);
            right.SetColumn(j, svd.VT.Row(j) * root);
        }
        return ((qa * left).ToArray(), (qb * right).ToArray(), rank);
    }

    // a matrix with fewer rows than columns needs no orthogonal basis of its own
    private static (Matrix<double> Q, Matrix<double> R) Orthogonal(double[,] matrix)
    {
        Matrix<double> m = Matrix<double>.Build.DenseOfArray(matrix);
        if (m.RowCount <= m.ColumnCount)
            return (Matrix<double>.Build.DenseIdentity(m.RowCount), m);
        QR<double> qr = m.QR(QRMethod.Thin);
        return (qr.Q, qr.R);
    }
}
