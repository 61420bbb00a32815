using System.Globalization;
using SiDT.Backend.Hook.Writing;
using SiDT.Frontend;
using SiDT.Runtime;

namespace SiDT.Backend.Hook;

/// <summary>A TorchSharp project that fine-tunes a model and writes the trained numbers back into its file.</summary>
public static class HookProject
{
    private const string NameSpace = "FineTuning";

    /// <summary>The files of the project by name, without the model itself.</summary>
    /// <param name="model">The model.</param>
    /// <param name="file">What its file is called in the project.</param>
    /// <param name="options">What else goes in.</param>
    /// <exception cref="ModelError">A node has no counterpart in TorchSharp.</exception>
    public static IReadOnlyDictionary<string, string> Emit(Model model, string file, HookOptions? options = null)
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
            files["Teacher.cs"] = teacher.Code;
            files["TeacherBindings.cs"] = teacher.Bindings;
        }
        (string Word, string Text)[] words = Words(model, file, module, teacher);
        foreach (string shared in new[] { "Weights.cs", "OnnxFile.cs", "Program.cs", "Options.cs", "Samples.cs", "Checkpoint.cs", "Check.cs", "README.md" })
            files[shared] = HookTemplates.Fill(shared, words);
        files[$"{name}.csproj"] = HookTemplates.Fill("Project.csproj", words);
        return files;
    }

    /// <summary>What the original's file is called in a project with a teacher.</summary>
    public const string TeacherFile = "teacher.onnx";

    private static (string Word, string Text)[] Words(Model model, string file, EmittedModule module, EmittedModule? teacher)
    {
        Preprocessing preprocessing = PreprocessingReader.FromMetadata(model.Source.MetadataProps.ToDictionary(p => p.Key, p => p.Value)) ?? new Preprocessing();
        string logits = Logits(model);
        string arguments = string.Join(", ", module.Inputs.Select(i => $"inputs[{Quote(i)}]"));
        string Item(EmittedModule of) => of.Outputs.Count > 1 ? $".Item{of.Outputs.ToList().IndexOf(logits) + 1}" : "";
        string load = "", teach = "", taught = "data.IsTaught ? data.Taught(batch).to(device) : null";
        if (teacher is not null)
        {
            load = $"var teacher = new {NameSpace}.Original.Teacher();\nWeights.Load(teacher, {Quote(TeacherFile)}, {NameSpace}.Original.TeacherBindings.All);\nteacher.to(device);\nteacher.eval();\n";
            taught = "Teach(batch)";
            teach = $"\nTensor Teach(int[] batch)\n{{\n    using var quiet = no_grad();\n    var inputs = data.Inputs(batch).ToDictionary(i => i.Key, i => i.Value.to(device));\n    return teacher.forward({arguments}){Item(teacher)};\n}}\n";
        }
        return
        [
            ("namespace", NameSpace),
            ("class", module.ClassName),
            ("model", file),
            ("forward", $"net.forward({arguments}){Item(module)}"),
            ("teacher-load", load),
            ("teacher-forward", taught),
            ("teacher-function", teach),
            ("output", logits),
            ("scale", Number(preprocessing.Scale)),
            ("mean", Numbers(preprocessing.Mean)),
            ("std", Numbers(preprocessing.Std)),
            ("crop", Number(preprocessing.CropFraction)),
            ("inputs", string.Join(", ", module.Inputs.Select(Quote))),
            ("picture", string.Join(", ", Picture(model))),
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

    private static long[] Picture(Model model)
    {
        long[] dims = [.. model.Graph.Inputs.First(i => i.Initializer is null).Info?.Type?.TensorType?.Shape?.Dim.Select(d => d.DimValue) ?? []];
        return dims.Length == 4 ? [.. dims.Select((d, i) => d > 0 ? d : i == 0 ? 1 : 224)] : [1, 3, 224, 224];
    }

    private static string Number(double number) => number.ToString("R", CultureInfo.InvariantCulture) is var text && text.Contains('.') ? text : text + ".0";

    private static string Numbers(IReadOnlyList<float> numbers) => string.Join(", ", numbers.Select(n => n.ToString("R", CultureInfo.InvariantCulture) + "f"));

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
