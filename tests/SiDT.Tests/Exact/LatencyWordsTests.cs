using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Exact;
using SiDT.Passes.Normalization;
using SiDT.Tests.MiniZoo;
using Xunit;

namespace SiDT.Tests.Exact;

/// <summary>The words in which a graph is written for ONNX Runtime.</summary>
public class LatencyWordsTests
{
    [Fact]
    public void Norms_and_biases_are_part_of_products()
    {
        Model work = new Normalizer().Run(MiniZooGraphs.Named("separate").Make());
        ExactSavings.Before(new GraphFacts(work));

        IReadOnlyList<Saving> savings = ExactSavings.After(work);

        Assert.DoesNotContain(work.Graph.Nodes, n => n.Is("LayerNormalization"));
        Assert.Contains(savings, s => s.Pass == "key biases");
        Assert.Contains(savings, s => s.Pass == "value biases");
        Assert.Contains(work.Graph.Nodes, n => n.Is("Gemm"));
    }

    [Fact]
    public void Other_runtimes_get_the_norms_that_the_file_had()
    {
        Model work = new Normalizer().Run(MiniZooGraphs.Named("separate").Make());
        int norms = work.Graph.Nodes.Count(n => n.Is("LayerNormalization"));

        ExactSavings.After(work, spell: false);

        Assert.True(norms > 0);
        Assert.Equal(norms, work.Graph.Nodes.Count(n => n.Is("LayerNormalization")));
    }

    /// <summary>With a product whose result is an output, and read further or not.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_shift_of_a_norm_reaches_an_output_of_a_product_without_bias(bool isRead)
    {
        var graph = new GraphBuilder();
        string x = graph.Input("x", [1, 5, 4]), scale = graph.Weight("scale", [1, 2, 3, 4], 4), shift = graph.Weight("shift", [5, -6, 7, 8], 4);
        string normed = graph.Op("LayerNormalization", [x, scale, shift], ("axis", -1));
        string product = graph.Op("MatMul", normed, graph.Weight("w", [1, 2, 3, 4, 5, 6, 7, 8], 4, 2));
        graph.Output(product, "y", 1, 5, 2);
        if (isRead)
            graph.Output(graph.Op("Exp", product), "z", 1, 5, 2);
        Model original = graph.Build(), spelled = original.Clone();

        ExactSavings.After(spelled);

        Assert.DoesNotContain(spelled.Graph.Nodes, n => n.Is("LayerNormalization"));
        Assert.True(ExactRuns.Compare(original, spelled).Holds);
    }
}
