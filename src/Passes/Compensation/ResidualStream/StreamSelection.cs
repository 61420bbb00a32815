using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Compensation.Statistics;

namespace SiDT.Passes.Compensation.ResidualStream;

/// <summary>
/// A stream that keeps its basis: the channels go that the others can tell most of, summed over all that read it. Norms are spelled so that
/// their statistics can run over what is kept while all channels have their places.
/// </summary>
internal sealed class StreamSelection
{
    private readonly StreamLabels _labels;
    private readonly Consumer[] _readers;
    private readonly Value[] _counts;

    private StreamSelection(StreamLabels labels, Consumer[] readers, Value[] counts, string reason, StreamMoments moments)
    {
        _labels = labels;
        _readers = readers;
        _counts = counts;
        Reason = reason;
        Moments = moments;
    }

    /// <summary>Why the basis stays.</summary>
    public string Reason { get; }

    /// <summary>To be observed while the stream is whole.</summary>
    public StreamMoments Moments { get; }

    public IReadOnlyList<Consumer> Readers => _readers;

    public StreamLabels Labels => _labels;

    /// <summary>Null where nothing can be observed that reads the stream.</summary>
    public static StreamSelection? Of(GraphAnalysis analysis, StreamLabels labels, IReadOnlyList<Consumer> consumers, string reason)
    {
        Consumer[] readers = [.. consumers.Where(c => labels.Carries(c.Input) && labels.AxisOf(c.Input) >= 0 && c.PositionsOf(labels.Units).All(p => p.Length == 1))];
        if (labels.Dimension.Groups != 1 || readers.Length == 0)
            return null;
        Value[] counts = [.. new NormReader(analysis, labels).Run().Select(n => NormSpelling.Masked(n, analysis))];
        analysis.Graph.Sweep();
        analysis.Graph.Sort();
        Value[] places = [.. readers.Select(r => r.Input).Distinct()];
        return new StreamSelection(labels, readers, counts, reason, new StreamMoments(analysis, labels, new TokenWeights(analysis), places, isCentred: true));
    }

    /// <summary>The channels that go, as places in the dimension.</summary>
    public int[] Choose(int kept)
    {
        int n = _labels.Units.Length;
        // the loss of a refit sees weights only through W W'
        Matrix weight = StreamNeed.Root(StreamNeed.Of(_readers, _labels.Units));
        EliminationOrder order = UnitElimination.Order(Moments.Sum, weight, stop: n - kept);
        return [.. order.Units.Take(n - kept).Order()];
    }

    /// <summary>Has norms take their statistics over so many channels.</summary>
    public void Narrow(int kept)
    {
        foreach (Value count in _counts)
            count.Initializer = Tensor.FromFloats(count.Initializer!.Type, [1f / kept], count.Initializer.Dims);
    }
}
