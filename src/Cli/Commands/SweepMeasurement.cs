using SiDT.Backend.Compilation;
using SiDT.Backend.Sweeps;
using SiDT.Frontend;
using SiDT.Runtime;

namespace SiDT.Cli.Commands;

/// <summary>Scores, and latencies where they are asked for, of an original and of all models of a sweep.</summary>
internal sealed class SweepMeasurement : IDisposable
{
    private readonly Session _original;
    private readonly ComparisonGround _ground;
    private readonly bool _bench;
    private readonly CompileRun _run;

    /// <param name="original">The model file.</param>
    /// <param name="data">What the models are scored on; null: the calibration data, else random inputs.</param>
    /// <param name="preprocess">How pictures are prepared.</param>
    /// <param name="bench">Whether latencies are measured.</param>
    /// <param name="run">Settings, and the clock.</param>
    public SweepMeasurement(string original, string? data, string? preprocess, bool bench, CompileRun run)
    {
        (_run, _bench) = (run, bench);
        _original = Session.Open(original, run.Options.Session);
        try
        {
            _ground = new ComparisonGround(_original, data, preprocess, run);
        }
        catch
        {
            _original.Dispose();
            throw;
        }
    }

    /// <summary>What the scores were taken on, as a person says it.</summary>
    public string Ground => _ground.Name;

    /// <summary>The original's, then one for each point.</summary>
    public IReadOnlyList<ModelScore> Scores { get; private set; } = [];

    /// <summary>The original's, then one for each point; null where they are not asked for.</summary>
    public IReadOnlyList<Latency>? Latencies { get; private set; }

    public void Take(IReadOnlyList<SweepPoint> points, IReadOnlyList<CompileResult> results)
    {
        var sessions = new List<Session>();
        try
        {
            foreach (CompileResult result in results)
                sessions.Add(Session.Open(result.Small, _run.Options.Session));
            (string, Session)[] models = [("original", _original), .. points.Zip(sessions, (p, s) => (p.Name, s))];
            Scores = _ground.Score("scoring all models", models);
            if (_bench)
                Latencies = _run.Clock.Run("timing all models", progress => Time(models, progress));
        }
        finally
        {
            sessions.ForEach(s => s.Dispose());
        }
    }

    public void Dispose() => _original.Dispose();

    private IReadOnlyList<Latency> Time((string Name, Session Model)[] models, Action<int, int> progress)
    {
        IReadOnlyDictionary<string, Tensor> feeds = SyntheticInputs.For(_original, _run.Options.Seed);
        var prepared = new List<PreparedRun>();
        try
        {
            BenchSubject[] subjects = [.. models.Select(m => Subject(m.Name, m.Model, feeds, prepared))];
            return PairedBench.Run(subjects, progress: progress, cancel: _run.Clock.Cancel);
        }
        finally
        {
            prepared.ForEach(p => p.Dispose());
        }
    }

    private static BenchSubject Subject(string name, Session model, IReadOnlyDictionary<string, Tensor> feeds, List<PreparedRun> prepared)
    {
        BenchSubject subject = BenchSubject.Of(name, model, feeds, out PreparedRun run);
        prepared.Add(run);
        return subject;
    }
}
