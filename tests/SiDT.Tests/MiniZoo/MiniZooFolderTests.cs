using Xunit;
using Xunit.Abstractions;

namespace SiDT.Tests.MiniZoo;

/// <summary>Writes the mini-zoo for programs outside, such as a judge that shares no code with the compiler.</summary>
public class MiniZooFolderTests(ITestOutputHelper output)
{
    /// <summary>Name of the environment variable that says where the folder goes.</summary>
    public const string Variable = "SIDT_MINIZOO_OUT";

    [Fact]
    public void Writes_the_mini_zoo_for_outside_judges()
    {
        string? wanted = Environment.GetEnvironmentVariable(Variable);
        string folder = wanted ?? Directory.CreateTempSubdirectory("sidt-minizoo-").FullName;
        MiniZooGraph[] graphs = wanted is null ? [.. MiniZooGraphs.All.Take(3)] : [.. MiniZooGraphs.All];

        MiniZooFolder.Write(graphs, folder);

        output.WriteLine(wanted is null ? $"set {Variable} to keep the whole folder" : $"{graphs.Length} graphs in {folder}");
        Assert.Equal(graphs.Length, Directory.GetFiles(folder, "*.onnx").Length);
        Assert.Equal(graphs.Sum(g => g.Expected.Count) + 1, File.ReadAllLines(Path.Combine(folder, "expected.tsv")).Length);
        if (wanted is null)
            Directory.Delete(folder, recursive: true);
    }
}
