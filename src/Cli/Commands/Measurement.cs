using SiDT.Backend.Timing;
using SiDT.Frontend;
using SiDT.Runtime;

namespace SiDT.Cli.Commands;

/// <summary>Scores and latencies of the original and of what was made of it.</summary>
internal sealed class Measurement : IDisposable
{
    private readonly string _path;
    private readonly Session _original;
    private readonly ComparisonGround? _ground;
    private readonly bool _bench;
    private readonly bool _profile;
    private readonly CompileRun _run;

    // a page shows what came out although nobody said what to score on; so many samples are enough for that
    private const int Shown = 64;

    /// <summary>Opens model and data at once, so that what is wrong with them is known before the work is done.</summary>
    /// <param name="original">The model file.</param>
    /// <param name="data">What both models are scored on; null where nobody said.</param>
    /// <param name="preprocess">How pictures are prepared.</param>
    /// <param name="score">Whether they are scored on something else without <paramref name="data"/>.</param>
    /// <param name="bench">Whether their latency is measured.</param>
    /// <param name="profile">Whether it is shown where their time goes.</param>
    /// <param name="run">Settings, and the clock.</param>
    public Measurement(string original, string? data, string? preprocess, bool score, bool bench, bool profile, CompileRun run)
    {
        _run = run;
        _path = original;
        _bench = bench;
        _profile = bench || profile;
        _original = Session.Open(original, run.Options.Session);
        try
        {
            _ground = data is null && !score ? null : new ComparisonGround(_original, data, preprocess, run, Shown);
        }
        catch
        {
            _original.Dispose();
            throw;
        }
    }

    /// <summary>What the scores were taken on, as a person says it; null where there are none.</summary>
    public string? Ground => _ground?.Name;

    /// <summary>Null where nothing is scored.</summary>
    public IReadOnlyList<ModelScore>? Scores { get; private set; }

    /// <summary>Null without <c>--bench</c>.</summary>
    public IReadOnlyList<Latency>? Latencies { get; private set; }

    /// <summary>Where the time goes; null where latency was neither asked for nor measured.</summary>
    public WorkChange? Work { get; private set; }

    public void Take(Model small)
    {
        using Session session = Session.Open(small, _run.Options.Session);
        Scores = _ground?.Score("scoring both models", [("before", _original), ("after", session)]);
        if (_bench)
            Latencies = _run.Clock.Run("timing both models", progress => Time(session, progress));
        if (_profile)
            Work = _run.Clock.Run("profiling both models", () => Profile(small));
    }

    public void Dispose() => _original.Dispose();

    private WorkChange Profile(Model small)
    {
        IReadOnlyDictionary<string, Tensor> feeds = SyntheticInputs.For(_original, _run.Options.Seed);
        WorkShares Of(Func<SessionSettings, Session> open) => WorkShares.Of(open, _run.Options.Session, feeds, cancel: _run.Clock.Cancel);
        return WorkChange.Of(Of(s => Session.Open(_path, s)), Of(s => Session.Open(small, s)));
    }

    private IReadOnlyList<Latency> Time(Session small, Action<int, int> progress)
    {
        IReadOnlyDictionary<string, Tensor> feeds = SyntheticInputs.For(_original, _run.Options.Seed);
        BenchSubject[] subjects = [BenchSubject.Of("before", _original, feeds, out PreparedRun before), BenchSubject.Of("after", small, feeds, out PreparedRun after)];
        using (before)
        using (after)
            return PairedBench.Run(subjects, progress: progress, cancel: _run.Clock.Cancel);
    }
}
