using SiDT.Tests.Frontend;
using SiDT.Tests.MiniZoo;
using Xunit;
using TemporaryFolder = SiDT.Tests.Runtime.TemporaryFolder;

namespace SiDT.Tests.Hook;

/// <summary>The emitted code compiles without a word of the compiler's, runs, and computes what ONNX Runtime does.</summary>
public sealed class EmittedZooTests
{
    [Fact]
    [Trait("Category", Categories.Slow)]
    public void Mini_zoo_graphs_compute_as_modules_what_ONNX_Runtime_computes()
    {
        using var folder = new TemporaryFolder();
        MiniZooGraph[] graphs = [.. MiniZooGraphs.All.Where(g => !IsRounded(g.Name))];
        foreach (MiniZooGraph graph in graphs)
            graph.Write().Save(folder[$"{graph.Name}.onnx"]);
        var zoo = EmittedZoo.Of(graphs.Select(g => folder[$"{g.Name}.onnx"]));
        Assert.True(zoo.Count >= 0.85 * graphs.Length, $"{zoo.Count} of {graphs.Length}:\n{string.Join("\n", zoo.Refused)}");
        Assert.Empty(zoo.Distances().Where(d => !(d.Value <= 1e-4)).Select(d => $"{d.Key}: {d.Value:e1}"));
    }

    [ZooFact]
    [Trait("Category", Categories.Slow)]
    public void Nine_of_ten_graphs_of_the_zoo_are_modules_that_compute_what_ONNX_Runtime_computes()
    {
        string[] paths = ZooFactAttribute.Graphs;
        var zoo = EmittedZoo.Of(paths);
        Assert.True(zoo.Count >= 0.9 * paths.Length, $"{zoo.Count} of {paths.Length}:\n{string.Join("\n", zoo.Refused)}");
        Assert.All(zoo.Refused.Values, reason => Assert.Contains("so the graph has no TorchSharp module; nothing was written", reason, StringComparison.Ordinal));
        Assert.Empty(zoo.Distances().Where(d => !IsRounded(d.Key) && !(d.Value <= 1e-4)).Select(d => $"{d.Key}: {d.Value:e1}"));
    }

    [ZooFact]
    [Trait("Category", Categories.Slow)]
    public void Graphs_without_names_compute_as_modules_what_ONNX_Runtime_computes()
    {
        using var folder = new TemporaryFolder();
        // one of each family
        string[] paths = [.. ZooFactAttribute.Graphs.GroupBy(p => Path.GetFileName(p).Split("__")[0]).Select(g => g.FirstOrDefault(p => p.EndsWith("__op13.onnx", StringComparison.Ordinal)) ?? g.First())];
        var zoo = EmittedZoo.Of(paths.Select(p => Nameless.Write(p, folder.Path)));
        Assert.True(zoo.Count >= 0.9 * paths.Length, string.Join("\n", zoo.Refused));
        Assert.Empty(zoo.Distances().Where(d => !IsRounded(d.Key) && !(d.Value <= 1e-4)).Select(d => $"{d.Key}: {d.Value:e1}"));
    }

    // ONNX Runtime computes these with fewer bits than the module does
    private static bool IsRounded(string name) => name.EndsWith("f16", StringComparison.Ordinal) || name.Contains("qdq", StringComparison.Ordinal);
}
