using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Compensation.Streams;
using SiDT.Passes.Normalization;
using SiDT.Runtime;
using Xunit;

namespace SiDT.Tests.Compensation;

/// <summary>Samples on their way through a graph.</summary>
public sealed class StreamsTests
{
    private static readonly SessionSettings s_session = new(Threads: 1, Optimize: false);

    [Theory]
    [InlineData("nothing", new[] { 1.0, 1, 1 }, new[] { 1, 1, 1 })]
    [InlineData("a bump", new[] { 1.0, 10, 1 }, new[] { 2, 1 })]
    [InlineData("what stays much", new[] { 1.0, 10, 10 }, new[] { 1, 1, 1 })]
    [InlineData("a last bump", new[] { 1.0, 1, 10 }, new[] { 1, 2 })]
    public void Places_are_treated_together_where_more_crosses_between_them_than_around(string between, double[] volumes, int[] stages)
    {
        IReadOnlyList<Place> places = new PlaceFinder(Analyse(NetsInARow.Make(3))).Run();
        int[] starts = [.. places.Select(p => p.Start).Order()];

        IReadOnlyList<Stage> found = Stage.Of(places, place => volumes[Array.IndexOf(starts, place)], _ => false);

        Assert.True(stages.SequenceEqual(found.Select(s => s.Places.Count)), between);
    }

    [Fact]
    public void Between_two_nets_the_stream_alone_crosses_and_in_a_net_its_hidden_units_beside_it()
    {
        GraphAnalysis analysis = Analyse(NetsInARow.Make(2));
        Place second = new PlaceFinder(analysis).Run().MaxBy(p => p.Start)!;
        var lines = new Cutlines(analysis);

        Assert.Single(lines.Crossing(second.Start));
        Assert.Equal(lines.Volume(0), lines.Volume(second.Start));
        Assert.Equal((1 + (NetsInARow.Hidden / NetsInARow.Width)) * lines.Volume(0), lines.Volume(lines.PositionOf(second.Consumers[0].Node)));
    }

    [Fact]
    public void Samples_that_are_brought_to_a_place_as_they_are_read_are_those_that_move_there_later()
    {
        GraphAnalysis analysis = Analyse(NetsInARow.Make(2));
        int between = new PlaceFinder(analysis).Run().Max(p => p.Start);
        var lines = new Cutlines(analysis);
        using Session session = Session.Open(analysis.Graph.Model, s_session);
        IReadOnlyDictionary<string, Tensor>[] batches = [.. Enumerable.Range(0, 3).Select(i => SyntheticInputs.For(session, i, NetsInARow.Rows))];
        using Flow atOnce = New(), later = New();

        atOnce.Start(batches, between);
        later.Start(batches);
        later.Move(between, []);

        Assert.Equal((3, between), (atOnce.Batches, atOnce.Place));
        string stream = lines.Crossing(between).Single();
        for (int b = 0; b < batches.Length; b++)
            Assert.Equal(later.Read(stream, b).ToFloats(), atOnce.Read(stream, b).ToFloats());
        Assert.NotEqual(atOnce.Read(stream, 0).ToFloats(), atOnce.Read(stream, 1).ToFloats());

        Flow New() => new(analysis, lines, s_session, () => analysis.Graph.Model, new ActivationMemory());
    }

    private static GraphAnalysis Analyse(Model model) => new DimensionFinder().Run(new Normalizer().Run(model).Graph);
}
