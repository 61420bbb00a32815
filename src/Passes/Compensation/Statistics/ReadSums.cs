using SiDT.Passes.Compensation.Algebra;

namespace SiDT.Passes.Compensation.Statistics;

/// <summary>
/// Weighted sums over rows of what a consumer reads, z, and of what its result lacks of the target, d: first and second moments.
/// </summary>
/// <param name="width">Positions of z.</param>
/// <param name="outputs">Positions of d; 0 without a target.</param>
internal sealed class ReadSums(int width, int outputs)
{
    private const double Rounding = 3e-6;

    private readonly Matrix _seconds = new(width, width), _crosses = new(width, outputs);
    private readonly double[] _firsts = new double[width], _differences = new double[outputs];

    /// <summary>Sum of the weights of all rows.</summary>
    public double Weight { get; private set; }

    /// <summary>Whether there is a target.</summary>
    public bool HasTarget => outputs > 0;

    /// <summary>E z.</summary>
    public double[] Mean => [.. _firsts.Select(s => s / Weight)];

    /// <summary>E z z', not centred.</summary>
    public Matrix Second => _seconds.Scaled(1 / Weight);

    /// <summary>E z z' - E z E z'.</summary>
    public Matrix Covariance
    {
        get
        {
            // where the mean is all there is, centring leaves the rounding of 32 bits
            Matrix second = Second, centred = Centred(second, Mean, Mean);
            double rounding = Rounding * second.Trace() / Math.Max(1, second.Rows);
            for (int i = 0; i < centred.Rows; i++)
                centred[i, i] += rounding;
            return centred;
        }
    }

    /// <summary>E d; null without a target.</summary>
    public double[]? MeanDifference => outputs == 0 ? null : [.. _differences.Select(s => s / Weight)];

    /// <summary>E z d' - E z E d'; null without a target.</summary>
    public Matrix? Cross => outputs == 0 ? null : Centred(_crosses.Scaled(1 / Weight), Mean, MeanDifference!);

    /// <summary>Adds the sums of a batch.</summary>
    public void Add(ReadOnlySpan<float> seconds, ReadOnlySpan<float> firsts, double weight, ReadOnlySpan<float> crosses, ReadOnlySpan<float> differences)
    {
        Add(_seconds.Data, seconds);
        Add(_firsts, firsts);
        Weight += weight;
        if (outputs == 0)
            return;
        Add(_crosses.Data, crosses);
        Add(_differences, differences);
    }

    /// <summary>The sums of these rows and of others, which count <paramref name="times"/> as much; with a target where both have one.</summary>
    public ReadSums Plus(ReadSums other, double times = 1)
    {
        var sum = new ReadSums(width, other.HasTarget ? outputs : 0) { Weight = Weight + (times * other.Weight) };
        foreach ((ReadSums part, double factor) in new[] { (this, 1), (other, times) })
        {
            Simd.AddScaled(sum._seconds.Data, factor, part._seconds.Data);
            Simd.AddScaled(sum._firsts, factor, part._firsts);
            if (!sum.HasTarget || !part.HasTarget)
                continue;
            Simd.AddScaled(sum._crosses.Data, factor, part._crosses.Data);
            Simd.AddScaled(sum._differences, factor, part._differences);
        }
        return sum;
    }

    private static void Add(Span<double> sums, ReadOnlySpan<float> batch)
    {
        for (int i = 0; i < sums.Length; i++)
            sums[i] += batch[i];
    }

    private static Matrix Centred(Matrix second, double[] left, double[] right)
    {
        Matrix result = second.Copy();
        for (int i = 0; i < left.Length; i++)
        {
            Span<double> row = result.Row(i);
            for (int j = 0; j < right.Length; j++)
                row[j] -= left[i] * right[j];
        }
        return result;
    }
}
