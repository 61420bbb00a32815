using SiDT.Tests.MiniZoo;
using Xunit;

namespace SiDT.Tests.Python;

/// <summary>The reference implementation of ONNX accepts what we make.</summary>
public class CheckTests
{
    [PythonOnnxFact]
    public void Accepts_the_mini_zoo()
    {
        string folder = Directory.CreateTempSubdirectory("sidt-check-").FullName;
        MiniZooFolder.Write(MiniZooGraphs.All, folder);

        IReadOnlyList<(string Verdict, string Line)> lines = PythonOnnx.Check(Directory.GetFiles(folder, "*.onnx"));

        Assert.Equal(MiniZooGraphs.All.Count(), lines.Count);
        Assert.Empty(lines.Where(l => l.Verdict == "failed").Select(l => l.Line));
        Assert.True(lines.Count(l => l.Verdict == "ok") > lines.Count / 2);
        Directory.Delete(folder, recursive: true);
    }

    [PythonOnnxFact]
    public void Finds_a_broken_file()
    {
        string path = Path.GetTempFileName();
        new GraphBuilder().Save(path);
        var g = new GraphBuilder();
        g.Output(g.Op("NoSuchOperator", g.Input("x", [2, 3])), "y", 2, 3);
        g.Save(path);

        Assert.Equal("failed", PythonOnnx.Check(path)[0].Verdict);
        File.Delete(path);
    }
}
