using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Exact.Folding;
using SiDT.Tests.MiniZoo;
using Xunit;

namespace SiDT.Tests.Exact;

/// <summary>Constants that are added one after the other become one.</summary>
public class BiasesTests
{
    [Fact]
    public void Three_biases_in_a_row_are_one()
    {
        Model original = Sums([[3], [1], [1, 1, 3]]), merged = original.Clone();

        Assert.NotNull(new Biases().Run(new GraphFacts(merged)));
        merged.Graph.Sweep();

        Node add = merged.Graph.Nodes.Single();
        Assert.Equal([12, 22, 32], add.Inputs.Single(i => i!.Constant is not null)!.Constant!.ToFloats());
        Assert.True(ExactRuns.Compare(original, merged).Holds);
    }

    [Fact]
    public void A_sum_that_is_an_output_too_stays() => Assert.Null(new Biases().Run(new GraphFacts(Sums([[3], [3]], all: true))));

    [Fact]
    public void Biases_that_spread_over_one_another_stay_apart() => Assert.Null(new Biases().Run(new GraphFacts(Sums([[2, 1], [3]]))));

    [Fact]
    public void Biases_that_others_read_too_stay()
    {
        var graph = new GraphBuilder();
        string x = graph.Input("x", [1, 2, 3]), a = graph.Weight("a", [1, 2, 3], 3), b = graph.Weight("b", [4, 5, 6], 3);
        graph.Output(graph.Op("Add", graph.Op("Add", x, a), b), "y", 1, 2, 3);
        graph.Output(graph.Op("Mul", graph.Op("Mul", x, a), b), "z", 1, 2, 3);

        Assert.Null(new Biases().Run(new GraphFacts(graph.Build())));
    }

    /// <summary>x + b + b + ..., each b being 5, 10, 15 ... over its shape, but 2 where it is a single number.</summary>
    private static Model Sums(long[][] shapes, bool all = false)
    {
        var graph = new GraphBuilder();
        string sum = graph.Input("x", [1, 2, 3]);
        foreach (long[] shape in shapes)
        {
            long count = shape.Aggregate(1L, (a, b) => a * b);
            float[] numbers = count == 1 ? [2] : [.. Enumerable.Range(0, (int)count).Select(i => 5f * (i + 1))];
            sum = graph.Op("Add", graph.Constant(Tensor.Of(numbers.AsSpan(), shape)), sum);
            if (all)
                graph.Output(sum, $"y{shape.Length}{sum.Length}", 1, 2, 3);
        }
        if (!all)
            graph.Output(sum, "y", 1, 2, 3);
        return graph.Build();
    }
}
