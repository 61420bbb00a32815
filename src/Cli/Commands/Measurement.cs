using SiDT.Backend.Timing;
using SiDT.Frontend;
using SiDT.Runtime;

namespace SiDT.Cli.Commands;

/// <summary>Scores and latencies of the original and of what was made of it.</summary>
internal sealed class Measurement : IDisposable
{
    private readonly string _path;
    private readonly Session _original;
    private readonly DataSet? _data;
    private readonly bool _bench;
    private readonly bool _profile;
    private readonly CompileRun _run;

    /// <summary>Opens model and data at once, so that what is wrong with them is known before the work is done.</summary>
    public Measurement(string original, string? data, string? preprocess, bool bench, bool profile, CompileRun run)
    {
        _run = run;
        _path = original;
        _bench = bench;
        _profile = bench || profile;
        _original = Session.Open(original, run.Options.Session);
        try
        {
            _data = data is null ? null : DataSet.Open(data, _original, preprocess);
        }
        catch
        {
            _original.Dispose();
            throw;
        }
    }

    /// <summary>Null without data.</summary>
    public IReadOnlyList<ModelScore>? Scores { get; private set; }

    /// <summary>Null without <c>--bench</c>.</summary>
    public IReadOnlyList<Latency>? Latencies { get; private set; }

    /// <summary>Where the time goes; null where latency was neither asked for nor measured.</summary>
    public WorkChange? Work { get; private set; }

    public void Take(Model small)
    {
        using Session session = Session.Open(small, _run.Options.Session);
        if (_data is not null)
            Scores = _run.Clock.Run("scoring both models", progress => Evaluation.Run([("before", _original), ("after", session)], _data, progress: progress, cancel: _run.Clock.Cancel));
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
