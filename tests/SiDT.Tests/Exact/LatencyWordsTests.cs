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
}
