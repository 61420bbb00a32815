using SiDT.Backend.Compilation;
using SiDT.Frontend;
using SiDT.Frontend.Writing;
using SiDT.Passes.Planning;
using SiDT.Runtime;
using SiDT.Tests.MiniZoo;
using SiDT.Tests.MiniZoo.Planted;
using Xunit;

namespace SiDT.Tests.Proof;

/// <summary>What was planted into a network is found again, and nothing else is touched.</summary>
public class PlantedProofTests
{
    public static TheoryData<string> Names => [.. PlantedGraphs.All.Select(g => g.Name)];

    /// <summary>What the exact passes do not find yet; the list is exact.</summary>
    private static readonly string[] s_notYet =
    [
        // kernels of three axes: some dead query, key and value units stay
        "DeadHeads+DeadQk+DeadV-FlaxEinsum-Separate-303",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void Takes_back_what_was_planted(string name)
    {
        PlantedGraph graph = PlantedGraphs.Named(name);
        GraphBuilder small = graph.WriteSmall();

        Model found = new Compiler(new CompileOptions { Session = new SessionSettings(Threads: 1) }, new StageClock()).Prune(graph.Big()).Small;

        double distance = RunMiniZoo.Distance(
            RunMiniZoo.Run(ModelWriter.ToBytes(small.Build()), small.Inputs)["logits"], RunMiniZoo.Run(ModelWriter.ToBytes(found), small.Inputs)["logits"]);
        Assert.True(distance < 5e-5, $"they differ by {distance}");
        string[] kinds = [.. graph.Sizes.Select(s => s.Kind).Distinct()];
        string expected = Sizes(graph.Small(), kinds), left = Sizes(found, kinds);
        if (s_notYet.Contains(name))
            Assert.NotEqual(expected, left);
        else
            Assert.Equal(expected, left);
    }

    // sizes alone: folding may make another kind of what is left
    private static string Sizes(Model model, string[] kinds)
    {
        IEnumerable<PlanDimension> all = new Compiler(new CompileOptions(), new StageClock()).Inspect(model).Dimensions;
        return string.Join(' ', all.Where(d => kinds.Contains(d.Kind)).Select(d => $"{d.Kind}:{d.Groups}x{d.Size}").Order());
    }
}
