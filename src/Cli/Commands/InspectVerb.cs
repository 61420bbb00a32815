using SiDT.Backend.Compilation;
using SiDT.Backend.Outputs;
using SiDT.Backend.Pages;
using SiDT.Backend.Reporting;
using SiDT.Cli.Entry;
using SiDT.Cli.Options;
using SiDT.Cli.Printing;
using SiDT.Frontend;
using SiDT.Passes.Planning;

namespace SiDT.Cli.Commands;

/// <summary><c>sidtc inspect MODEL</c>.</summary>
internal sealed class InspectVerb : Verb
{
    private readonly Operand _model = new("MODEL", "an ONNX file");
    private readonly PageOptions _page = new("--html", "Write the table and the graph as a page for a browser, too.", force: true);
    private readonly RunOptions _run = new();

    public InspectVerb()
        : base("inspect", "what can shrink, what cannot and why, what it costs")
    {
        Add(_model);
        Add(_page, _run);
    }

    public override string Remarks =>
        "Lists the dimensions of a model: blocks as rows, kinds as columns. '3 x 64' are three groups of 64 units that keep equally many. Equal blocks are one row; --verbose shows each.";

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("sidtc inspect models/fashion-vit.onnx", "a table for people"),
        ("sidtc inspect models/fashion-vit.onnx --json", "the same for programs, every dimension"),
        ("sidtc inspect models/fashion-vit.onnx --html model.html", "the same and the graph, for a browser"),
    ];

    public override int Run(Request request)
    {
        string path = _model.Value(request.Words);
        string? page = _page.Read(request.Words, force: false, path);
        using var run = new CompileRun(request, _run);
        Model model = ReadModel.From(path);
        Inspection found = run.Compiler.Inspect(model);
        if (page is not null)
            ResultWriter.Write(ComparisonPage.Of(model, Of(found, run.Clock), found.Dimensions).ToHtml(), page);
        run.Finish();
        if (_run.Json(request.Words))
            request.Terminal.Out.Write(Of(found, run.Clock).ToJson());
        else if (!_run.Quiet(request.Words))
            InspectTable.Write(found, _run.Verbose(request.Words), request.Terminal.Results);
        return ExitCodes.Done;
    }

    private static Report Of(Inspection found, StageClock clock) => new("inspect")
    {
        Model = ReadModel.Describe(found.Model),
        Cost = new PlanCost([found.Cost.Parameters], [found.Cost.Macs], [found.Cost.Bytes]),
        Dimensions = ReportDimension.Of(found.Dimensions),
        UnknownOperators = found.UnknownOperators,
        Stages = clock.Times,
    };
}
