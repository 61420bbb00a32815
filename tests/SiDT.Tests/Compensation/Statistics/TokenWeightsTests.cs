using SiDT.Frontend.Functions;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Statistics;
using SiDT.Passes.Normalization;
using SiDT.Tests.MiniZoo;
using Xunit;

namespace SiDT.Tests.Compensation.Statistics;

/// <summary>Tokens that the outputs read count as much as the fit needs, however the graph takes them.</summary>
public sealed class TokenWeightsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_token_that_the_outputs_read_weighs_three_tenths_at_the_end_with_and_without_an_embedding_of_positions(bool hasPositions)
    {
        var g = new GraphBuilder(new Spelling { Opset = 17 });
        string x = g.Input("x", [2, 10, 8]);
        if (hasPositions)
            x = g.Add(x, g.Weight("positions", 1, 1, 10, 8));
        string hidden = g.Op("Relu", g.MatMul(x, g.Weight("a", 1, 8, 16)));
        g.Output(g.Gather(g.MatMul(hidden, g.Weight("b", 1, 16, 4)), 0, 1), "y", 2, 4);
        GraphAnalysis analysis = new DimensionFinder().Run(new Normalizer().Run(FunctionInliner.Inline(g.Build())).Graph);
        Layout read = analysis.Of(analysis.Graph.Nodes.Single(n => n.OpType == "Relu").Result);

        float[] weights = new TokenWeights(analysis).Of(read.Axes[1].Single(), read)!;

        Assert.Equal(10, weights.Length);
        Assert.Equal(3, weights[0], 4);
        Assert.All(weights[1..], w => Assert.Equal(7 / 9.0, w, 4));
    }

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(0.5, 0.2)]
    [InlineData(1, 0.3)]
    public void It_weighs_the_more_the_deeper_it_is(double depth, double share)
    {
        (GraphAnalysis analysis, Layout read) = OneIsRead(tokens: 10, position: 0);

        float[] weights = new TokenWeights(analysis) { Depth = depth }.Of(read.Axes[1].Single(), read)!;

        Assert.Equal(10 * share, weights[0], 4);
        Assert.All(weights[1..], w => Assert.Equal(10 * (1 - share) / 9, w, 4));
    }

    [Fact]
    public void Of_many_rows_half_are_observed_and_the_token_that_the_outputs_read_always()
    {
        (GraphAnalysis analysis, Layout read) = OneIsRead(tokens: 100, position: 7);
        Factor tokens = read.Axes[1].Single();

        Assert.Null(new TokenWeights(analysis) { Samples = 10 }.Part(tokens, read, 16));
        (long[] positions, float[] weights) = new TokenWeights(analysis) { Samples = 1000 }.Part(tokens, read, 16)!.Value;

        Assert.Equal([7L, .. Enumerable.Range(0, 50).Select(i => 2L * i)], positions.OrderBy(p => p == 7 ? -1 : p));
        Assert.Equal(51, weights.Sum(), 3);
        Assert.Equal(0.3 * 51, weights[Array.IndexOf(positions, 7L)], 3);
    }

    [Fact]
    public void Units_that_may_go_are_no_tokens()
    {
        var g = new GraphBuilder(new Spelling { Opset = 17 });
        string hidden = g.Op("Relu", g.MatMul(g.Input("x", [2, 10, 8]), g.Weight("a", 1, 8, 16)));
        string part = g.Slice(hidden, 2, 0, 4);
        g.Output(g.MatMul(hidden, g.Weight("b", 1, 16, 4)), "y", 2, 10, 4);
        g.Output(g.MatMul(part, g.Weight("c", 1, 4, 4)), "z", 2, 10, 4);
        GraphAnalysis analysis = new DimensionFinder().Run(new Normalizer().Run(FunctionInliner.Inline(g.Build())).Graph);
        Layout read = analysis.Of(analysis.Graph.Nodes.Single(n => n.OpType == "Relu").Result);

        Assert.All(read.Axes[2], f => Assert.Null(new TokenWeights(analysis).Of(f, read)));
    }

    // a net over tokens of which the output takes one, and what is between its products
    private static (GraphAnalysis Analysis, Layout Read) OneIsRead(int tokens, int position)
    {
        var g = new GraphBuilder(new Spelling { Opset = 17 });
        string hidden = g.Op("Relu", g.MatMul(g.Input("x", [2, tokens, 8]), g.Weight("a", 1, 8, 16)));
        g.Output(g.Gather(g.MatMul(hidden, g.Weight("b", 1, 16, 4)), position, 1), "y", 2, 4);
        GraphAnalysis analysis = new DimensionFinder().Run(new Normalizer().Run(FunctionInliner.Inline(g.Build())).Graph);
        return (analysis, analysis.Of(analysis.Graph.Nodes.Single(n => n.OpType == "Relu").Result));
    }
}
