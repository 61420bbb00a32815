using SiDT.Backend.Compilation;
using SiDT.Backend.Outputs;
using SiDT.Backend.Reporting;
using SiDT.Cli.Entry;
using SiDT.Cli.Options;
using SiDT.Cli.Printing;
using SiDT.Runtime;

namespace SiDT.Cli.Commands;

/// <summary><c>sidtc eval MODEL... --data DATA</c>.</summary>
internal sealed class EvalVerb : Verb
{
    private readonly Operand _models = new("MODEL", "ONNX files; the first is the one the others are compared with", many: true);
    private readonly EvalOptions _data = new();
    private readonly RunOptions _run = new();

    public EvalVerb()
        : base("eval", "score models on data: accuracy, agreement, relative error")
    {
        Add(_models);
        Add(_data, _run);
    }

    public override string Remarks =>
        "Runs models over data. With labels: top-1 and top-5. Next to the first model: how often both answer alike, the cosine of their logits, and the relative error of every output.";

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("sidtc eval models/fashion-vit.onnx --data models/fashion-test.npz", "accuracy of one model"),
        ("sidtc eval vit.onnx --data pictures.npz --save-outputs answers.npz", "what the model answers, for another one to learn from"),
        ("sidtc eval vit.onnx small.onnx --data pictures.npz --min-top1 0.8", "two models; the exit code is 1 if one of them is below 80 %"),
    ];

    public override int Run(Request request)
    {
        string path = _data.Required(request.Words);
        double? least = _data.LeastTop1(request.Words);
        using var progress = new ProgressLine(request.Terminal, _run.Quiet(request.Words));
        var clock = new StageClock(progress, request.Cancel);
        using var models = OpenModels.From(_models.Values(request.Words), _run.Session(request.Words));
        DataSet data = DataSet.Open(path, models.Sessions[0].Model, _data.Preprocess(request.Words));
        if (_data.Samples(request.Words) is { } samples)
            data = data.Take(samples);
        if (least is not null && !data.HasLabels)
            throw new UsageError($"'--min-top1' needs labels, and '{path}' has none");
        if (_data.SaveOutputs(request.Words) is { } answers)
        {
            OutputPlace.CheckArrays(answers, [path, .. _models.Values(request.Words)]);
            AnswerFile.Write(clock.Run("answering", report => Evaluation.Outputs(models.Sessions[0].Model, data, _data.BatchSize(request.Words), report, request.Cancel)), answers);
        }
        IReadOnlyList<ModelScore> scores = clock.Run("scoring", report => Evaluation.Run(models.Sessions, data, _data.BatchSize(request.Words), _data.Output(request.Words), report, request.Cancel));
        progress.Dispose();
        if (_run.Json(request.Words))
            request.Terminal.Out.Write(new Report("eval") { Scores = scores, Stages = clock.Times }.ToJson());
        else if (!_run.Quiet(request.Words))
            ScoreTable.Write(scores, request.Terminal.Results);
        if (scores.FirstOrDefault(s => s.Top1 < least) is { } missed)
        {
            request.Terminal.Error.WriteLine($"sidtc: {Diagnostic.Threshold.Say($"'{missed.Name}' has {Figures.Percent(missed.Top1!.Value)} right, less than the {Figures.Percent(least!.Value)} of --min-top1")}");
            return ExitCodes.Missed;
        }
        return ExitCodes.Done;
    }
}
