using SiDT.Frontend;
using SiDT.Frontend.Writing;
using SiDT.Passes.Analysis;
using SiDT.Passes.Normalization;
using SiDT.Tests.MiniZoo;
using Xunit;

namespace SiDT.Tests.Analysis;

/// <summary>Exporters store equal tensors once: biases that are zero are then one initializer for all layers.</summary>
public class SharedZerosTests
{
    [Theory]
    [InlineData("deduplicated")]
    [InlineData("deduplicated-packed")]
    public void Layers_that_share_zeros_shrink_as_if_each_had_its_own(string name)
    {
        Model shared = MiniZooGraphs.Named(name).Make(), other = MiniZooGraphs.Named(name).Make(), own = MiniZooGraphs.Named(name).Make();
        foreach (Value zeros in Zeros(other.Graph))
            zeros.Initializer = Tensor.Of(Enumerable.Repeat(0.1f, (int)zeros.Initializer!.Count).ToArray(), zeros.Initializer.Dims);
        foreach (Value zeros in Zeros(own.Graph))
        {
            foreach (Use use in zeros.Uses.Skip(1).ToArray())
                use.Node.SetInput(use.Index, own.Graph.NewInitializer("own", zeros.Initializer!));
        }

        Assert.Contains(Zeros(shared.Graph), z => z.Uses.Count > 1);
        Assert.True(Units(shared) > Units(other), $"{Units(shared)} units go by themselves where zeros are shared, {Units(other)} where other numbers are");
        Assert.Equal(Units(own), Units(shared));
    }

    [Theory]
    [InlineData("deduplicated")]
    [InlineData("deduplicated-packed")]
    public void Outputs_stay_equal_without_them(string name)
    {
        MiniZooGraph graph = MiniZooGraphs.Named(name);
        Model model = graph.Make(), normalised = new Normalizer().Run(model);
        double[][] outputs = [.. new[] { model, normalised }.Select(m => RunMiniZoo.Run(ModelWriter.ToBytes(m), graph.Write().Inputs).Values.First())];

        Assert.True(Sums(normalised) < Sums(model));
        Assert.All(outputs[0].Zip(outputs[1]), p => Assert.Equal(p.First, p.Second, 1e-5));
    }

    [Fact]
    public void What_makes_a_sum_larger_stays()
    {
        Model model = MiniZooGraphs.Named("deduplicated").Make();
        Graph graph = model.Graph;
        Value zeros = graph.NewInitializer("zeros", Tensor.Of(new float[6], 2, 3)), row = graph.NewInitializer("row", Tensor.Of(new float[] { 1, 2, 3 }, 3));
        Value larger = graph.Op("Add", "larger", graph.Op("Neg", "negative", row), zeros), equal = graph.Op("Add", "equal", larger, zeros);
        Value read = graph.Op("Neg", "read", equal);

        new SharedZeros().Run(new GraphFacts(model));

        Assert.Equal(larger, read.Producer!.Inputs[0]);
        Assert.Equal(zeros, larger.Producer!.Inputs[1]);
    }

    private static Value[] Zeros(Graph graph) =>
        [.. graph.Initializers.Where(v => v.Initializer is { Rank: 1, Type: ElementType.Float32 } numbers && numbers.ToFloats().All(x => x == 0))];

    private static int Sums(Model model) => model.Graph.Nodes.Count(n => n.Is("Add") || (n.Is("Gemm") && n.Input(2) is not null));

    private static int Units(Model model) =>
        new DimensionFinder().Run(new Normalizer().Run(model).Graph).Dimensions.Where(d => !d.IsFrozen).Sum(d => d.Size * d.Groups);
}
