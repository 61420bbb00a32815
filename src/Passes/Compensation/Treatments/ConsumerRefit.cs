using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Compensation.Statistics;

namespace SiDT.Passes.Compensation.Treatments;

/// <summary>What a consumer is before its dimension is cut, and its fit to what is left.</summary>
internal sealed class ConsumerRefit(Consumer consumer, ReadMoments moments, CompensationOptions options)
{
    public Consumer Consumer { get; } = consumer;

    public ReadMoments Moments { get; } = moments;

    /// <summary>Whether it is known what the stream lacks.</summary>
    public bool HasTarget => options.Correction > 0 && Moments is { IsThere: true, Cross: not null };

    /// <summary>The fit with another basis in place of the given one: z' = basis z, or as it is.</summary>
    /// <param name="kept">Positions that stay.</param>
    /// <param name="share">The share of the stream's error that is made good.</param>
    /// <param name="basis">[n, n]; null for none.</param>
    /// <param name="inverse">Its inverse.</param>
    public void Fit(int[] kept, double share, Matrix? basis = null, Matrix? inverse = null)
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
        double g = HasTarget ? share : 0;
        FullTarget? target = g > 0 ? Target(covariance.Times(weight).Plus(cross!), weight, mean) : null;
        RefitResult fit = Refit.ToPositions(covariance, mean, weight, [], kept, target, new RefitSettings(options.Ridge, options.CorrectionRidge, g));
        for (int i = 0; i < kept.Length; i++)
            fit.Weight.Row(i).CopyTo(result.Row(kept[i]));
        Consumer.Weight = result;
        Consumer.AddToBias(fit.BiasChange);
    }

    private FullTarget Target(Matrix made, Matrix weight, double[] mean)
    {
        double[] whole = weight.TransposedTimes(mean), lacking = Moments.MeanDifference!;
        return new FullTarget(made, [.. whole.Zip(lacking, (y, d) => y + d)]);
    }
}
