using SiDT.Backend.Compilation;
using SiDT.Backend.Outputs;
using SiDT.Backend.Reporting;
using SiDT.Cli.Entry;
using SiDT.Cli.Options;
using SiDT.Cli.Printing;
using SiDT.Passes.Gathering;

namespace SiDT.Cli.Commands;

/// <summary><c>sidtc merge STATS... -o STATS</c>.</summary>
internal sealed class MergeVerb : Verb
{
    private readonly Operand _files = new("STATS", "files of statistics (sidt-stats/1)", many: true);
    private readonly OutputOptions _output = new("FILE", "Where the sum goes.");
    private readonly RunOptions _run = new();

    public MergeVerb()
        : base("merge", "add statistics of parts of the same data")
    {
        Add(_files);
        Add(_output, _run);
    }

    public override string Remarks =>
        "Adds what 'sidtc analyze' gathered from parts of the same data. The order does not matter, and sums may be added again; a part that is there twice is refused.";

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("sidtc analyze vit.onnx --calib pictures.npz --shard 1/2 -o part-1.safetensors", "half of the data"),
        ("sidtc analyze vit.onnx --calib pictures.npz --shard 2/2 -o part-2.safetensors", "the other half"),
        ("sidtc merge part-1.safetensors part-2.safetensors -o stats.safetensors", "both together"),
    ];

    public override int Run(Request request)
    {
        string[] paths = _files.Values(request.Words);
        string output = _output.Required(request.Words, "stats.safetensors");
        OutputPlace.CheckStatistics(output, _output.Force(request.Words), paths);
        using var run = new CompileRun(request, _run);
        var files = new List<StatisticsFile>();
        try
        {
            files.AddRange(paths.Select(StatisticsFile.Open));
            GatherResult result = run.Clock.Run("adding", () => StatisticsOutput.Write(output, target => Gathering.Merge(files, target)));
            run.Finish(result.Notes);
            if (_run.Json(request.Words))
                request.Terminal.Out.Write(new Report("merge") { Statistics = ReportStatistics.Of(output, result), Stages = run.Clock.Times }.ToJson());
            else if (!_run.Quiet(request.Words))
                request.Terminal.Out.WriteLine(StatisticsText.Of(output, result));
            return ExitCodes.Done;
        }
        finally
        {
            files.ForEach(f => f.Dispose());
        }
    }
}
