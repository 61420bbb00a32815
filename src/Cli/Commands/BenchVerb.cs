using SiDT.Backend.Compilation;
using SiDT.Backend.Outputs;
using SiDT.Backend.Reporting;
using SiDT.Backend.Timing;
using SiDT.Cli.Entry;
using SiDT.Cli.Options;
using SiDT.Cli.Printing;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Runtime;
using Spectre.Console;

namespace SiDT.Cli.Commands;

/// <summary><c>sidtc bench MODEL...</c>.</summary>
internal sealed class BenchVerb : Verb
{
    private readonly Operand _models = new("MODEL", "ONNX files; ratios are relative to the first", many: true, optional: true);
    private readonly BenchOptions _bench = new();
    private readonly RunOptions _run = new();

    public BenchVerb()
        : base("bench", "measure the latency of models in turns, or the costs of operators")
    {
        Add(_models);
        Add(_bench, _run);
    }

    public override string Remarks =>
        "Runs the models in turns (A B A B ...) on random inputs, so that what disturbs the machine disturbs all alike. The interval of a ratio is a paired bootstrap at 95 %. With --table, measures how long ONNX Runtime takes for single operators at many sizes instead, for budgets of latency on another machine.";

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("sidtc bench vit.onnx small.onnx --threads 1", "latency of one sample on one thread"),
        ("sidtc bench vit.onnx small.onnx --batch 16 --seconds 1", "sixteen at once, for at least a second each"),
        ("sidtc bench vit.onnx small.onnx --profile --threads 1", "and where the time goes, by operator and by block"),
        ("sidtc bench --table -o table.json vit.onnx", "what the operators of a model cost here, at all sizes it may be cut to"),
    ];

    public override int Run(Request request)
    {
        string[] paths = _models.Values(request.Words);
        if (_bench.Table(request.Words))
            return WriteTable(request, paths);
        if (paths.Length == 0)
            throw new UsageError("'bench' needs MODEL... (ONNX files), or --table; 'sidtc bench --help' shows examples");
        using var progress = new ProgressLine(request.Terminal, _run.Quiet(request.Words));
        var clock = new StageClock(progress, request.Cancel);
        SessionSettings session = _bench.Session(request.Words, _run.Session(request.Words));
        IReadOnlyList<ModelMemory> memory = Memory(paths, session, _bench.BatchSize(request.Words), clock);
        using var models = OpenModels.From(paths, session);
        BenchSettings settings = _bench.Read(request.Words) with { Seed = _run.Seed(request.Words) };
        IReadOnlyDictionary<string, Tensor> feeds = SyntheticInputs.For(models.Sessions[0].Model, settings.Seed, _bench.BatchSize(request.Words));
        var prepared = new List<PreparedRun>();
        BenchSubject[] subjects = [.. models.Sessions.Select(s => Subject(s.Name, s.Model, feeds, prepared))];
        IReadOnlyList<Latency> latencies = clock.Run("timing", report => PairedBench.Run(subjects, settings, report, request.Cancel));
        prepared.ForEach(p => p.Dispose());
        IReadOnlyList<ModelProfile>? profiles = _bench.Profile(request.Words) ? clock.Run("profiling", report => Profile(paths, session, feeds, report, request.Cancel)) : null;
        progress.Dispose();
        if (_run.Json(request.Words))
            request.Terminal.Out.Write(new Report("bench") { Latency = latencies, Memory = memory.Count > 0 ? memory : null, Profiles = profiles, Stages = clock.Times }.ToJson());
        else if (!_run.Quiet(request.Words))
            Write(latencies, memory, profiles, request.Terminal.Results);
        return ExitCodes.Done;
    }

    private static void Write(IReadOnlyList<Latency> latencies, IReadOnlyList<ModelMemory> memory, IReadOnlyList<ModelProfile>? profiles, IAnsiConsole console)
    {
        LatencyTable.Write(latencies, memory, console);
        if (profiles is not null)
            ProfileTable.Write(profiles, console);
    }

    /// <summary>What each model needs when it is alone: loaded, run three times, closed. Empty where the system does not tell.</summary>
    private static IReadOnlyList<ModelMemory> Memory(string[] paths, SessionSettings settings, int batch, StageClock clock) => clock.Run("weighing", () =>
    {
        var result = new List<ModelMemory>();
        RunAlone(paths[0], settings, batch); // the runtime itself is no part of a model
        foreach (string path in paths)
        {
            if (PeakMemory.Of(() => RunAlone(path, settings, batch)) is { } bytes)
                result.Add(new ModelMemory(path, bytes));
        }
        return result;
    });

    private static void RunAlone(string path, SessionSettings settings, int batch)
    {
        using var alone = OpenModels.From([path], settings);
        using PreparedRun run = alone.Sessions[0].Model.Prepare(SyntheticInputs.For(alone.Sessions[0].Model, 0, batch));
        for (int i = 0; i < 3; i++)
            run.Run();
    }

    private static IReadOnlyList<ModelProfile> Profile(string[] paths, SessionSettings settings, IReadOnlyDictionary<string, Tensor> feeds, Action<int, int> report, CancellationToken cancel)
    {
        double rate = ModelProfile.MachineRate(settings, cancel);
        return [.. paths.Select((path, i) =>
        {
            report(i, paths.Length);
            return ModelProfile.Of(path, ModelReader.Read(path), s => Session.Open(path, s), settings, feeds, rate, cancel);
        })];
    }

    private int WriteTable(Request request, string[] paths)
    {
        if (paths.Length > 1)
            throw new UsageError("'--table' measures the operators of one model; give one, or none for usual sizes");
        string output = _bench.Output(request.Words);
        OutputPlace.CheckTable(output, _bench.Force(request.Words), [.. paths]);
        using var run = new CompileRun(request, _run);
        CostTable table = paths.Length == 0 ? LatencyCosts.Usual(run.Options.Session, run.Clock) : run.Compiler.MeasureCosts(ReadModel.From(paths[0]));
        request.Cancel.ThrowIfCancellationRequested();
        ResultWriter.Write(CostTableFile.Write(table), output);
        run.Finish();
        if (_run.Json(request.Words))
            request.Terminal.Out.Write(new Report("bench") { Table = output, Stages = run.Clock.Times }.ToJson());
        else if (!_run.Quiet(request.Words))
            request.Terminal.Results.WriteLine($"Wrote {output}: {table.Grids.Sum(g => g.Microseconds.Length)} times of {table.Grids.Select(g => g.Operator).Distinct().Count()} operators on {table.Threads} {(table.Threads == 1 ? "thread" : "threads")}.");
        return ExitCodes.Done;
    }

    private static BenchSubject Subject(string name, Session model, IReadOnlyDictionary<string, Tensor> feeds, List<PreparedRun> prepared)
    {
        BenchSubject subject = BenchSubject.Of(name, model, feeds, out PreparedRun run);
        prepared.Add(run);
        return subject;
    }
}
