using System.Diagnostics;

namespace SiDT.Backend.Compilation;

/// <summary>Runs stages one after the other: tells how far they are, takes their times, and stops between them.</summary>
public sealed class StageClock(IProgress<StageProgress>? progress = null, CancellationToken cancel = default)
{
    private readonly List<StageTime> _times = [];

    /// <summary>The stages that are finished, in the order they ran.</summary>
    public IReadOnlyList<StageTime> Times => _times;

    public CancellationToken Cancel { get; } = cancel;

    /// <summary>Runs a stage that gives nothing.</summary>
    public void Run(string stage, Action work) => Run(stage, () =>
    {
        work();
        return true;
    });

    /// <summary>Runs a stage.</summary>
    public T Run<T>(string stage, Func<T> work) => Run(stage, _ => work());

    /// <summary>Runs a stage that says how far it is.</summary>
    /// <exception cref="OperationCanceledException">Someone asked to stop.</exception>
    public T Run<T>(string stage, Func<Action<int, int>, T> work)
    {
        Cancel.ThrowIfCancellationRequested();
        progress?.Report(new StageProgress(stage, 0, 1));
        long start = Stopwatch.GetTimestamp();
        T result = work((done, total) =>
        {
            Cancel.ThrowIfCancellationRequested();
            progress?.Report(new StageProgress(stage, done, total));
        });
        _times.Add(new StageTime(stage, Stopwatch.GetElapsedTime(start).TotalSeconds));
        progress?.Report(new StageProgress(stage, 1, 1));
        return result;
    }
}

/// <summary>How long a stage took.</summary>
public sealed record StageTime(string Stage, double Seconds);
