using SiDT.Frontend.Writing;
using Xunit;

namespace SiDT.Tests.MiniZoo.Planted;

/// <summary>A planted model computes what the small one does, with more weights.</summary>
public class PlantedTests
{
    public static TheoryData<string> Names => [.. PlantedGraphs.All.Select(g => g.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Big_and_small_compute_the_same(string name)
    {
        PlantedGraph graph = PlantedGraphs.Named(name);
        GraphBuilder small = graph.WriteSmall(), big = graph.WriteBig();
        byte[] smallBytes = ModelWriter.ToBytes(small.Build()), bigBytes = ModelWriter.ToBytes(big.Build());

        double distance = RunMiniZoo.Distance(RunMiniZoo.Run(smallBytes, small.Inputs)["logits"], RunMiniZoo.Run(bigBytes, big.Inputs)["logits"]);

        Assert.True(distance < 2e-5, $"they differ by {distance}");
        Assert.NotEmpty(graph.Sizes);
        Assert.True(bigBytes.Length > smallBytes.Length);
    }
}
