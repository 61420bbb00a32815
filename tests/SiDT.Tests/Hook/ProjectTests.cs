using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using SiDT.Backend.Hook;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Tests.Cli;
using SiDT.Tests.MiniZoo;
using SiDT.Tests.MiniZoo.Parts;
using Xunit;

namespace SiDT.Tests.Hook;

/// <summary>The project as a whole.</summary>
public sealed class ProjectTests
{
    private const string Usings = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading; global using System.Threading.Tasks;";

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [Trait("Category", Categories.Slow)]
    public void Compiles_without_a_warning(bool teacher, bool onnxRuntime)
    {
        Model model = ModelReader.Read(Path.Combine(Repository.Root, "models", "fashion-vit.onnx"));
        IReadOnlyDictionary<string, string> files = HookProject.Emit(model, "small.onnx", new HookOptions(Teacher: teacher ? model : null)).Texts;
        string define = onnxRuntime ? "#define ONNXRUNTIME\n" : "";
        Assert.Empty(EmittedAssembly.Diagnose([Usings, .. files.Where(f => f.Key.EndsWith(".cs", StringComparison.Ordinal)).Select(f => define + f.Value)], OutputKind.ConsoleApplication));
    }

    [Fact]
    public void Holds_what_a_person_needs_to_run_it()
    {
        Model model = ModelReader.Read(Path.Combine(Repository.Root, "models", "fashion-vit.onnx"));
        EmittedProject emitted = HookProject.Emit(model, "small.onnx");
        IReadOnlyDictionary<string, string> files = emitted.Texts;
        Assert.Equal(["Bindings.cs", "Check.cs", "Checkpoint.cs", "Model.cs", "OnnxFile.cs", "Options.cs", "Pictures.cs", "Program.cs", "README.md", "Samples.cs", "Small.csproj", "Weights.cs"], files.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["decode.onnx", "prepare.onnx"], emitted.Graphs.Keys.Order(StringComparer.Ordinal));
        Assert.All(files.Values, text => Assert.DoesNotMatch(@"\$[a-z-]+\$", text));
        Assert.Contains("s_mean = [0.286f]", files["Samples.cs"], StringComparison.Ordinal);
    }

    [Fact]
    public void Names_packages_in_versions_that_are_fixed()
    {
        Model model = ModelReader.Read(Path.Combine(Repository.Root, "models", "fashion-vit.onnx"));
        XElement project = XElement.Parse(HookProject.Emit(model, "small.onnx").Texts["Small.csproj"]);
        Dictionary<string, string> packages = project.Descendants("PackageReference").ToDictionary(p => p.Attribute("Include")!.Value, p => p.Attribute("Version")!.Value);
        string Fixed(string version) => version.StartsWith("$(", StringComparison.Ordinal) ? project.Descendants(version[2..^1]).Single().Value : version;
        Assert.Equal(["TorchSharp-cpu", "TorchSharp-cuda-linux", "Google.Protobuf", "Microsoft.ML.OnnxRuntime", "Microsoft.ML.OnnxRuntime.Extensions"], packages.Keys);
        Assert.All(packages.Values, p => Assert.Matches(@"^\d+\.\d+\.\d+$", Fixed(p)));
        // what runs here runs there
        string own = File.ReadAllText(Path.Combine(Repository.Root, "Directory.Packages.props"));
        Assert.Contains($">{Fixed(packages["Microsoft.ML.OnnxRuntime"])}</OrtVersion>", own, StringComparison.Ordinal);
        Assert.Contains($"\"Microsoft.ML.OnnxRuntime.Extensions\" Version=\"{packages["Microsoft.ML.OnnxRuntime.Extensions"]}\"", own, StringComparison.Ordinal);
    }

    [Fact]
    public void Leaves_pictures_out_where_the_model_reads_none()
    {
        var g = new GraphBuilder();
        g.Output(Linears.Apply(g, g.Input("tokens", [2, 5, 12]), "fc", 12, 7, 5), "y", 2, 5, 7);
        Model model = g.Build();
        EmittedProject emitted = HookProject.Emit(model, "small.onnx");
        Assert.Empty(emitted.Graphs);
        Assert.DoesNotContain("Pictures.cs", emitted.Texts.Keys);
        Assert.Empty(EmittedAssembly.Diagnose([Usings, .. emitted.Texts.Where(f => f.Key.EndsWith(".cs", StringComparison.Ordinal)).Select(f => f.Value)], OutputKind.ConsoleApplication));
    }
}
