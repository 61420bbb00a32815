using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Passes.Proof;
using SiDT.Tests.Frontend;
using SiDT.Tests.MiniZoo;
using Xunit;

namespace SiDT.Tests.Exact;

/// <summary>What is taken from any graph changes none of its outputs.</summary>
public class ZooSavingsTests
{
    public static TheoryData<string> Names => [.. MiniZooGraphs.All.Select(g => g.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_graph_of_the_mini_zoo_computes_the_same(string name)
    {
        Model original = MiniZooGraphs.Named(name).Make();

        ProofResult proof = ExactRuns.Compare(original, ExactRuns.Apply(original).Small);

        Assert.True(proof.Holds, $"the outputs differ by {proof.Difference}");
    }

    [ZooFact]
    [Trait("Category", Categories.Slow)]
    public void All_graphs_of_the_zoo_compute_the_same()
    {
        var wrong = new List<string>();
        foreach (string path in ZooFactAttribute.Graphs)
        {
            Model original = ModelReader.Read(path);
            ProofResult proof = ExactRuns.Compare(original, ExactRuns.Apply(original).Small);
            if (!proof.Holds)
                wrong.Add($"{Path.GetFileName(path)} differs by {proof.Difference}");
        }
        Assert.Empty(wrong);
    }
}
