using SiDT.Backend.Compilation;
using SiDT.Backend.Hook;
using SiDT.Backend.Outputs;
using SiDT.Backend.Pages;
using SiDT.Backend.Sweeps;
using SiDT.Cli.Entry;
using SiDT.Cli.Options;
using SiDT.Frontend;
using SiDT.Passes.Planning;
using SiDT.Runtime;

namespace SiDT.Cli.Commands;

/// <summary><c>sidtc prune MODEL -o OUT</c>.</summary>
internal sealed class PruneVerb : Verb
{
    private readonly Operand _model = new("MODEL", "an ONNX file");
    private readonly OutputOptions _output = new("FILE", "Where the smaller model goes; its plan goes beside it (small.onnx, small.plan.json).");
    private readonly BudgetOptions _budget = new();
    private readonly SweepOptions _sweep = new();
    private readonly CriterionOptions _criterion = new();
    private readonly ProofOptions _proof = new();
    private readonly MeasureOptions _measure = new();
    private readonly HookOptionGroup _hook = new();
    private readonly PageOptions _page = new("--report", "Write what was done as a page for a browser, too: figures, units, both graphs, and with --calib what both models look at.", force: false);
    private readonly RunOptions _run = new();

    public PruneVerb()
        : base("prune", "cut a model down to a budget, prove the result, write it")
    {
        Add(_model);
        Add(_output, _budget, _sweep, _criterion, _proof, _measure, _page, _hook, _run);
    }

    public override string Remarks =>
        "Finds the units of a model, scores them, removes the least important until what is asked is met, proves that the result equals the original with these units silenced, and writes it with its plan.";

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("sidtc prune vit.onnx --params 0.6 -o small.onnx", "keep 60 % of the parameters"),
        ("sidtc prune vit.onnx --keep mlp=0.5,heads=0.75 -o small.onnx", "keep half of every hidden layer and three quarters of the heads"),
        ("sidtc prune vit.onnx --macs 20M --calib pictures.npz -o small.onnx", "look at pictures to find out what matters"),
        ("sidtc prune vit.onnx --latency 0.6 -o small.onnx", "run in 60 % of the time on this machine"),
        ("sidtc prune vit.onnx --sweep 0.9,0.8,0.7 -o small.onnx", "three models (small-0.9.onnx, ...), a table and a curve"),
        ("sidtc prune vit.onnx --params 0.4 -o small.onnx --hook small.finetune --teacher", "also write a TorchSharp project that trains it"),
        ("sidtc prune vit.onnx --params 60% --data pictures.npz --bench -o small.onnx", "also compare accuracy and latency before and after"),
        ("sidtc prune vit.onnx --params 0.6 -o small.onnx --report small.html", "and show it all on a page"),
    ];

    public override int Run(Request request)
    {
        string path = _model.Value(request.Words), output = _output.Required(request.Words, "small.onnx");
        PlanRequest? asked = _budget.Read(request.Words);
        IReadOnlyList<SweepPoint>? points = _sweep.Read(request.Words, _budget.ReadAll(request.Words));
        if (asked is null && points is null && !_proof.ExactOnly(request.Words))
            throw new UsageError("it is not said how much to cut; add --params 0.6 (or --macs, --bytes, --latency, --keep mlp=0.5), or --exact to take only what is free");
        if ((asked is not null || points is not null) && _proof.ExactOnly(request.Words))
            throw new UsageError("'--exact' cuts nothing, so budgets, --keep and --sweep have no meaning with it; leave one of them out");
        string? hook = _hook.Folder(request.Words);
        if (hook is null && _hook.Teacher(request.Words))
            throw new UsageError("'--teacher' says what goes into a project, and none is asked for; add --hook DIR");
        if (hook is not null && points is not null)
            throw new UsageError("'--hook' writes the project of one model, and '--sweep' makes several; use 'sidtc hook' on the one to train");
        if (hook is not null)
            HookFolder.Check(hook, _output.Force(request.Words));
        if (points is null)
            OutputPlace.CheckModel(output, _output.Force(request.Words), path);
        else
            SweepRun.Check(points, output, _output.Force(request.Words), path);
        string? page = _page.Read(request.Words, _output.Force(request.Words), path, output);
        CompileOptions options = _proof.Read(request.Words, _criterion.Read(request.Words, _measure.Preprocess(request.Words))) with { Request = asked ?? new PlanRequest(), Costs = _budget.Costs(request.Words, _sweep.What(request.Words) == "latency") };
        using var run = new CompileRun(request, _run, options);
        Model model = ReadModel.From(path);
        if (points is not null)
        {
            using SweepMeasurement measured = _measure.OpenSweep(request.Words, path, run);
            return new SweepRun(_sweep.What(request.Words), points, model, output, page).Go(request, _run, run, measured);
        }
        using Measurement? measurement = _measure.Open(request.Words, path, run, page is not null);
        CompileResult result = run.Compiler.Prune(model);
        measurement?.Take(result.Small);
        request.Cancel.ThrowIfCancellationRequested();
        string file = Path.GetFileName(output);
        EmittedProject? project = hook is null ? null : HookProject.Emit(result.Small, file, new HookOptions(Teacher: _hook.Teacher(request.Words) ? model : null, Preprocessing: _measure.Preprocess(request.Words) is { } given ? PreprocessingReader.Read(given) : null));
        ResultWriter.Write(result, output);
        if (project is not null)
            HookFolder.Write(project, _hook.Teacher(request.Words) ? [(output, file), (path, HookProject.TeacherFile)] : [(output, file)], hook!);
        PageAttention? looks = page is null ? null : run.Looks(model, result.Small);
        run.Finish(result.Decision.Notes);
        new CompileReport("prune", model, output, result, measurement, run.Clock) { Page = page, Attention = looks }.Write(request, _run);
        return ExitCodes.Done;
    }
}
