namespace SiDT.Passes.Compensation.Algebra;

/// <summary>
/// Axes for a residual stream, sorted by how much passes along them: the principal axes of the sum over all readers of G / tr G, with G
/// uncentred, so that no reader outweighs the others by its scale alone.
/// </summary>
/// <param name="Axes">[n x n], orthonormal rows, the strongest first; the first k rows for width k.</param>
/// <param name="Values">The share of each axis [n]; of a kept direction of ones too, so that they need not fall there.</param>
public sealed record StreamBasis(Matrix Axes, double[] Values)
{
    /// <param name="moments">For each reader E x x' [n x n].</param>
    /// <param name="ones">Whether the direction of ones comes first: the mean that a LayerNorm takes lies there.</param>
    /// <exception cref="AlgebraError">There is no reader, sizes differ, or numbers are not finite.</exception>
    public static StreamBasis Of(IReadOnlyList<Matrix> moments, bool ones)
    {
        if (moments.Count == 0)
            throw new AlgebraError("a stream that nothing reads has no axes");
        int n = moments[0].Square("moments of a stream");
        var sum = new Matrix(n, n);
        foreach (Matrix site in moments)
        {
            double trace = site.Finite("moments of a stream").Trace();
            if (site.Rows != n || site.Columns != n)
                throw new AlgebraError($"moments of {site.Rows} x {site.Columns} do not fit a stream of width {n}");
            if (trace > 0)
                Simd.AddScaled(sum.Data, 1 / trace, site.Data);
        }
        sum.Symmetrized();
        if (!ones || n < 2)
        {
            Symmetric all = Symmetric.Of(sum);
            return new StreamBasis(all.Vectors, all.Values);
        }
        // a reflection that takes the first axis to the direction of ones; the others are then found within the rest
        Matrix mirror = Mirror(n), turned = mirror.Times(sum).Times(mirror);
        int[] rest = [.. Enumerable.Range(1, n - 1)];
        Symmetric others = Symmetric.Of(turned.Select(rest, rest));
        var axes = new Matrix(n, n);
        axes[0, 0] = 1;
        for (int i = 1; i < n; i++)
            others.Vectors.Row(i - 1).CopyTo(axes.Row(i)[1..]);
        return new StreamBasis(axes.Times(mirror), [turned[0, 0], .. others.Values]);
    }

    private static Matrix Mirror(int n)
    {
        var v = new double[n];
        Array.Fill(v, -1 / Math.Sqrt(n));
        v[0] += 1;
        double factor = 2 / Simd.Dot(v, v);
        Matrix mirror = Matrix.Identity(n);
        for (int i = 0; i < n; i++)
            Simd.AddScaled(mirror.Row(i), -factor * v[i], v);
        return mirror;
    }
}
