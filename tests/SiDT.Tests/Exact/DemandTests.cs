using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Passes.Analysis;
using SiDT.Passes.Exact;
using SiDT.Passes.Normalization;
using SiDT.Tests.MiniZoo;
using SiDT.Tests.Runtime;
using Xunit;

namespace SiDT.Tests.Exact;

/// <summary>What no output reads is not computed.</summary>
public class DemandTests
{
    [Fact]
    public void A_classifier_that_reads_one_token_computes_one_query_in_its_last_block()
    {
        Model work = new Normalizer().Run(MiniZooGraphs.Named("separate").Make());
        long before = Macs(work, "blocks.1"), first = Macs(work, "blocks.0");

        IReadOnlyList<Saving> savings = ExactSavings.Before(new GraphFacts(work));

        Assert.Contains(savings, s => s.Pass == "demand" && s.Macs > 0);
        Assert.Equal(first, Macs(work, "blocks.0"));
        Assert.True(Macs(work, "blocks.1") < 0.7 * before);
    }

    [SharedFact("models/vit_tiny.onnx")]
    public void A_vision_transformer_loses_the_dead_rows_of_its_last_block()
    {
        Model work = new Normalizer().Run(ModelReader.Read(SharedFolder.Find("models/vit_tiny.onnx")!));

        IReadOnlyList<Saving> savings = ExactSavings.Before(new GraphFacts(work));

        Assert.InRange(savings.Sum(s => s.Macs), 80_000_000, 95_000_000);
        var flow = new LabelFlow();
        flow.Run(work.Graph);
        Node hidden = work.Graph.Nodes.Last(n => n.Is("MatMul") && n.Inputs[1]!.Constant is { Rank: 2 } w && w.Dims[1] == 768);
        Assert.True(flow.Of(hidden.Result).Shape[1].Is(1));
    }

    [Fact]
    public void Graphs_that_show_all_tokens_or_average_them_stay_as_they_are()
    {
        foreach (MiniZooGraph graph in MiniZooGraphs.All.Where(g => g.Name is "mean-pooling" or "tokens-out"))
            Assert.DoesNotContain(ExactSavings.Before(new GraphFacts(new Normalizer().Run(graph.Make()))), s => s.Pass == "demand" && s.Macs > 0);
    }

    private static long Macs(Model model, string scope)
    {
        var flow = new LabelFlow();
        flow.Run(model.Graph);
        return flow.Macs.Where(m => m.Key.Inputs.Any(i => i is not null && i.Name.Contains(scope, StringComparison.Ordinal)) || m.Key.Result.Name.Contains(scope, StringComparison.Ordinal)).Sum(m => Workload.Evaluate(m.Value));
    }
}
