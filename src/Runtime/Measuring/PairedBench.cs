using System.Diagnostics;

namespace SiDT.Runtime;

/// <summary>
/// Latency of several models, taken in turns (A B A B ...), so that what disturbs the machine for a while disturbs all alike.
/// </summary>
public static class PairedBench
{
    private const int LeastWarmUps = 3;

    /// <summary>Measures; results are in the order of the subjects.</summary>
    /// <param name="subjects">What to run; ratios are relative to the first.</param>
    /// <param name="settings">How long.</param>
    /// <param name="progress">Told the rounds done and the rounds expected.</param>
    /// <param name="cancel">Stops between runs.</param>
    public static IReadOnlyList<Latency> Run(
        IReadOnlyList<BenchSubject> subjects, BenchSettings? settings = null, Action<int, int>? progress = null, CancellationToken cancel = default)
    {
        settings ??= new BenchSettings();
        double slowest = subjects.Max(s => WarmUp(s, settings, cancel));
        double wanted = slowest > 0 ? settings.Seconds / slowest : settings.MostRounds;
        int expected = (int)Math.Clamp(wanted, settings.LeastRounds, Math.Max(settings.LeastRounds, settings.MostRounds));
        var times = subjects.Select(_ => new List<double>()).ToArray();
        var spent = new double[subjects.Count];
        int round = 0;
        while (round < settings.LeastRounds || (round < settings.MostRounds && spent.Min() < settings.Seconds))
        {
            for (int i = 0; i < subjects.Count; i++)
            {
                cancel.ThrowIfCancellationRequested();
                double seconds = Time(subjects[i]);
                times[i].Add(seconds * 1000);
                spent[i] += seconds;
            }
            round++;
            progress?.Invoke(round, Math.Max(expected, round));
        }
        return Summarize([.. subjects.Select(s => s.Name)], [.. times.Select(t => t.ToArray())], settings);
    }

    /// <summary>Medians, percentiles and ratios of times that were taken in turns: <paramref name="times"/>[model][round].</summary>
    public static IReadOnlyList<Latency> Summarize(IReadOnlyList<string> names, IReadOnlyList<double[]> times, BenchSettings settings)
    {
        double[] first = Sorted(times[0]);
        return [.. names.Select((name, i) =>
        {
            double[] sorted = Sorted(times[i]);
            double median = Quantile(sorted, 0.5);
            LatencyRatio ratio = i == 0 ? new LatencyRatio(1, 1, 1) : Ratio(times[0], times[i], median / Quantile(first, 0.5), settings);
            return new Latency(name, median, Quantile(sorted, 0.95), sorted[0], sorted.Length, ratio);
        })];
    }

    /// <summary>Rounds are drawn with replacement, both models' times of a round together.</summary>
    private static LatencyRatio Ratio(double[] reference, double[] times, double ratio, BenchSettings settings)
    {
        var random = new Random(settings.Seed);
        int rounds = times.Length;
        var a = new double[rounds];
        var b = new double[rounds];
        var ratios = new double[settings.Resamples];
        for (int sample = 0; sample < ratios.Length; sample++)
        {
            for (int i = 0; i < rounds; i++)
            {
                int round = random.Next(rounds);
                a[i] = reference[round];
                b[i] = times[round];
            }
            Array.Sort(a);
            Array.Sort(b);
            ratios[sample] = Quantile(b, 0.5) / Quantile(a, 0.5);
        }
        Array.Sort(ratios);
        return ratios.Length == 0 ? new LatencyRatio(ratio, ratio, ratio) : new LatencyRatio(ratio, Quantile(ratios, 0.025), Quantile(ratios, 0.975));
    }

    /// <summary>Seconds of a run once the model is warm.</summary>
    private static double WarmUp(BenchSubject subject, BenchSettings settings, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        double last = 0;
        for (int run = 0; run < LeastWarmUps || clock.Elapsed.TotalSeconds < settings.WarmUpSeconds; run++)
        {
            cancel.ThrowIfCancellationRequested();
            last = Time(subject);
        }
        return last;
    }

    private static double Time(BenchSubject subject)
    {
        long start = Stopwatch.GetTimestamp();
        subject.Run();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double[] Sorted(double[] values)
    {
        double[] sorted = [.. values];
        Array.Sort(sorted);
        return sorted;
    }

    /// <summary>The value below which a share of sorted numbers lies, interpolated.</summary>
    private static double Quantile(double[] sorted, double share)
    {
        double position = share * (sorted.Length - 1);
        int below = (int)position;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((position - below) * (sorted[above] - sorted[below]));
    }
}
