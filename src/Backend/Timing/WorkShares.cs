using System.Diagnostics;
using SiDT.Frontend;
using SiDT.Runtime;

namespace SiDT.Backend.Timing;

/// <summary>Where a graph spends its time, by class of work, as ONNX Runtime's profiler sees it.</summary>
/// <param name="Milliseconds">Time of one run by class.</param>
public sealed record WorkShares(IReadOnlyDictionary<WorkClass, double> Milliseconds)
{
    private const int LeastRuns = 12, MostRuns = 200;

    /// <summary>Milliseconds of all nodes together.</summary>
    public double Total => Milliseconds.Values.Sum();

    /// <summary>Runs a model for about so many seconds with the profiler on.</summary>
    public static WorkShares Of(Func<SessionSettings, Session> open, SessionSettings settings, IReadOnlyDictionary<string, Tensor> feeds, double seconds = 0.6, CancellationToken cancel = default)
    {
        IReadOnlyList<NodeTime> times = NodeTime.Measure(open, settings, session =>
        {
            using PreparedRun run = session.Prepare(feeds);
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < LeastRuns || (i < MostRuns && Stopwatch.GetElapsedTime(start).TotalSeconds < seconds); i++)
            {
                cancel.ThrowIfCancellationRequested();
                run.Run();
            }
        });
        return new WorkShares(times.GroupBy(t => KernelKinds.ClassOfNode(t.Operator)).ToDictionary(g => g.Key, g => g.Sum(t => t.Microseconds) / 1000));
    }
}
