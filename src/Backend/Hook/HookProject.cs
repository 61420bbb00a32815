using SiDT.Backend.Hook.Writing;
using SiDT.Frontend;

namespace SiDT.Backend.Hook;

/// <summary>A TorchSharp project that fine-tunes a model and writes the trained numbers back into its file.</summary>
public static class HookProject
{
    private const string NameSpace = "FineTuning";

    private static readonly string[] s_shared = ["Weights.cs", "OnnxFile.cs", "Program.cs", "Options.cs", "Samples.cs", "Checkpoint.cs", "Check.cs", "README.md"];

    /// <summary>The files of the project, without the model itself.</summary>
    /// <param name="model">The model.</param>
    /// <param name="file">What its file is called in the project.</param>
    /// <param name="options">What else goes in.</param>
    /// <exception cref="ModelError">A node has no counterpart in TorchSharp.</exception>
    public static EmittedProject Emit(Model model, string file, HookOptions? options = null)
    {
        options ??= new HookOptions();
        string name = Identifiers.Class(options.Name ?? Path.GetFileNameWithoutExtension(file), isElement: false);
        EmittedModule module = new ModuleEmitter().Emit(model, name, NameSpace);
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["Model.cs"] = module.Code,
            ["Bindings.cs"] = module.Bindings,
        };
        EmittedModule? teacher = null;
        if (options.Teacher is { } original)
        {
            teacher = new ModuleEmitter().Emit(original, "Teacher", $"{NameSpace}.Original");
            if (!teacher.Inputs.SequenceEqual(module.Inputs) || !teacher.Outputs.Contains(Logits(model)))
                throw new ModelError($"the teacher reads {string.Join(", ", teacher.Inputs)} and computes {string.Join(", ", teacher.Outputs)}, but the model reads {string.Join(", ", module.Inputs)} and computes {Logits(model)}; a teacher has the same inputs and that output");
            files["Teacher.cs"] = teacher.Code;
            files["TeacherBindings.cs"] = teacher.Bindings;
        }
        var pictures = HookPictures.Of(model, options.Preprocessing);
        (string Word, string Text)[] words = [.. Words(model, file, module, teacher), .. pictures.Words];
        foreach (string shared in pictures.IsRead ? [.. s_shared, "Pictures.cs"] : s_shared)
            files[shared] = HookTemplates.Fill(shared, words);
        files[$"{name}.csproj"] = HookTemplates.Fill("Project.csproj", words);
        return new EmittedProject(files, pictures.Graphs);
    }

    /// <summary>What the original's file is called in a project with a teacher.</summary>
    public const string TeacherFile = "teacher.onnx";

    private static (string Word, string Text)[] Words(Model model, string file, EmittedModule module, EmittedModule? teacher)
    {
        string logits = Logits(model);
        string arguments = string.Join(", ", module.Inputs.Select(i => $"inputs[{Quote(i)}]"));
        string Item(EmittedModule of) => of.Outputs.Count > 1 ? $".Item{of.Outputs.ToList().IndexOf(logits) + 1}" : "";
        string load = "", teach = "", taught = "data.IsTaught ? data.Taught(batch).to(device) : null";
        if (teacher is not null)
        {
            load = $"    var teacher = new {NameSpace}.Original.Teacher();\n    Weights.Load(teacher, {Quote(TeacherFile)}, {NameSpace}.Original.TeacherBindings.All);\n    teacher.to(device);\n    teacher.eval();\n";
            taught = "Teach(batch)";
            teach = $"\n    Tensor Teach(int[] batch)\n    {{\n        using var quiet = no_grad();\n        var inputs = data.Inputs(batch).ToDictionary(i => i.Key, i => i.Value.to(device));\n        return teacher.forward({arguments}){Item(teacher)};\n    }}\n";
        }
        return
        [
            ("namespace", NameSpace),
            ("class", module.ClassName),
            ("model", file),
            ("forward", $"net.forward({arguments}){Item(module)}"),
            ("teacher-load", load),
            ("teacher-forward", taught),
            ("is-taught", teacher is null ? "data.IsTaught" : "true"),
            ("teacher-function", teach),
            ("output", logits),
            ("inputs", string.Join(", ", module.Inputs.Select(Quote))),
            ("input-list", string.Join(", ", module.Inputs.Select(i => $"`{i}`"))),
            ("teacher", teacher is null ? "" : $"\nThe network of the original is in `Teacher.cs`; it answers while the smaller one learns, so `--logits` is not needed.\n"),
        ];
    }

    // the output that is taken for logits: called so, else the first with two axes
    private static string Logits(Model model)
    {
        var outputs = model.Graph.Outputs;
        return (outputs.FirstOrDefault(o => o.Name == "logits") ?? outputs.FirstOrDefault(o => o.Info?.Type?.TensorType?.Shape?.Dim.Count == 2) ?? outputs[0]).Name;
    }

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
