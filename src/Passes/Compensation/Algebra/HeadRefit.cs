namespace SiDT.Passes.Compensation.Algebra;

/// <summary>
/// What is added to the last layer so that the outputs come back to the original's: a ridge fit of the difference between the two on the
/// features that the layer reads. Only the difference is fitted: with a strong ridge the old layer is what remains.
/// </summary>
/// <param name="WeightChange">[n x out], added to a weight that is multiplied from the right.</param>
/// <param name="BiasChange">[out].</param>
/// <param name="Validation">How its strength was chosen; an error of 1 or more says that the change does not pay.</param>
public sealed record HeadRefit(Matrix WeightChange, double[] BiasChange, CrossValidation Validation)
{
    /// <param name="folds">Sums with z the features and y = original's outputs - cut network's, centred over classes where only differences count.</param>
    /// <exception cref="AlgebraError">There are fewer than two folds, or numbers are not finite.</exception>
    public static HeadRefit Of(IReadOnlyList<FoldMoments> folds)
    {
        CrossValidation validation = CrossValidation.Choose(folds);
        FoldMoments total = CrossValidation.Sum([.. folds.Where(f => f.Weight > 0)]);
        Matrix weight = Ridge.Solve(total.Covariance(), total.Cross(), validation.Strength);
        double[] bias = [.. total.Y.Select(y => y / total.Weight)];
        Simd.AddScaled(bias, -1 / total.Weight, weight.TransposedTimes(total.Z));
        return new HeadRefit(weight, bias, validation);
    }
}
