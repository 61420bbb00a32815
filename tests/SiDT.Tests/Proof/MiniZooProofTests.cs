using SiDT.Tests.MiniZoo;
using Xunit;

namespace SiDT.Tests.Proof;

/// <summary>Half of any kind can be taken from any graph of the mini-zoo, or there is a reason why not; and what comes out is right.</summary>
public class MiniZooProofTests
{
    private static readonly string[] s_few =
    [
        "packed-gather", "functions-packed", "float16-behind-cast", "qdq-weights", "windows", "spatial-reduction", "bottlenecks", "inverted-residuals", "rms-node", "opset-9",
    ];

    public static TheoryData<string> All => [.. MiniZooGraphs.All.Select(g => g.Name).Except(s_few)];

    public static TheoryData<string> Few => [.. s_few];

    [Theory]
    [MemberData(nameof(Few))]
    public void Halves_each_kind_of_a_few_graphs(string graph) => HalvesEachKind(graph);

    [Theory]
    [MemberData(nameof(All))]
    [Trait("Category", Categories.Slow)]
    public void Halves_each_kind_of_every_other_graph(string graph) => HalvesEachKind(graph);

    [Theory]
    [MemberData(nameof(Few))]
    public void Equals_a_few_originals_with_the_slices_zeroed(string graph) => EqualsTheZeroedOriginal(graph);

    [Theory]
    [MemberData(nameof(All))]
    [Trait("Category", Categories.Slow)]
    public void Equals_every_other_original_with_the_slices_zeroed(string graph) => EqualsTheZeroedOriginal(graph);

    [Fact]
    public void Lists_no_exception_of_a_graph_that_is_not_there() =>
        Assert.All(KnownWhole.Pairs.Keys, p => Assert.Contains(MiniZooGraphs.Named(p.Graph).Expected, e => e.Kind == p.Kind && e.Answer == Answer.Yes));

    private static void HalvesEachKind(string name)
    {
        Outcome[] runs = MiniZooRuns.Of(name);
        string[] promised = [.. MiniZooGraphs.Named(name).Expected.Where(e => e.Answer == Answer.Yes).Select(e => e.Kind).Distinct()];

        Assert.All(runs, r => Assert.True(r.IsSound, r.ToString()));
        Assert.Equal(
            KnownWhole.Pairs.Keys.Where(p => p.Graph == name).Select(p => p.Kind).Order(),
            runs.Where(r => promised.Contains(r.Kind) && !r.IsHalved).Select(r => r.Kind).Order());
    }

    // the statistics of a norm over what is cut are no matter of zeros: those the compiler's own proof masks
    private static void EqualsTheZeroedOriginal(string name)
    {
        double tolerance = MiniZooGraphs.Named(name).Tolerance > 2e-4 ? 2e-2 : 2e-4;
        Assert.All(
            MiniZooRuns.Of(name).Where(r => r.Kind != "embed" && r.FromZeroed is not null),
            r => Assert.True(r.FromZeroed < tolerance, $"{r}: differs from the zeroed original by {r.FromZeroed:g3}"));
    }
}
