using SiDT.Backend.Compilation;
using SiDT.Backend.Outputs;
using SiDT.Backend.Reporting;
using SiDT.Cli.Entry;
using SiDT.Cli.Options;
using SiDT.Cli.Printing;
using SiDT.Frontend;

namespace SiDT.Cli.Commands;

/// <summary><c>sidtc analyze MODEL --calib DATA -o STATS</c>.</summary>
internal sealed class AnalyzeVerb : Verb
{
    private readonly Operand _model = new("MODEL", "an ONNX file");
    private readonly OutputOptions _output = new("FILE", "Where the statistics go (sidt-stats/1, a safetensors file).");
    private readonly GatherOptions _gather = new();
    private readonly PreprocessOptions _preprocess = new();
    private readonly RunOptions _run = new();

    public AnalyzeVerb()
        : base("analyze", "gather statistics of data, here or in parts on many machines")
    {
        Add(_model);
        Add(_output, _gather, _preprocess, _run);
    }

    public override string Remarks =>
        "Runs a model over data and writes sums over everything that reads units: of vectors, of their squares and of their products. Sums of parts add up: 'sidtc merge' makes one file of them, and the plan is the one that all data together give.";

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("sidtc analyze vit.onnx --calib pictures.npz --shard 1/2 -o part-1.safetensors", "half of the data"),
        ("sidtc analyze vit.onnx --calib pictures.npz --shard 2/2 -o part-2.safetensors", "the other half, on another machine"),
        ("sidtc merge part-1.safetensors part-2.safetensors -o stats.safetensors", "both together"),
        ("sidtc prune vit.onnx --params 0.6 --stats stats.safetensors -o small.onnx", "and cut by them"),
    ];

    public override int Run(Request request)
    {
        string path = _model.Value(request.Words), output = _output.Required(request.Words, "stats.safetensors");
        Shard shard = _gather.Shard(request.Words);
        OutputPlace.CheckStatistics(output, _output.Force(request.Words), path);
        using var run = new CompileRun(request, _run, _gather.Read(request.Words, _preprocess.Read(request.Words)));
        Model model = ReadModel.From(path);
        GatherResult result = StatisticsOutput.Write(output, target => run.Compiler.Gather(model, shard, target));
        run.Finish(result.Notes);
        if (_run.Json(request.Words))
            request.Terminal.Out.Write(new Report("analyze") { Model = ReadModel.Describe(model), Statistics = ReportStatistics.Of(output, result), Stages = run.Clock.Times }.ToJson());
        else if (!_run.Quiet(request.Words))
            request.Terminal.Out.WriteLine(StatisticsText.Of(output, result));
        return ExitCodes.Done;
    }
}
