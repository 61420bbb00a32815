using SiDT.Frontend;
using SiDT.Passes.Analysis;
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

    /// <summary>Streams that keep their basis, by the place of the dimension.</summary>
    public Dictionary<int, StreamSelection> Selections { get; } = [];

    /// <summary>Copies the graph and frees the bases of the streams of which everything is understood.</summary>
    /// <param name="work">Stays as it is.</param>
    /// <param name="analysis">Of it.</param>
    /// <param name="wanted">Places of dimensions.</param>
    /// <param name="reasons">Told why others keep their basis; those that have a reason already do.</param>
    public static StreamBases Open(Model work, GraphAnalysis analysis, IEnumerable<int> wanted, IDictionary<int, string> reasons)
    {
        int[] left = [.. wanted.Where(i => !reasons.ContainsKey(i))];
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
            {
                foreach ((int index, string reason) in reasons)
                {
                    if (StreamSelection.Of(own, new StreamLabels(own, own.Dimensions[index]), bases.Consumers, reason) is { } selection)
                        bases.Selections[index] = selection;
                }
                return bases;
            }
            left = [.. left.Where(i => i != failed)]; // what was changed for it is left behind
        }
    }

    /// <summary>Looks at what passes along each stream, and takes its principal axes where the basis is free.</summary>
    public void Observe(Flow uncut, TokenWeights tokens)
    {
        Dictionary<int, StreamMoments> moments = Streams.ToDictionary(s => s.Key, s => new StreamMoments(Analysis, s.Value.Labels, tokens, PlacesOf(s.Value)));
        uncut.Observe([.. moments.Values, .. Selections.Values.Select(s => s.Moments)]);
        foreach ((int index, Stream stream) in Streams)
            stream.Rewriting.Rotate(StreamAxes.Of(moments[index].Sum, StreamNeed.Of(stream.Map.Readers.Select(r => r.Consumer), stream.Labels.Units)));
    }

    /// <summary>The units of each dimension that go; norms take their statistics over the others.</summary>
    public Dictionary<int, int[]> Choose(IReadOnlyDictionary<int, int> kept)
    {
        Dictionary<int, int[]> removed = Streams.ToDictionary(s => s.Key, s => Enumerable.Range(kept[s.Key], s.Value.Labels.Units.Length - kept[s.Key]).ToArray());
        foreach ((int index, StreamSelection selection) in Selections)
        {
            removed[index] = selection.Choose(kept[index]);
            selection.Narrow(kept[index]);
        }
        return removed;
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
