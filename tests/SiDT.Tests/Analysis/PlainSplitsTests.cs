using SiDT.Frontend;
using SiDT.Frontend.Writing;
using SiDT.Passes.Analysis;
using SiDT.Passes.Normalization;
using SiDT.Tests.MiniZoo;
using Xunit;

namespace SiDT.Tests.Analysis;

/// <summary>Exporters that do not know how many parts there are write them into a sequence.</summary>
public class PlainSplitsTests
{
    [Fact]
    public void What_is_taken_from_a_sequence_of_parts_can_shrink()
    {
        MiniZooGraph graph = MiniZooGraphs.Named("glu-split");
        Model plain = graph.Make(), packed = graph.Make();
        Pack(packed.Graph);
        byte[][] files = [ModelWriter.ToBytes(plain), ModelWriter.ToBytes(packed), ModelWriter.ToBytes(new Normalizer().Run(packed))];
        double[][] outputs = [.. files.Select(f => RunMiniZoo.Run(f, graph.Write().Inputs).Values.First())];

        Assert.Contains(packed.Graph.Nodes, n => n.Is("SplitToSequence"));
        Assert.All(outputs[0].Zip(outputs[1]), p => Assert.Equal(p.First, p.Second, 1e-5)); // other nodes are fused, and round otherwise
        Assert.All(outputs[0].Zip(outputs[2]), p => Assert.Equal(p.First, p.Second, 1e-5));
        Assert.Equal(Sizes(plain), Sizes(packed));
    }

    private static IEnumerable<(DimensionKind, int, bool)> Sizes(Model model) =>
        new DimensionFinder().Run(new Normalizer().Run(model).Graph).Dimensions.Select(d => (d.Kind, d.Size, d.IsFrozen));

    private static void Pack(Graph graph)
    {
        foreach (Node split in graph.Nodes.Where(n => n.Is("Split")).ToArray())
        {
            Node sequence = graph.Add("SplitToSequence", "", "sequence", [split.Inputs[0], split.Input(1)]).Set("axis", split.Int("axis", 0));
            for (int i = 0; i < split.Outputs.Count; i++)
                split.Outputs[i]!.ReplaceUsesWith(graph.Op("SequenceAt", "part", sequence.Result, graph.NewInitializer("at", Tensor.Scalar((long)i))));
        }
        graph.Sweep();
        graph.Sort();
    }
}
