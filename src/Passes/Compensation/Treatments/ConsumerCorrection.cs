using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Compensation.Statistics;

namespace SiDT.Passes.Compensation.Treatments;

/// <summary>Has a product that nothing is taken from make good a share of what the stream behind it lacks. Only the difference is fitted, so that strong ridges leave what is there.</summary>
/// <param name="consumer">The product.</param>
/// <param name="moments">Of what it reads, and of what its result lacks.</param>
internal sealed class ConsumerCorrection(Consumer consumer, ReadMoments moments)
{
    public ReadMoments Moments { get; } = moments;

    /// <summary>Writes the fit into the graph.</summary>
    /// <param name="kept">Positions that are read.</param>
    /// <param name="share">Of what is lacking.</param>
    /// <param name="ridge">Relative to the mean of the diagonal.</param>
    /// <returns>Null if it was fitted; else why not.</returns>
    public string? Run(int[] kept, double share, double ridge)
    {
        if (!Moments.IsThere || Moments.All.Cross is not { } cross || kept.Length == 0)
            return "its rows cannot be observed";
        Matrix gain;
        try
        {
            gain = Ridge.Solve(Moments.All.Covariance.Select(kept, kept), cross.SelectRows(kept), ridge);
        }
        catch (AlgebraError error)
        {
            return error.Message; // huge numbers of 32 bits leave moments that are none
        }
        double[] mean = Moments.All.Mean;
        double[] shift = gain.TransposedTimes(kept.Select(p => mean[p]).ToArray()), difference = Moments.All.MeanDifference!;
        Matrix weight = consumer.Weight;
        for (int i = 0; i < kept.Length; i++)
            Simd.AddScaled(weight.Row(kept[i]), share, gain.Row(i));
        consumer.Weight = weight;
        consumer.AddToBias([.. difference.Select((d, j) => share * (d - shift[j]))]);
        return null;
    }
}
