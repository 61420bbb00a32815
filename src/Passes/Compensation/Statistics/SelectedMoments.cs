using System.Runtime.InteropServices;
using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Compensation.Streams;

namespace SiDT.Passes.Compensation.Statistics;

/// <summary>
/// First and second moments of what a consumer reads of the tokens that the outputs read, beside <see cref="ReadMoments"/> of all: so they can count
/// more where units are chosen than where something is fitted to them.
/// </summary>
internal sealed class SelectedMoments(Consumer consumer, GraphAnalysis analysis, TokenWeights tokens) : IStatistic
{
    private string? _gram, _sum, _size;
    private ReadSums? _sums;
    private double _share, _choiceShare;

    public void Observe(Segment segment)
    {
        Graph graph = segment.Graph;
        Layout layout = analysis.Of(consumer.Input);
        Factor?[] axes = RowView.RowAxes(layout, consumer.Factors);
        int axis = Array.FindIndex(axes, a => a is { } factor && tokens.Of(factor, layout) is not null);
        if (axis < 0 || consumer.Width > ReadMoments.Widest || RowView.Build(segment, segment.Find(consumer.Input.Name), layout, consumer.Factors) is not { } z)
            return;
        long[] positions = [.. tokens.SelectedOf(axes[axis]!).Order()];
        Value selected = RowView.Flat(segment, graph.Add("Gather", "", "selected", [z, graph.NewInitializer("positions", Tensor.Vector(positions))]).Set("axis", axis).Result, consumer.Width);
        _gram = segment.Publish(graph.Op("MatMul", "gram", GraphMath.Turn(graph, selected, 2), selected), ElementType.Float32);
        _sum = segment.Publish(GraphMath.Sum(graph, selected, false, 0), ElementType.Float32);
        _size = segment.Publish(graph.Op("Size", "size", selected), ElementType.Int64);
        (_sums, _share, _choiceShare) = (new ReadSums(consumer.Width, 0), tokens.SelectedShare, tokens.ChoiceShare);
    }

    public void Add(IReadOnlyDictionary<string, Tensor> results, int batch)
    {
        _sums?.Add(Floats(_gram!), Floats(_sum!), (double)results[_size!].ToInt64s()[0] / consumer.Width, [], []);

        ReadOnlySpan<float> Floats(string name) => MemoryMarshal.Cast<byte, float>(results[name].Bytes); // published as 32-bit floats
    }

    /// <summary>The covariance that units are chosen by: selected tokens, which count less in the sums of all, count as much as a choice wants.</summary>
    /// <param name="all">Of all rows.</param>
    public Matrix Choice(ReadSums all) => _sums is { Weight: > 0 } selected
        ? all.Plus(selected, all.Weight / selected.Weight * (_choiceShare - _share) / (1 - _choiceShare)).Covariance
        : all.Covariance;
}
