using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Compensation.Statistics;

namespace SiDT.Passes.Compensation.Treatments;

/// <summary>What a consumer is before its dimension is cut, and its fit to what is left.</summary>
internal sealed class ConsumerRefit(Consumer consumer, ReadMoments moments, CompensationOptions options)
{
    public Consumer Consumer { get; } = consumer;

    public ReadMoments Moments { get; } = moments;

    /// <summary>The fit with another basis in place of the given one: z' = basis z, or as it is.</summary>
    /// <param name="kept">Positions that stay.</param>
    /// <param name="basis">[n, n]; null for none.</param>
    /// <param name="inverse">Its inverse.</param>
    public void Fit(int[] kept, Matrix? basis = null, Matrix? inverse = null)
    {
        Matrix weight = Consumer.Weight;
        if (inverse is not null)
            weight = inverse.TransposedTimes(weight);
        var result = new Matrix(weight.Rows, weight.Columns);
        if (!options.Refit || !Moments.IsThere)
        {
            foreach (int p in kept)
                weight.Row(p).CopyTo(result.Row(p));
            Consumer.Weight = result;
            return;
        }
        Matrix covariance = Moments.Covariance;
        double[] mean = Moments.Mean;
        Matrix? cross = Moments.Cross;
        if (basis is not null)
        {
            covariance = basis.Times(covariance).TimesTransposed(basis);
            mean = basis.Times(mean);
            cross = cross is null ? null : basis.Times(cross);
        }
        (Matrix fitted, double[] gain) = Solve(covariance, mean, weight, kept, cross, Moments.MeanDifference);
        for (int i = 0; i < kept.Length; i++)
            fitted.Row(i).CopyTo(result.Row(kept[i]));
        Consumer.Weight = result;
        Consumer.AddToBias(gain);
    }

    // what the operator made of all positions, and a share of what the stream lost before it
    private (Matrix Weight, double[] Bias) Solve(Matrix covariance, double[] mean, Matrix weight, int[] kept, Matrix? cross, double[]? difference)
    {
        Matrix made = covariance.Times(weight), inner = covariance.Select(kept, kept);
        double g = cross is null ? 0 : options.Correction;
        Matrix fitted = Refit.Weight(inner, made.SelectRows(kept), g > 0 ? made.Plus(cross!).SelectRows(kept) : null, new RefitSettings(options.Ridge, options.CorrectionRidge, g));
        double[] was = weight.TransposedTimes(mean), now = fitted.TransposedTimes(kept.Select(p => mean[p]).ToArray());
        var gain = new double[weight.Columns];
        for (int j = 0; j < gain.Length; j++)
            gain[j] = was[j] - now[j] + (g > 0 ? g * difference![j] : 0);
        return (fitted, gain);
    }
}
