namespace SiDT.Passes.Compensation.Algebra;

/// <summary>
/// Removed positions predicted from kept ones: z_R = A z_K + b. A consumer with extent in space (a convolution) takes it in as
/// W_K + A' W_R at each of its taps.
/// </summary>
/// <param name="Factor">A [removed x kept].</param>
/// <param name="Offset">b [removed].</param>
/// <param name="Loss">What is left of the variance of each removed position [removed], 0 or more.</param>
public sealed record Interpolation(Matrix Factor, double[] Offset, double[] Loss)
{
    /// <summary>A = G_RK (G_KK + ridge)^-1, b = m_R - A m_K.</summary>
    /// <param name="moments">G = E z z' - m m' [n x n].</param>
    /// <param name="mean">m [n].</param>
    /// <param name="removed">Positions to predict.</param>
    /// <param name="kept">Positions to predict them from; may be none, then b is their mean.</param>
    /// <param name="ridge">Strength in units of the mean of the diagonal.</param>
    /// <exception cref="AlgebraError">Sizes do not fit, or numbers are not finite.</exception>
    public static Interpolation Of(Matrix moments, ReadOnlySpan<double> mean, ReadOnlySpan<int> removed, ReadOnlySpan<int> kept, double ridge = 1e-4)
    {
        if (mean.Length != moments.Square("second moments"))
            throw new AlgebraError($"{mean.Length} means do not fit moments of {moments.Rows} positions");
        Matrix.RequireFinite(mean, "means");
        Matrix inner = moments.Select(kept, kept), cross = moments.Select(kept, removed);
        Matrix solved = kept.Length == 0 ? new Matrix(0, removed.Length) : Ridge.Solve(inner, cross, ridge);
        Matrix explained = inner.Times(solved);
        var offset = new double[removed.Length];
        var loss = new double[removed.Length];
        for (int r = 0; r < removed.Length; r++)
        {
            offset[r] = mean[removed[r]];
            loss[r] = moments[removed[r], removed[r]];
            for (int k = 0; k < kept.Length; k++)
            {
                offset[r] -= solved[k, r] * mean[kept[k]];
                loss[r] += solved[k, r] * (explained[k, r] - 2 * cross[k, r]);
            }
            loss[r] = Math.Max(0, loss[r]);
        }
        return new Interpolation(solved.Transpose(), offset, loss);
    }
}
