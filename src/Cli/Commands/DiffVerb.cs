using SiDT.Backend.Diff;
using SiDT.Backend.Outputs;
using SiDT.Backend.Pages;
using SiDT.Cli.Entry;
using SiDT.Cli.Options;
using SiDT.Cli.Printing;
using SiDT.Frontend;
using SiDT.Runtime;

namespace SiDT.Cli.Commands;

/// <summary><c>sidtc diff A B</c>.</summary>
internal sealed class DiffVerb : Verb
{
    private readonly Operand _a = new("A", "an ONNX file");
    private readonly Operand _b = new("B", "another, of whatever origin");
    private readonly DiffOptionGroup _diff = new();
    private readonly RunOptions _run = new();

    public DiffVerb()
        : base("diff", "what is different between two models")
    {
        Add(_a, _b);
        Add(_diff, _run);
    }

    public override string Remarks =>
        "Matches the nodes and constants of two models by structure and role, whatever they are called and in whatever order they stand, and lists what is different: inputs, outputs, operator sets and metadata; nodes that are new, gone or changed; constants of other sizes (with the indices that went) or numbers; costs of each block. Blocks that changed alike are told once. Exit codes: 0 the same, 1 different, 2 trouble.";

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("sidtc diff vit.onnx small.onnx", "a text for people"),
        ("sidtc diff vit.onnx small.onnx --format html -o diff.html", "a page with both graphs, for a browser"),
        ("sidtc diff vit.onnx small.onnx --format html -o diff.html --data pictures.npz", "and with what both look at"),
        ("sidtc diff vit.onnx vit.onnx --ignore names,metadata", "only what is computed counts"),
        ("sidtc diff vit.onnx small.onnx --quiet --fail-on 'params>1.0,macs>0.99'", "exit with 1 where too much is left"),
    ];

    public override int Run(Request request)
    {
        string pathA = _a.Value(request.Words), pathB = _b.Value(request.Words);
        string format = _diff.Format(request.Words, _run.Json(request.Words));
        string? output = _diff.Output(request.Words), data = _diff.Data(request.Words);
        if (data is not null && format != DiffOptionGroup.Html)
            throw new UsageError("'--data' shows on a page what models look at; add --format html -o diff.html, or leave it out");
        if (format == DiffOptionGroup.Html && output is null)
            throw new UsageError("it is not said where the page goes; add -o diff.html");
        if (output is not null)
            OutputPlace.CheckText(output, _diff.Force(request.Words), pathA, pathB);
        IReadOnlyList<DiffThreshold>? limits = _diff.FailOn(request.Words);
        var options = new DiffOptions { Ignore = _diff.Ignore(request.Words), Plan = _diff.Plan(request.Words, pathB) };
        using var run = new CompileRun(request, _run);
        Model a = ReadModel.From(pathA), b = ReadModel.From(pathB);
        ComparisonPage page = run.Clock.Run("comparing", () => ComparisonPage.Of(a, b, ReadModel.Describe(a), ReadModel.Describe(b), options));
        if (limits?.Any(l => l.Quantity == DiffThreshold.Latency) == true)
            page = page with { Diff = page.Diff with { Latency = Time(pathA, pathB, run) } };
        if (data is not null)
            page = page with { Attention = Looks(a, b, data, run, request) };
        ModelDiff diff = page.Diff;
        run.Finish();
        string? text = format switch { DiffOptionGroup.Json => diff.ToJson(), DiffOptionGroup.Html => page.ToHtml(), _ => null };
        if (output is not null)
            ResultWriter.Write(text ?? DiffText.Of(diff, _run.Verbose(request.Words)), output);
        else if (text is not null)
            request.Terminal.Out.Write(text);
        else if (!_run.Quiet(request.Words))
            DiffText.Write(diff, _run.Verbose(request.Words), request.Terminal.Results);
        if (output is not null && !_run.Quiet(request.Words))
            request.Terminal.Error.WriteLine($"sidtc: {(diff.Same ? "no difference" : "the models differ")}; wrote {output}");
        return limits is null ? diff.Same ? ExitCodes.Done : ExitCodes.Missed : Check(limits, diff, request.Terminal);
    }

    private PageAttention Looks(Model a, Model b, string data, CompileRun run, Request request)
    {
        using Session session = Session.Open(a, run.Options.Session with { Optimize = false });
        DataSet pictures = DataSet.Open(data, session, _diff.Preprocess(request.Words));
        return run.Clock.Run("rolling attention out", progress => AttentionPictures.Of(a, b, pictures, run.Options.Session, progress, run.Clock.Cancel));
    }

    private static int Check(IReadOnlyList<DiffThreshold> limits, ModelDiff diff, Terminal terminal)
    {
        string[] missed = [.. limits.Select(l => l.Missed(diff)).OfType<string>()];
        foreach (string sentence in missed)
            terminal.Error.WriteLine($"sidtc: {Diagnostic.Threshold.Say(sentence)}");
        return missed.Length == 0 ? ExitCodes.Done : ExitCodes.Missed;
    }

    private static IReadOnlyList<Latency> Time(string a, string b, CompileRun run)
    {
        using var models = OpenModels.From([a, b], run.Options.Session);
        IReadOnlyDictionary<string, Tensor> feeds = SyntheticInputs.For(models.Sessions[0].Model, run.Options.Seed);
        BenchSubject[] subjects = [BenchSubject.Of(a, models.Sessions[0].Model, feeds, out PreparedRun first), BenchSubject.Of(b, models.Sessions[1].Model, feeds, out PreparedRun second)];
        using (first)
        using (second)
            return run.Clock.Run("timing both models", progress => PairedBench.Run(subjects, progress: progress, cancel: run.Clock.Cancel));
    }
}
