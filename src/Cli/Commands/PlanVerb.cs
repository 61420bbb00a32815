using SiDT.Backend.Compilation;
using SiDT.Backend.Outputs;
using SiDT.Backend.Reporting;
using SiDT.Cli.Entry;
using SiDT.Cli.Options;
using SiDT.Cli.Printing;
using SiDT.Frontend;
using SiDT.Passes.Planning;

namespace SiDT.Cli.Commands;

/// <summary><c>sidtc plan MODEL -o PLAN</c>.</summary>
internal sealed class PlanVerb : Verb
{
    private readonly Operand _model = new("MODEL", "an ONNX file");
    private readonly OutputOptions _output = new("FILE", "Where the plan goes.");
    private readonly BudgetOptions _budget = new();
    private readonly CriterionOptions _criterion = new();
    private readonly PreprocessOptions _preprocess = new();
    private readonly RunOptions _run = new();

    public PlanVerb()
        : base("plan", "decide what to cut, and write only the decision")
    {
        Add(_model);
        Add(_output, _budget, _criterion, _preprocess, _run);
    }

    public override string Remarks =>
        "Does what prune does up to the decision and writes that as a file (sidt-plan/1), which can be read, edited and applied.";

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("sidtc plan vit.onnx --params 0.6 -o small.plan.json", "decide"),
        ("sidtc apply vit.onnx small.plan.json -o small.onnx", "and cut"),
    ];

    public override int Run(Request request)
    {
        string path = _model.Value(request.Words), output = _output.Required(request.Words, "small.plan.json");
        PlanRequest asked = _budget.Read(request.Words) ?? throw new UsageError("it is not said how much to cut; add --params 0.6 (or --macs, --bytes, --latency, --keep mlp=0.5)");
        OutputPlace.CheckPlan(output, _output.Force(request.Words), path);
        using var run = new CompileRun(request, _run, _criterion.Read(request.Words, _preprocess.Read(request.Words)) with { Request = asked, Costs = _budget.Costs(request.Words) });
        Model model = ReadModel.From(path);
        PlanResult result = run.Compiler.Plan(model);
        request.Cancel.ThrowIfCancellationRequested();
        ResultWriter.Write(result.Text, output);
        run.Finish(result.Notes);
        if (_run.Json(request.Words))
            request.Terminal.Out.Write(Of(model, output, result, run.Clock).ToJson());
        else if (!_run.Quiet(request.Words))
            new ChangeTable().Costs(result.Plan.Cost!).Dimensions(result.Plan.Dimensions).Note($"Wrote {output}.").Write(request.Terminal.Results);
        return ExitCodes.Done;
    }

    private static Report Of(Model model, string output, PlanResult result, StageClock clock) => new("plan")
    {
        Model = ReadModel.Describe(model),
        Plan = output,
        Cost = result.Plan.Cost,
        Dimensions = ReportDimension.Of(result.Plan.Dimensions),
        Stages = clock.Times,
    };
}
