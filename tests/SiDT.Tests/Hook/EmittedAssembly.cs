using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SiDT.Backend.Hook;

namespace SiDT.Tests.Hook;

/// <summary>Emitted C#, compiled against the declarations of TorchSharp in <c>tests/TorchSharp.Declarations</c> and loaded.</summary>
internal sealed class EmittedAssembly
{
    private const string Shared = "Emitted";
    private static readonly MetadataReference[] s_references =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(p => p.Length > 0 && !Path.GetFileName(p).StartsWith("SiDT", StringComparison.Ordinal)).Select(p => MetadataReference.CreateFromFile(p))];

    private static readonly CSharpCompilationOptions s_options = new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, optimizationLevel: OptimizationLevel.Release);

    private readonly Assembly _assembly;

    private EmittedAssembly(Assembly assembly) => _assembly = assembly;

    /// <summary>Compiles modules, each in a namespace of its own, with the reader of weights that all have in common.</summary>
    /// <exception cref="InvalidOperationException">The compiler has something to say: an error or a warning.</exception>
    public static EmittedAssembly Compile(IEnumerable<EmittedModule> modules)
    {
        var texts = new List<string>
        {
            "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading; global using System.Threading.Tasks; global using Emitted;",
            HookTemplates.Fill("Weights.cs", ("namespace", Shared)),
            HookTemplates.Fill("OnnxFile.cs", ("namespace", Shared)),
        };
        foreach (EmittedModule module in modules)
            texts.AddRange([module.Code, module.Bindings]);
        return new EmittedAssembly(Load(texts));
    }

    /// <summary>What the compiler says of files that make up one project.</summary>
    public static IReadOnlyList<string> Diagnose(IEnumerable<string> texts, OutputKind kind = OutputKind.DynamicallyLinkedLibrary) =>
        [.. Compilation(texts, kind).GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning).Select(d => d.ToString())];

    /// <summary>A network in another's namespace, with the numbers of an ONNX file.</summary>
    public EmittedNetwork Open(EmittedModule module, string nameSpace, string path)
    {
        Type type = _assembly.GetType($"{nameSpace}.{module.ClassName}", throwOnError: true)!;
        object bindings = _assembly.GetType($"{nameSpace}.{module.ClassName}Bindings", throwOnError: true)!.GetField("All")!.GetValue(null)!;
        return new EmittedNetwork((TorchSharp.torch.nn.Module)Activator.CreateInstance(type)!, bindings, _assembly.GetType($"{Shared}.Weights")!, module, path);
    }

    private static Assembly Load(IEnumerable<string> texts)
    {
        using var stream = new MemoryStream();
        CSharpCompilation compilation = Compilation(texts, OutputKind.DynamicallyLinkedLibrary);
        string[] said = [.. compilation.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning).Take(12).Select(d => $"{d} [{d.Location.SourceTree?.GetText().Lines[d.Location.GetLineSpan().StartLinePosition.Line].ToString().Trim()}]")];
        if (said.Length > 0)
            throw new InvalidOperationException(string.Join("\n", said));
        var result = compilation.Emit(stream);
        return result.Success ? Assembly.Load(stream.ToArray()) : throw new InvalidOperationException(string.Join("\n", result.Diagnostics));
    }

    private static CSharpCompilation Compilation(IEnumerable<string> texts, OutputKind kind) => CSharpCompilation.Create(
        $"Emitted{Guid.NewGuid():N}",
        texts.Select(t => CSharpSyntaxTree.ParseText(t, new CSharpParseOptions(LanguageVersion.Latest))),
        s_references,
        s_options.WithOutputKind(kind));
}
