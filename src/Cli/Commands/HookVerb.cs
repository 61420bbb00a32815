using SiDT.Backend.Hook;
using SiDT.Backend.Reporting;
using SiDT.Cli.Entry;
using SiDT.Cli.Options;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Runtime;

namespace SiDT.Cli.Commands;

/// <summary><c>sidtc hook MODEL -o DIR</c>.</summary>
internal sealed class HookVerb : Verb
{
    private readonly Operand _model = new("MODEL", "an ONNX file");
    private readonly OutputOptions _output = new("DIR", "The folder of the project; the model is copied into it.");
    private readonly TeacherOptions _teacher = new();
    private readonly PreprocessOptions _preprocess = new();
    private readonly RunOptions _run = new();

    public HookVerb()
        : base("hook", "write a TorchSharp project that fine-tunes a model")
    {
        Add(_model);
        Add(_output, _teacher, _preprocess, _run);
    }

    public override string Remarks =>
        "Writes the network as readable TorchSharp modules, with a training loop that puts the trained numbers back into the same ONNX file. A node without a counterpart in TorchSharp is named, and nothing is written.";

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("sidtc hook models/fashion-vit.onnx -o finetune", "a project that 'dotnet run' runs where NuGet has TorchSharp"),
        ("sidtc hook small.onnx --teacher vit.onnx -o small.finetune", "the smaller model learns from the original's answers"),
    ];

    public override int Run(Request request)
    {
        string path = _model.Value(request.Words), folder = _output.Required(request.Words, "finetune");
        HookFolder.Check(folder, _output.Force(request.Words));
        Model model = ModelReader.Read(path);
        string? teacherPath = _teacher.Path(request.Words);
        Model? teacher = teacherPath is null ? null : ModelReader.Read(teacherPath);
        string file = Path.GetFileName(path);
        EmittedProject project = HookProject.Emit(model, file, new HookOptions(Teacher: teacher, Preprocessing: _preprocess.Read(request.Words) is { } given ? PreprocessingReader.Read(given) : null));
        request.Cancel.ThrowIfCancellationRequested();
        HookFolder.Write(project, teacherPath is null ? [(path, file)] : [(path, file), (teacherPath, HookProject.TeacherFile)], folder);
        if (_run.Json(request.Words))
            request.Terminal.Out.Write(new Report("hook") { Files = [.. project.Texts.Keys, .. project.Graphs.Keys, file] }.ToJson());
        else if (!_run.Quiet(request.Words))
            request.Terminal.Out.WriteLine($"{folder}: {project.Texts.Count + project.Graphs.Count} files and {file}; go on with 'cd {folder} && dotnet run -c Release -- --data DATA'");
        return ExitCodes.Done;
    }
}
