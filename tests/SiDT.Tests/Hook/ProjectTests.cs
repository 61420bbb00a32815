using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using SiDT.Backend.Hook;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Tests.Cli;
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
        IReadOnlyDictionary<string, string> files = HookProject.Emit(model, "small.onnx", new HookOptions(Teacher: teacher ? model : null));
        string define = onnxRuntime ? "#define ONNXRUNTIME\n" : "";
        Assert.Empty(EmittedAssembly.Diagnose([Usings, .. files.Where(f => f.Key.EndsWith(".cs", StringComparison.Ordinal)).Select(f => define + f.Value)], OutputKind.ConsoleApplication));
    }

    [Fact]
    public void Holds_what_a_person_needs_to_run_it()
    {
        Model model = ModelReader.Read(Path.Combine(Repository.Root, "models", "fashion-vit.onnx"));
        IReadOnlyDictionary<string, string> files = HookProject.Emit(model, "small.onnx");
        Assert.Equal(["Bindings.cs", "Check.cs", "Checkpoint.cs", "Model.cs", "OnnxFile.cs", "Options.cs", "Program.cs", "README.md", "Samples.cs", "Small.csproj", "Weights.cs"], files.Keys.Order(StringComparer.Ordinal));
        Assert.All(files.Values, text => Assert.DoesNotMatch(@"\$[a-z-]+\$", text));
        XElement project = XElement.Parse(files["Small.csproj"]);
        Assert.Equal(["TorchSharp-cpu", "TorchSharp-cuda-linux", "Google.Protobuf", "SkiaSharp", "SkiaSharp.NativeAssets.Linux.NoDependencies", "Microsoft.ML.OnnxRuntime"], project.Descendants("PackageReference").Select(p => p.Attribute("Include")!.Value));
        Assert.All(project.Descendants("PackageReference"), p => Assert.Matches(@"^\d+\.\d+\.\d+$", p.Attribute("Version")!.Value));
        Assert.Contains("TorchSharp-cpu", files["Small.csproj"], StringComparison.Ordinal);
        Assert.Contains("{ 0.286f }", files["Samples.cs"].Replace("[0.286f]", "{ 0.286f }", StringComparison.Ordinal), StringComparison.Ordinal);
    }
}
