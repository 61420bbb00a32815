using SiDT.Frontend;
using SiDT.Passes.Rewriting;
using SiDT.Tests.MiniZoo;
using Xunit;

namespace SiDT.Tests.Exact;

/// <summary>Constants are folded where the file does not grow.</summary>
public class ConstantFoldingTests
{
    [Fact]
    public void A_part_of_a_weight_becomes_a_weight()
    {
        (Graph graph, Value x, Value w) = Start();
        Value part = Gather(graph, w, 1, 3, 0);
        End(graph, graph.Op("MatMul", "y", x, part));

        Assert.Equal(1, new ConstantFolding().Run(graph));

        Tensor folded = graph.Nodes.Single().Inputs[1]!.Constant!;
        Assert.Equal([40, 2], folded.Dims);
        Assert.Equal([3, 0], folded.ToFloats()[..2]);
        Assert.DoesNotContain(graph.Initializers, i => i.Name == "w");
    }

    [Fact]
    public void A_part_of_a_weight_that_is_read_as_a_whole_too_stays_a_part()
    {
        (Graph graph, Value x, Value w) = Start();
        Value part = Gather(graph, w, 1, [.. Enumerable.Range(0, 30)]);
        End(graph, graph.Op("MatMul", "y", x, part), graph.Op("MatMul", "z", x, w));

        Assert.Equal(0, new ConstantFolding().Run(graph));
    }

    [Fact]
    public void Weights_of_16_bits_stay_so()
    {
        (Graph graph, Value x, Value w) = Start(ElementType.Float16);
        Value wide = graph.Add("Cast", "", "wide", [w]).Set("to", (long)ElementType.Float32).Result;
        End(graph, graph.Op("MatMul", "y", x, Gather(graph, wide, 1, [.. Enumerable.Range(0, 30)])));

        new ConstantFolding().Run(graph);

        Node cast = graph.Nodes.Single(n => n.Is("Cast"));
        Assert.Equal(ElementType.Float16, cast.Inputs[0]!.Constant!.Type);
        Assert.Equal([40, 30], cast.Inputs[0]!.Constant!.Dims);
    }

    [Fact]
    public void Quantised_weights_stay_so_with_the_scales_of_what_is_left()
    {
        (Graph graph, Value x, _) = Start();
        Value q = graph.NewInitializer("q", Tensor.FromInt64s(ElementType.Int8, [.. Enumerable.Range(0, 1600).Select(i => (long)(i % 40))], 40, 40));
        Value scale = graph.NewInitializer("s", Tensor.Of(Enumerable.Range(0, 40).Select(i => i + 1f).ToArray().AsSpan(), 40));
        Value w = graph.Add("DequantizeLinear", "", "wide", [q, scale]).Set("axis", 1).Result;
        End(graph, graph.Op("MatMul", "y", x, Gather(graph, w, 1, 3, 0)));

        new ConstantFolding().Run(graph);

        Node dequantize = graph.Nodes.Single(n => n.Is("DequantizeLinear"));
        Assert.Equal(80, dequantize.Inputs[0]!.Constant!.Count);
        Assert.Equal([4f, 1f], dequantize.Inputs[1]!.Constant!.ToFloats());
    }

    private static (Graph Graph, Value X, Value W) Start(ElementType type = ElementType.Float32)
    {
        Graph graph = new GraphBuilder(new Spelling()).Build().Graph;
        Value x = graph.NewValue("x");
        graph.Inputs.Add(x);
        Value w = graph.NewInitializer("w", Tensor.FromFloats(type, Enumerable.Range(0, 1600).Select(i => (float)(i % 40)).ToArray(), 40, 40));
        return (graph, x, w);
    }

    private static Value Gather(Graph graph, Value data, int axis, params int[] positions) =>
        graph.Add("Gather", "", "part", [data, graph.NewInitializer("positions", Tensor.Vector([.. positions.Select(p => (long)p)]))]).Set("axis", axis).Result;

    private static void End(Graph graph, params Value[] outputs)
    {
        graph.Outputs.AddRange(outputs);
        graph.Sort();
    }
}
