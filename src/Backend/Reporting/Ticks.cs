namespace SiDT.Backend.Reporting;

/// <summary>Round numbers along an axis.</summary>
public static class Ticks
{
    private static readonly double[] s_steps = [1, 2, 2.5, 5, 10];

    /// <summary>Multiples of 1, 2, 2.5 or 5 times a power of ten, from at or below <paramref name="low"/> to at or above <paramref name="high"/>.</summary>
    /// <param name="low">The least number that is drawn.</param>
    /// <param name="high">The largest.</param>
    /// <param name="count">About so many steps.</param>
    public static IReadOnlyList<double> Between(double low, double high, int count = 5)
    {
        if (!(high > low))
            (low, high) = (low - Math.Max(0.05, Math.Abs(low) / 10), high + Math.Max(0.05, Math.Abs(high) / 10));
        double rough = (high - low) / count, power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = power * s_steps.First(s => s * power >= rough * (1 - 1e-9));
        long first = (long)Math.Floor((low / step) + 1e-9), last = (long)Math.Ceiling((high / step) - 1e-9);
        return [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => Math.Round((first + i) * step, 12))];
    }
}
