using SiDT.Frontend;
using SiDT.Runtime;

namespace SiDT.Backend.Timing;

/// <summary>The latency of one model relative to another's, taken in turns.</summary>
internal static class PairedRatio
{
    private const int Openings = 3, LeastRounds = 25;
    private const double Seconds = 0.5, WarmUpSeconds = 0.1;

    /// <summary>
    /// Median latency of <paramref name="small"/> by that of <paramref name="original"/>. A session's memory lies better or worse for as long
    /// as it lives: both are opened anew a few times, and the middle ratio counts.
    /// </summary>
    public static double Of(Model original, Model small, SessionSettings settings, IReadOnlyDictionary<string, Tensor> feeds, Action<int, int> progress, CancellationToken cancel)
    {
        var ratios = new double[Openings];
        for (int i = 0; i < Openings; i++)
        {
            progress(i, Openings);
            using Session first = Session.Open(original, settings), second = Session.Open(small, settings);
            BenchSubject[] subjects = [BenchSubject.Of("before", first, feeds, out PreparedRun before), BenchSubject.Of("after", second, feeds, out PreparedRun after)];
            using (before)
            using (after)
                ratios[i] = PairedBench.Run(subjects, new BenchSettings(Seconds, WarmUpSeconds, LeastRounds), cancel: cancel)[1].Ratio.Value;
        }
        Array.Sort(ratios);
        return ratios[Openings / 2];
    }
}
