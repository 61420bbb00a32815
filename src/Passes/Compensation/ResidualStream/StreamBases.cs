using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Compensation.Statistics;
using SiDT.Passes.Compensation.Streams;
using SiDT.Passes.Planning;

namespace SiDT.Passes.Compensation.ResidualStream;

/// <summary>A copy of a graph in which the bases of some residual streams are free.</summary>
internal sealed class StreamBases
{
    private StreamBases(GraphAnalysis analysis, IReadOnlyList<Consumer> consumers)
    {
        Analysis = analysis;
        Consumers = consumers;
    }

    /// <summary>One stream.</summary>
    internal sealed record Stream(StreamLabels Labels, StreamMap Map, StreamRewriting Rewriting);

    /// <summary>Of the copy; its classes and dimensions are those of the original, in the same order.</summary>
    public GraphAnalysis Analysis { get; }

    public IReadOnlyList<Consumer> Consumers { get; }

    /// <summary>By the place of the dimension.</summary>
    public Dictionary<int, Stream> Streams { get; } = [];

    /// <summary>Copies the graph and frees the bases of the streams of which everything is understood.</summary>
    /// <param name="work">Stays as it is.</param>
    /// <param name="analysis">Of it.</param>
    /// <param name="wanted">Places of dimensions.</param>
    /// <param name="reasons">Told why others keep their basis.</param>
    public static StreamBases Open(Model work, GraphAnalysis analysis, IEnumerable<int> wanted, IDictionary<int, string> reasons)
    {
        int[] left = [.. wanted];
        while (true)
        {
            Model copy = work.Clone();
            GraphAnalysis own = new DimensionFinder().Run(copy.Graph);
            if (!own.Dimensions.Select(d => d.Id).SequenceEqual(analysis.Dimensions.Select(d => d.Id)))
                throw new InvalidOperationException("a copy of a graph has other dimensions");
            SkipNorms.Run(own);
            var live = new LiveClasses(own);
            var bases = new StreamBases(own, new ConsumerFinder(own).Run(c => live.Find(c) >= 0));
            int failed = -1;
            foreach (int index in left)
            {
                if (bases.Free(index) is not { } reason)
                    continue;
                reasons[index] = reason;
                failed = index;
                break;
            }
            if (failed < 0)
                return bases;
            left = [.. left.Where(i => i != failed)]; // what was changed for it is left behind
        }
    }

    /// <summary>Takes the principal axes of what passes along each stream.</summary>
    public void Rotate(Flow uncut, TokenWeights tokens)
    {
        Dictionary<int, StreamMoments> moments = Streams.ToDictionary(s => s.Key, s => new StreamMoments(Analysis, s.Value.Labels, tokens, PlacesOf(s.Value)));
        uncut.Observe([.. moments.Values]);
        foreach ((int index, Stream stream) in Streams)
            stream.Rewriting.Rotate(StreamBasis.Of([moments[index].Sum], ones: false).Axes);
    }

    /// <summary>Makes the graph ready to be cut.</summary>
    public void Settle(IReadOnlyDictionary<int, int> kept)
    {
        foreach ((int index, Stream stream) in Streams)
            stream.Rewriting.Settle(kept[index]);
    }

    private string? Free(int index)
    {
        var labels = new StreamLabels(Analysis, Analysis.Dimensions[index]);
        var walk = new StreamWalk(Analysis, labels, Consumers);
        if (walk.Run() is not { } map)
            return walk.Reason;
        var rewriting = new StreamRewriting(Analysis, labels, map);
        if (rewriting.Run() is { } reason)
            return reason;
        Streams[index] = new Stream(labels, map, rewriting);
        return null;
    }

    private static IReadOnlyList<Value> PlacesOf(Stream stream) =>
        [.. stream.Map.Norms.Select(n => n.Input).Concat(stream.Map.Readers.Where(r => r.Norm is null).Select(r => r.Consumer.Input)).Distinct()];
}
