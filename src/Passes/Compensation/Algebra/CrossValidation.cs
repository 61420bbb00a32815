namespace SiDT.Passes.Compensation.Algebra;

/// <summary>The strength of a ridge that predicts best what it was not fitted to.</summary>
/// <param name="Strength">In units of mean(diag G).</param>
/// <param name="Error">The squared error on folds left out, divided by that of predicting the mean of the others: below 1 where fitting pays.</param>
/// <param name="Errors">That figure for each strength tried.</param>
public sealed record CrossValidation(double Strength, double Error, double[] Errors)
{
    /// <summary>10^-3, 10^-2, ..., 10^3.</summary>
    public static IReadOnlyList<double> Strengths { get; } = [.. Enumerable.Range(-3, 7).Select(e => Math.Pow(10, e))];

    /// <summary>
    /// Leaves out one fold after the other (Stone, 1974). All rows of an image, and of whatever was made from it, must lie in one fold:
    /// a mirror image in another fold makes too weak a ridge look good.
    /// </summary>
    /// <param name="folds">At least two, each with rows.</param>
    /// <param name="strengths">Strengths to try; <see cref="Strengths"/> when null.</param>
    /// <exception cref="AlgebraError">There are fewer than two folds, or numbers are not finite.</exception>
    public static CrossValidation Choose(IReadOnlyList<FoldMoments> folds, IReadOnlyList<double>? strengths = null)
    {
        strengths ??= Strengths;
        FoldMoments[] used = [.. folds.Where(f => f.Weight > 0)];
        if (used.Length < 2)
            throw new AlgebraError("a ridge cannot be validated on fewer than two folds");
        FoldMoments total = Sum(used);
        var errors = new double[strengths.Count];
        double plain = 0;
        foreach (FoldMoments left in used)
        {
            FoldMoments train = Sum([total]);
            train.Add(left, -1);
            double[] z0 = [.. train.Z.Select(x => x / train.Weight)], y0 = [.. train.Y.Select(x => x / train.Weight)];
            Matrix g = train.Covariance(), b = train.Cross();
            for (int i = 0; i < errors.Length; i++)
                errors[i] += Math.Max(0, left.Error(Ridge.Solve(g, b, strengths[i]), z0, y0));
            plain += Math.Max(0, left.Error(new Matrix(total.Inputs, total.Outputs), z0, y0));
        }
        double[] relative = [.. errors.Select(e => plain > 0 ? e / plain : 1)];
        Matrix.RequireFinite(relative, "validation errors");
        int best = 0;
        for (int i = 1; i < relative.Length; i++)
        {
            // of equally good ones the stronger
            if (relative[i] <= relative[best])
                best = i;
        }
        return new CrossValidation(strengths[best], relative[best], relative);
    }

    internal static FoldMoments Sum(IReadOnlyList<FoldMoments> folds)
    {
        var total = new FoldMoments(folds[0].Inputs, folds[0].Outputs);
        foreach (FoldMoments fold in folds)
            total.Add(fold);
        return total;
    }
}
