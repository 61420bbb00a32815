using SiDT.Backend.Compilation;
using SiDT.Backend.Reporting;
using SiDT.Cli.Entry;
using SiDT.Cli.Options;
using SiDT.Cli.Printing;
using SiDT.Frontend;
using SiDT.Runtime;

namespace SiDT.Cli.Commands;

/// <summary><c>sidtc bench MODEL...</c>.</summary>
internal sealed class BenchVerb : Verb
{
    private readonly Operand _models = new("MODEL", "ONNX files; ratios are relative to the first", many: true);
    private readonly BenchOptions _bench = new();
    private readonly RunOptions _run = new();

    public BenchVerb()
        : base("bench", "measure the latency of models in turns")
    {
        Add(_models);
        Add(_bench, _run);
    }

    public override string Remarks =>
        "Runs the models in turns (A B A B ...) on random inputs, so that what disturbs the machine disturbs all alike. The interval of a ratio is a paired bootstrap at 95 %.";

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("sidtc bench vit.onnx small.onnx --threads 1", "latency of one sample on one thread"),
        ("sidtc bench vit.onnx small.onnx --batch 16 --seconds 1", "sixteen at once, for at least a second each"),
    ];

    public override int Run(Request request)
    {
        using var progress = new ProgressLine(request.Terminal, _run.Quiet(request.Words));
        var clock = new StageClock(progress, request.Cancel);
        using var models = OpenModels.From(_models.Values(request.Words), _run.Session(request.Words));
        BenchSettings settings = _bench.Read(request.Words) with { Seed = _run.Seed(request.Words) };
        IReadOnlyDictionary<string, Tensor> feeds = SyntheticInputs.For(models.Sessions[0].Model, settings.Seed, _bench.BatchSize(request.Words));
        var prepared = new List<PreparedRun>();
        BenchSubject[] subjects = [.. models.Sessions.Select(s => Subject(s.Name, s.Model, feeds, prepared))];
        IReadOnlyList<Latency> latencies = clock.Run("timing", report => PairedBench.Run(subjects, settings, report, request.Cancel));
        prepared.ForEach(p => p.Dispose());
        progress.Dispose();
        if (_run.Json(request.Words))
            request.Terminal.Out.Write(new Report("bench") { Latency = latencies, Stages = clock.Times }.ToJson());
        else if (!_run.Quiet(request.Words))
            LatencyTable.Write(latencies, request.Terminal.Results);
        return ExitCodes.Done;
    }

    private static BenchSubject Subject(string name, Session model, IReadOnlyDictionary<string, Tensor> feeds, List<PreparedRun> prepared)
    {
        BenchSubject subject = BenchSubject.Of(name, model, feeds, out PreparedRun run);
        prepared.Add(run);
        return subject;
    }
}
