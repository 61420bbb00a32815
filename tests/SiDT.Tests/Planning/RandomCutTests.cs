using SiDT.Passes.Importance;
using SiDT.Passes.Planning;
using SiDT.Passes.Proof;
using SiDT.Tests.MiniZoo;
using SiDT.Tests.MiniZoo.Networks;
using Xunit;

namespace SiDT.Tests.Planning;

/// <summary>Whatever units a criterion likes least, what the planner takes can be cut and equals its twin.</summary>
public class RandomCutTests
{
    private const int Draws = 12, Graphs = 40;

    [Fact]
    public void Random_scores_give_a_cut_that_equals_its_twin_on_a_sample_of_the_mini_zoo()
    {
        // every graph has its turn as they become more: a stride that shares no factor with any likely number of them
        MiniZooGraph[] all = [.. MiniZooGraphs.All];
        string[] wrong = [.. Enumerable.Range(0, Graphs).AsParallel().Select(i => Wrong(all[i * 37 % all.Length].Name, all[i * 37 % all.Length].Write, i)).OfType<string>()];
        Assert.Empty(wrong);
    }

    [Fact]
    public void Random_scores_never_cut_the_groups_of_shuffled_channels_differently()
    {
        string[] wrong = [.. Enumerable.Range(0, 40).AsParallel().Select(seed => Wrong("channel-shuffle", MiniZooGraphs.Named("channel-shuffle").Write, seed)).OfType<string>()];
        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData(2, 3, "3x4")] // of a stream whose halves are added, each pair of thirds loses as many
    [InlineData(3, 2, "2x4")]
    [InlineData(2, 4, "2x6")]
    [InlineData(4, 2, "1x6")]
    [InlineData(3, 3, "1x8")]
    public void Grouped_convolutions_of_any_two_numbers_of_groups_are_left_with_whole_groups(int reading, int writing, string stream)
    {
        GraphBuilder Write()
        {
            var g = new GraphBuilder(new Spelling());
            string x = g.Op("Relu", ConvNets.ConvNorm(g, ConvNets.Pixels(g), "stem", 3, 24, 3, 2));
            string y = g.Op("Relu", ConvNets.ConvNorm(g, x, "first", 24, 12, 1, 1, reading));
            y = g.Reshape(g.Transpose(g.Reshape(y, 0, reading, 12 / reading, 6, 6), 0, 2, 1, 3, 4), 0, 12, 6, 6);
            ConvNets.Classified(g, g.Op("Relu", g.Add(x, ConvNets.ConvNorm(g, y, "last", 12, 24, 1, 1, writing))), 24);
            return g;
        }

        Assert.Contains(stream, new Analysed(Write().Build()).Analysis.Dimensions.Where(d => !d.IsFrozen).Select(d => $"{d.Groups}x{d.Size}"));
        Assert.Empty(Enumerable.Range(0, Draws).Select(seed => Wrong($"{reading} and {writing} groups", Write, seed)).OfType<string>());
    }

    private static string? Wrong(string name, Func<GraphBuilder> write, int seed)
    {
        var random = new Random(seed);
        var model = new Analysed(write().Build());
        double Share() => 0.2 + (0.7 * random.NextDouble());
        PlanRequest request = seed % 2 == 0
            ? new PlanRequest { Keep = [.. model.Free.Where(_ => random.Next(3) > 0).Select(d => new KeepRule(d.Id, Share()))], Align = 1 }
            : new PlanRequest { Budget = new Budget(BudgetQuantity.Parameters, Share(), true), Align = 1 };
        try
        {
            ProofResult proof = model.Prove(model.Plan(request, new RandomCriterion(seed).Score(model.Analysis)).Selection);
            return proof.Holds ? null : $"{name}, seed {seed}: differs by {proof.Difference:g3}";
        }
        catch (Exception fault)
        {
            return $"{name}, seed {seed}: {fault.GetType().Name}: {fault.Message}";
        }
    }
}
