using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Compensation.Statistics;

namespace SiDT.Passes.Compensation.Treatments;

/// <summary>What a consumer is before its dimension is cut, and its fit to what is left.</summary>
internal sealed class ConsumerRefit(Consumer consumer, ReadMoments moments, CompensationOptions options)
{
    private double? _ridge;

    public Consumer Consumer { get; } = consumer;

    public ReadMoments Moments { get; } = moments;

    /// <summary>Whether it is known what the stream lacks.</summary>
    public bool HasTarget => options.Correction > 0 && Moments is { IsThere: true, All.HasTarget: true };

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
        foreach (int p in kept)
            weight.Row(p).CopyTo(result.Row(p));
        if (!options.Refit || !Moments.IsThere)
        {
            Consumer.Weight = result;
            return;
        }
        // What stays does what it did; what is fitted is what goes. So a strong ridge leaves the weight that was cut.
        Matrix going = weight.Plus(result, -1);
        Terms terms = TermsOf(Moments.All, basis);
        double g = HasTarget ? share : 0;
        FullTarget? target = g > 0 ? new FullTarget(terms.Covariance.Times(going).Plus(terms.Cross!), [.. going.TransposedTimes(terms.Mean).Zip(Moments.All.MeanDifference!, (y, d) => y + d)]) : null;
        var settings = new RefitSettings(_ridge ??= LocalRidge(kept, going, basis), options.CorrectionRidge, g);
        RefitResult fit = Refit.ToPositions(terms.Covariance, terms.Mean, going, [], kept, target, settings);
        for (int i = 0; i < kept.Length; i++)
            Simd.AddScaled(result.Row(kept[i]), 1, fit.Weight.Row(i));
        Consumer.Weight = result;
        Consumer.AddToBias(fit.BiasChange);
    }

    private readonly record struct Terms(Matrix Covariance, double[] Mean, Matrix? Cross);

    private static Terms TermsOf(ReadSums sums, Matrix? basis) => basis is null
        ? new Terms(sums.Covariance, sums.Mean, sums.Cross)
        : new Terms(basis.Times(sums.Covariance).TimesTransposed(basis), basis.Times(sums.Mean), sums.Cross is { } cross ? basis.Times(cross) : null);

    /// <summary>The ridge that loses least on rows that it was not fitted to, where rows are few; the usual one where they are many. Found once: other sizes like the same.</summary>
    private double LocalRidge(int[] kept, Matrix going, Matrix? basis)
    {
        if (Moments.All.Weight > EnoughRows * going.Rows || Moments.Parts is not { } parts || kept.Length == 0)
            return options.Ridge;
        Terms fitted = TermsOf(parts.Fitted, basis), aside = TermsOf(parts.Aside, basis);
        Matrix inner = fitted.Covariance.Select(kept, kept), made = fitted.Covariance.Times(going).SelectRows(kept);
        Matrix others = aside.Covariance.Select(kept, kept), wanted = aside.Covariance.Times(going).SelectRows(kept);
        (double ridge, double least) = (options.Ridge, double.PositiveInfinity);
        foreach (double strength in s_ridges)
        {
            Matrix fit = Ridge.Solve(inner, made, strength);
            double loss = fit.Inner(others.Times(fit)) - (2 * fit.Inner(wanted)); // but for what does not depend on the fit
            if (loss < least)
                (ridge, least) = (strength, loss);
        }
        return ridge;
    }

    // so many rows for each position of what is read are enough for the usual ridge
    private const int EnoughRows = 20;

    private static readonly double[] s_ridges = [1e-4, 1e-3, 1e-2, 0.1, 1];
}
