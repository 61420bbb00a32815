namespace SiDT.Passes.Compensation.Algebra;

/// <summary>How strongly a refit is held back.</summary>
/// <param name="Ridge">Strength of the local fit, in units of mean(diag G).</param>
/// <param name="CorrectionRidge">Strength of the fit to what the local one leaves of the full target.</param>
/// <param name="Correction">g: the share of that correction, 0 to 1; 0 fits the local target alone.</param>
public sealed record RefitSettings(double Ridge = 1e-4, double CorrectionRidge = 0.1, double Correction = 0.5);

/// <summary>What a consumer would have to add so that the stream is the original's: r = original stream behind - cut stream in front.</summary>
/// <param name="Cross">R = E z r' - mz mr' [n x out], n the positions of z before anything goes.</param>
/// <param name="Mean">mr = E r [out].</param>
public sealed record FullTarget(Matrix Cross, double[] Mean);

/// <summary>A refitted linear consumer y = z W + bias.</summary>
/// <param name="Weight">[kept x out].</param>
/// <param name="Bias">The new bias [out].</param>
/// <param name="BiasChange">New bias minus old [out].</param>
/// <param name="Loss">
/// What is left of the local target: the trace of (W0 - W)' G (W0 - W), W with zeros where positions went; the bias takes the means.
/// In squared units of y, summed over outputs, 0 when everything is kept.
/// </param>
public sealed record RefitResult(Matrix Weight, double[] Bias, double[] BiasChange, double Loss);

/// <summary>
/// The weight of a linear consumer that reads only part of what it read, by least squares on second moments:
/// W1 = ridge(G, B), W2 = ridge(G, R - G W1), W = W1 + g W2, bias = (1-g) my + g mr - W' mz.
/// </summary>
public static class Refit
{
    /// <summary>Refits to kept positions of z.</summary>
    /// <param name="moments">G = E z z' - mz mz' [n x n] over all positions.</param>
    /// <param name="mean">mz = E z [n].</param>
    /// <param name="weight">The original W [n x out].</param>
    /// <param name="bias">The original bias [out]; null where there is none.</param>
    /// <param name="kept">Positions of z that stay, in the order of the new weight's rows; may be none.</param>
    /// <param name="target">The full target; null for the local one alone.</param>
    /// <param name="settings">Strengths.</param>
    /// <exception cref="AlgebraError">Sizes do not fit, or numbers are not finite.</exception>
    public static RefitResult ToPositions(
        Matrix moments, ReadOnlySpan<double> mean, Matrix weight, ReadOnlySpan<double> bias, ReadOnlySpan<int> kept, FullTarget? target, RefitSettings settings)
    {
        Check(moments, mean, weight, bias, target);
        int[] all = [.. Enumerable.Range(0, moments.Rows)];
        Matrix inner = moments.Select(kept, kept), fromAll = moments.Select(kept, all);
        var means = new double[kept.Length];
        for (int i = 0; i < means.Length; i++)
            means[i] = mean[kept[i]];
        FullTarget? part = target is null ? null : target with { Cross = target.Cross.SelectRows(kept) };
        return Finish(moments, mean, weight, bias, inner, fromAll.Times(weight), means, part, settings);
    }

    /// <summary>Refits to z' = P z, for consumers of a rotated and narrowed input.</summary>
    /// <param name="transform">P [k x n].</param>
    /// <inheritdoc cref="ToPositions"/>
    public static RefitResult ToTransformed(
        Matrix moments, ReadOnlySpan<double> mean, Matrix weight, ReadOnlySpan<double> bias, Matrix transform, FullTarget? target, RefitSettings settings)
    {
        Check(moments, mean, weight, bias, target);
        if (transform.Columns != moments.Rows)
            throw new AlgebraError($"a transform of {transform.Columns} positions does not fit moments of {moments.Rows}");
        Matrix half = transform.Times(moments);
        FullTarget? part = target is null ? null : target with { Cross = transform.Times(target.Cross) };
        return Finish(moments, mean, weight, bias, half.TimesTransposed(transform).Symmetrized(), half.Times(weight), transform.Times(mean), part, settings);
    }

    /// <summary>W1 + g W2 alone, from moments of what is kept.</summary>
    /// <param name="moments">G [k x k].</param>
    /// <param name="cross">B = E z y' - mz my' [k x out].</param>
    /// <param name="target">R [k x out]; null for the local target alone.</param>
    /// <exception cref="AlgebraError">Sizes do not fit, or numbers are not finite.</exception>
    public static Matrix Weight(Matrix moments, Matrix cross, Matrix? target, RefitSettings settings)
    {
        if (moments.Rows == 0)
            return new Matrix(0, cross.Columns);
        Matrix local = Ridge.Solve(moments, cross, settings.Ridge);
        if (target is null || settings.Correction == 0)
            return local;
        Matrix left = target.Plus(moments.Times(local), -1);
        return local.Plus(Ridge.Solve(moments, left, settings.CorrectionRidge), settings.Correction);
    }

    private static RefitResult Finish(
        Matrix moments, ReadOnlySpan<double> mean, Matrix weight, ReadOnlySpan<double> bias,
        Matrix inner, Matrix cross, double[] means, FullTarget? target, RefitSettings settings)
    {
        Matrix fitted = Weight(inner, cross, target?.Cross, settings);
        double g = target is null ? 0 : settings.Correction;
        double[] output = weight.TransposedTimes(mean), now = fitted.TransposedTimes(means);
        var after = new double[weight.Columns];
        var change = new double[weight.Columns];
        for (int i = 0; i < after.Length; i++)
        {
            double before = bias.Length == 0 ? 0 : bias[i];
            after[i] = (1 - g) * (output[i] + before) + (target is null ? 0 : g * target.Mean[i]) - now[i];
            change[i] = after[i] - before;
        }
        double loss = weight.Inner(moments.Times(weight)) - 2 * fitted.Inner(cross) + fitted.Inner(inner.Times(fitted));
        Matrix.RequireFinite(fitted.Data, "refitted weights");
        return new RefitResult(fitted, after, change, Math.Max(0, loss));
    }

    private static void Check(Matrix moments, ReadOnlySpan<double> mean, Matrix weight, ReadOnlySpan<double> bias, FullTarget? target)
    {
        int n = moments.Square("second moments");
        if (mean.Length != n || weight.Rows != n || (bias.Length != 0 && bias.Length != weight.Columns))
            throw new AlgebraError($"moments of {n} positions, {mean.Length} means, a weight of {weight.Rows} x {weight.Columns} and {bias.Length} biases do not fit together");
        if (target is not null && (target.Cross.Rows != n || target.Cross.Columns != weight.Columns || target.Mean.Length != weight.Columns))
            throw new AlgebraError($"target moments of {target.Cross.Rows} x {target.Cross.Columns} do not fit a weight of {weight.Rows} x {weight.Columns}");
        Matrix.RequireFinite(mean, "means");
        Matrix.RequireFinite(weight.Data, "weights");
        Matrix.RequireFinite(bias, "biases");
        Matrix.RequireFinite(target is null ? [] : target.Mean, "means");
    }
}
