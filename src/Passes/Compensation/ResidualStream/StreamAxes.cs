using SiDT.Passes.Compensation.Algebra;

namespace SiDT.Passes.Compensation.ResidualStream;

/// <summary>
/// Axes for a narrower stream, the most important first: the best space of every width for what readers make of the stream, half of them taken
/// as they are and half as if they read all directions alike (norms do). With no preference these are the principal axes.
/// </summary>
internal static class StreamAxes
{
    private const double Preference = 0.5;

    /// <param name="moments">G [n x n], not centred.</param>
    /// <param name="need">How much readers make of each direction [n x n], see <see cref="StreamNeed"/>.</param>
    /// <returns>Orthonormal rows [n x n].</returns>
    public static Matrix Of(Matrix moments, Matrix need)
    {
        int n = moments.Rows;
        double trace = need.Trace();
        Matrix metric = trace > 0 ? need.Scaled(Preference * n / trace).Plus(Matrix.Identity(n), 1 - Preference) : Matrix.Identity(n);
        // reduced-rank regression of M^1/2 x on x: the principal axes u of M^1/2 G M^1/2 tell which M^1/2 u to keep
        Matrix root = StreamNeed.Root(metric);
        Symmetric found = Symmetric.Of(root.Times(moments).Times(root).Symmetrized());
        return Orthonormal(found.Vectors.Times(root));
    }

    // Gram and Schmidt, twice for what rounding leaves
    private static Matrix Orthonormal(Matrix rows)
    {
        for (int i = 0; i < rows.Rows; i++)
        {
            for (int pass = 0; pass < 2; pass++)
            {
                for (int j = 0; j < i; j++)
                    Simd.AddScaled(rows.Row(i), -Simd.Dot(rows.Row(i), rows.Row(j)), rows.Row(j));
            }
            double length = Math.Sqrt(Simd.Dot(rows.Row(i), rows.Row(i)));
            foreach (ref double x in rows.Row(i))
                x /= length;
        }
        return rows;
    }
}
