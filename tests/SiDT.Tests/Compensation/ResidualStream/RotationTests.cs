using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Passes.Proof;
using SiDT.Tests.Frontend;
using SiDT.Tests.MiniZoo;
using Xunit;
using Xunit.Abstractions;

namespace SiDT.Tests.Compensation.ResidualStream;

/// <summary>Another basis of a residual stream changes no output, and what is silent in it can be cut away.</summary>
public class RotationTests(ITestOutputHelper output)
{
    // what the mini-zoo's spellings must at least leave free
    private const int Promised = 60;

    public static TheoryData<string> Names => [.. MiniZooGraphs.All.Select(g => g.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_change_of_basis_alone_leaves_outputs_equal(string name)
    {
        var streams = new FreedStreams(MiniZooGraphs.Named(name).Make());
        if (streams.Free == 0)
            return;

        ProofResult proof = streams.CompareUncut();

        Assert.True(proof.Difference <= (MiniZooGraphs.Named(name).Tolerance > 2e-4 ? 1e-2 : proof.Tolerance), $"the outputs differ by {proof.Difference:g3}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Axes_that_are_silent_can_be_cut_away(string name)
    {
        var streams = new FreedStreams(MiniZooGraphs.Named(name).Make());
        if (streams.Free == 0)
            return;

        ProofResult proof = streams.CompareCut();

        Assert.True(proof.Difference <= (MiniZooGraphs.Named(name).Tolerance > 2e-4 ? 1e-2 : proof.Tolerance), $"the outputs differ by {proof.Difference:g3}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_stream_that_keeps_its_basis_is_cut_as_if_its_norms_were_never_spelled_anew(string name)
    {
        var streams = new FreedStreams(MiniZooGraphs.Named(name).Make(), rotate: false);
        if (streams.Selected == 0)
            return;

        ProofResult uncut = streams.CompareUncut(), cut = streams.CompareSelected();

        Assert.True(uncut.Holds, $"the outputs differ by {uncut.Difference:g3}");
        Assert.True(cut.Holds, $"the outputs differ by {cut.Difference:g3} when it is cut");
    }

    [Fact]
    public void Most_streams_of_the_mini_zoo_are_free()
    {
        int free = 0, all = 0;
        foreach (MiniZooGraph graph in MiniZooGraphs.All)
        {
            var streams = new FreedStreams(graph.Make());
            free += streams.Free;
            all += streams.Count;
            foreach (string reason in streams.Reasons.Values)
                output.WriteLine($"{graph.Name}: {reason}");
        }
        output.WriteLine($"{free} of {all}");
        Assert.True(free >= Promised, $"{free} of {all}");
    }

    [ZooFact]
    [Trait("Category", Categories.Slow)]
    public void No_graph_of_the_zoo_computes_something_else_in_another_basis()
    {
        var wrong = new List<string>();
        int free = 0, all = 0;
        foreach (string path in ZooFactAttribute.Graphs)
        {
            Model model = ModelReader.Read(path);
            bool isNarrow = model.Graph.Initializers.Any(v => v.Initializer!.Type is ElementType.Float16 or ElementType.BFloat16); // rotated weights are rounded again
            var streams = new FreedStreams(model);
            free += streams.Free;
            all += streams.Count;
            foreach (string reason in streams.Reasons.Values)
                output.WriteLine($"{Path.GetFileName(path)}: {reason}");
            if (streams.Free == 0)
                continue;
            if (streams.CompareUncut() is { Holds: false } proof && !(isNarrow && proof.Difference <= 1e-2))
                wrong.Add($"{Path.GetFileName(path)} differs by {proof.Difference:g3}");
            else if (streams.CompareCut() is { Holds: false } cut && !(isNarrow && cut.Difference <= 1e-2))
                wrong.Add($"{Path.GetFileName(path)} differs by {cut.Difference:g3} when it is cut");
        }
        output.WriteLine($"{free} of {all}");
        Assert.Empty(wrong);
    }
}
