using SiDT.Backend.Compilation;
using SiDT.Backend.Outputs;
using SiDT.Backend.Reporting;
using SiDT.Cli.Entry;
using SiDT.Cli.Options;
using SiDT.Cli.Printing;
using SiDT.Frontend;
using SiDT.Passes.Proof;

namespace SiDT.Cli.Commands;

/// <summary><c>sidtc verify MODEL OUT</c>.</summary>
internal sealed class VerifyVerb : Verb
{
    private readonly Operand _model = new("MODEL", "the original");
    private readonly Operand _small = new("OUT", "what sidtc made of it");
    private readonly PlanOptions _plan = new();
    private readonly RunOptions _run = new();

    public VerifyVerb()
        : base("verify", "prove again that a model is what its plan says")
    {
        Add(_model, _small);
        Add(_plan, _run);
    }

    public override string Remarks =>
        "Silences in the original what the plan removes, runs it and the small model on random inputs, and compares all outputs. The exit code is 3 if they differ.";

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("sidtc verify vit.onnx small.onnx", "with small.plan.json beside small.onnx"),
        ("sidtc verify vit.onnx small.onnx --plan small.plan.json --seed 7", "with a plan from elsewhere, on other inputs"),
    ];

    public override int Run(Request request)
    {
        string small = _small.Value(request.Words), planPath = _plan.Read(request.Words) ?? OutputPlace.PlanOf(small);
        using var run = new CompileRun(request, _run);
        Model model = ReadModel.From(_model.Value(request.Words)), made = ReadModel.From(small);
        ProofResult proof = run.Compiler.Verify(model, made, PlanSource.Read(planPath), planPath);
        run.Finish();
        if (_run.Json(request.Words))
            request.Terminal.Out.Write(new Report("verify") { Model = ReadModel.Describe(model), Output = ReadModel.Describe(made), Plan = planPath, Proof = proof, Stages = run.Clock.Times }.ToJson());
        else if (proof.Holds && !_run.Quiet(request.Words))
            request.Terminal.Out.WriteLine(ProofText.Of(proof));
        return proof.Holds ? ExitCodes.Done : throw new ProofError($"'{small}' is not what '{planPath}' makes of '{model.Path}': {ProofText.Difference(proof)}");
    }
}
