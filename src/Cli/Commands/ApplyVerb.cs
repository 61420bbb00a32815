using SiDT.Backend.Compilation;
using SiDT.Backend.Outputs;
using SiDT.Cli.Entry;
using SiDT.Cli.Options;
using SiDT.Frontend;
using SiDT.Passes.Planning;

namespace SiDT.Cli.Commands;

/// <summary><c>sidtc apply MODEL PLAN -o OUT</c>.</summary>
internal sealed class ApplyVerb : Verb
{
    private readonly Operand _model = new("MODEL", "the ONNX file that the plan was made for");
    private readonly Operand _plan = new("PLAN", "a plan (sidt-plan/1)");
    private readonly OutputOptions _output = new("FILE", "Where the smaller model goes; its plan goes beside it.");
    private readonly ProofOptions _proof = new(decides: false);
    private readonly MeasureOptions _measure = new();
    private readonly RunOptions _run = new();

    public ApplyVerb()
        : base("apply", "cut a model by a plan")
    {
        Add(_model, _plan);
        Add(_output, _proof, _measure, _run);
    }

    public override string Remarks =>
        "Removes exactly the units that a plan names, proves the result and writes it. Only 'removed' counts: it may be edited, with 'kept' to match. A plan that was made for another model is refused.";

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("sidtc apply vit.onnx small.plan.json -o small.onnx", "cut as planned"),
        ("sidtc apply vit.onnx small.plan.json -o small.onnx --data pictures.npz --bench", "and compare accuracy and latency"),
    ];

    public override int Run(Request request)
    {
        string path = _model.Value(request.Words), planPath = _plan.Value(request.Words), output = _output.Required(request.Words, "small.onnx");
        // The plan beside the output may be the one that is applied: what is written is the same decision.
        OutputPlace.CheckModel(output, _output.Force(request.Words), path);
        using var run = new CompileRun(request, _run, _proof.Read(request.Words, new CompileOptions()));
        Model model = ReadModel.From(path);
        Plan plan = PlanSource.Read(planPath);
        using Measurement? measurement = _measure.Open(request.Words, path, run);
        CompileResult result = run.Compiler.Apply(model, plan, planPath);
        measurement?.Take(result.Small);
        request.Cancel.ThrowIfCancellationRequested();
        ResultWriter.Write(result, output);
        run.Finish();
        new CompileReport("apply", model, output, result, measurement, run.Clock).Write(request, _run);
        return ExitCodes.Done;
    }
}
