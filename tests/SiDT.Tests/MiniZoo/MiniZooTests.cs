using SiDT.Frontend.Writing;
using Xunit;

namespace SiDT.Tests.MiniZoo;

/// <summary>Every graph of the mini-zoo is a valid model: it runs, its outputs are finite, and it is the same each time.</summary>
public class MiniZooTests
{
    public static TheoryData<string> Names => [.. MiniZooGraphs.All.Select(g => g.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Runs_with_finite_outputs_and_is_deterministic(string name)
    {
        MiniZooGraph graph = MiniZooGraphs.Named(name);
        GraphBuilder builder = graph.Write();
        byte[] bytes = ModelWriter.ToBytes(builder.Build());

        Dictionary<string, double[]> outputs = RunMiniZoo.Run(bytes, builder.Inputs);

        Assert.All(outputs.Values, o => Assert.All(o, x => Assert.True(double.IsFinite(x))));
        Assert.All(outputs.Values, o => Assert.True(o.Distinct().Count() > 1, "the outputs are constant"));
        Assert.Equal(bytes, ModelWriter.ToBytes(graph.Make()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Runs_on_other_batches_where_the_batch_is_dynamic(string name)
    {
        GraphBuilder builder = MiniZooGraphs.Named(name).Write();
        if (!builder.DynamicBatch)
            return;
        byte[] bytes = ModelWriter.ToBytes(builder.Build());
        InputRange[] larger = [.. builder.Inputs.Select(i => i with { Shape = [3, .. i.Shape[1..]] })];
        RunMiniZoo.Run(bytes, larger);
    }

    [Fact]
    public void Runs_on_other_image_sizes_where_the_size_is_dynamic()
    {
        GraphBuilder[] dynamic = [.. MiniZooGraphs.All.Select(g => g.Write()).Where(g => g.DynamicSize)];
        Assert.NotEmpty(dynamic);
        foreach (GraphBuilder builder in dynamic)
            RunMiniZoo.Run(ModelWriter.ToBytes(builder.Build()), [.. builder.Inputs.Select(i => i with { Shape = [1, 3, 24, 16] })]);
    }

    [Fact]
    public void Spellings_of_one_network_agree()
    {
        var different = new List<string>();
        foreach (IGrouping<string?, MiniZooGraph> group in MiniZooGraphs.All.Where(g => g.SameAs is not null).GroupBy(g => g.SameAs))
        {
            double[]? reference = null;
            foreach (MiniZooGraph graph in group)
            {
                GraphBuilder builder = graph.Write();
                double[] found = RunMiniZoo.Run(ModelWriter.ToBytes(builder.Build()), builder.Inputs).Values.First();
                reference ??= found;
                double distance = RunMiniZoo.Distance(reference, found);
                if (!(distance < graph.Tolerance))
                    different.Add($"{graph.Name} differs from its group '{group.Key}' by {distance:g3}");
            }
        }
        Assert.Empty(different);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Says_what_is_expected_in_a_form_that_programs_read(string name)
    {
        MiniZooGraph graph = MiniZooGraphs.Named(name);

        Assert.NotEmpty(graph.Expected);
        Assert.All(graph.Expected, e => Assert.Contains(e.Kind, (string[])["mlp", "heads", "qk", "v", "embed", "conv", "other"]));
        Assert.All(graph.Expected, e => Assert.Matches(@"^\d+x\d+(\+\d+x\d+)*$", e.Size));
        Assert.All(graph.Expected.Where(e => e.Answer != Answer.Yes), e => Assert.NotEmpty(e.Note));
    }
}
