using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Exact;
using SiDT.Passes.Proof;
using SiDT.Tests.MiniZoo.Planted;
using Xunit;

namespace SiDT.Tests.Exact;

/// <summary>What was planted into a small network is found and gone.</summary>
public class PlantedSavingsTests
{
    public static TheoryData<string> Names => [.. PlantedGraphs.All.Select(g => g.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_small_network_is_found_again(string name)
    {
        PlantedGraph planted = PlantedGraphs.Named(name);
        Model big = planted.Big();

        (Model small, IReadOnlyList<Saving> savings) = ExactRuns.Apply(big);
        ProofResult proof = ExactRuns.Compare(big, small);

        Assert.True(proof.Holds, $"the outputs differ by {proof.Difference}");
        Assert.True(ExactRuns.Compare(planted.Small(), small).Holds);
        GraphAnalysis analysis = new DimensionFinder().Run(small.Graph);
        foreach (PlantedSize size in planted.Sizes)
        {
            Dimension[] found = [.. analysis.Dimensions.Where(d => d.Kind.Word() == size.Kind)];
            Assert.True(found.Any(d => d.Size == size.Small), $"{size}: {string.Join(", ", analysis.Dimensions.Select(d => $"{d.Id} {d.Kind} {d.Groups}x{d.Size} {d.Reason}"))}; {string.Join("; ", savings)}");
            if (size.Kind != "conv")
                Assert.DoesNotContain(found, d => d.Size == size.Big);
        }
    }
}
