using SiDT.Backend.Compilation;
using SiDT.Frontend.Writing;
using SiDT.Passes.Planning;
using SiDT.Runtime;
using SiDT.Tests.MiniZoo;
using SiDT.Tests.Python;

namespace SiDT.Tests.Proof;

/// <summary>The reference implementation of ONNX accepts what the compiler writes.</summary>
public class PrunedFilesTests
{
    private static readonly string[] s_graphs =
    [
        "packed-gather", "functions-packed", "opset-9", "opset-20-gelu", "gemm-on-flat-tokens", "einsum-matrices", "windows", "segmentation", "inverted-residuals", "constant-nodes",
    ];

    [PythonOnnxFact]
    public void Accepts_what_is_left_of_ten_graphs()
    {
        string folder = Directory.CreateTempSubdirectory("sidt-pruned-").FullName;
        var options = new CompileOptions
        {
            Request = new PlanRequest { Keep = [.. HalvedKind.Kinds.Select(k => new KeepRule(k, 0.5))], Align = 1 },
            Session = new SessionSettings(Threads: 1),
        };
        foreach (string name in s_graphs)
            ModelWriter.Write(new Compiler(options, new StageClock()).Prune(MiniZooGraphs.Named(name).Make()).Small, Path.Combine(folder, name + ".onnx"));

        IReadOnlyList<(string Verdict, string Line)> lines = PythonOnnx.Check(Directory.GetFiles(folder, "*.onnx"));

        Xunit.Assert.Equal(s_graphs.Length, lines.Count);
        Xunit.Assert.Empty(lines.Where(l => l.Verdict == "failed").Select(l => l.Line));
        Xunit.Assert.True(lines.Count(l => l.Verdict == "ok") > lines.Count / 2);
        Directory.Delete(folder, recursive: true);
    }
}
