using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Streams;
using SiDT.Passes.Planning;

namespace SiDT.Passes.Compensation.Sites;

/// <summary>
/// Finds where every dimension that can shrink is made and read. Weights and biases that may change get numbers of their own, and consumers
/// without a bias one of zeros: the graph is changed in place, and all outputs stay equal.
/// </summary>
internal sealed class PlaceFinder
{
    private readonly GraphAnalysis _analysis;
    private readonly Dictionary<int, List<Pairing>> _pairs = [];
    private readonly OwnNumbers _own;

    private sealed record Draft(Dimension Dimension, Pairing? Pair, List<(Node Node, int Input)> Left, List<(Node Node, int Input)> Right, Consumer[] Consumers, string? Why)
    {
        public FeedForwardNet? Net { get; init; }
    }

    public PlaceFinder(GraphAnalysis analysis)
    {
        _analysis = analysis;
        _own = new OwnNumbers(analysis);
        var live = new LiveClasses(analysis);
        Consumers = new ConsumerFinder(analysis).Run(c => live.Find(c) >= 0);
        foreach (Pairing pair in analysis.Graph.Nodes.Select(n => Pairing.Of(n, analysis)).OfType<Pairing>())
        {
            Layout layout = analysis.Of(pair.Query);
            IReadOnlyList<Factor> units = layout.Axes[pair.QueryOrder[^1]];
            foreach (int c in layout.Arrays.Where(a => a.Over.Any(units.Contains)).SelectMany(a => a.Labels).Where(l => l >= 0).Select(analysis.Flow.Labels.Find).Distinct())
            {
                if (!_pairs.TryGetValue(c, out List<Pairing>? list))
                    _pairs[c] = list = [];
                list.Add(pair);
            }
        }
    }

    public IReadOnlyList<Consumer> Consumers { get; }

    public IReadOnlyList<Place> Run()
    {
        Draft[] drafts = [.. _analysis.Dimensions.Where(d => !d.IsFrozen && d.Kind != DimensionKind.Embed).Select(DraftOf)];
        _own.Read([.. drafts.SelectMany(d => d.Left.Concat(d.Right)).Select(o => o.Node.Inputs[o.Input]!)]);
        var places = new List<(Draft Draft, Writer[] Left, Writer[] Right, string? Why)>();
        foreach (Draft draft in drafts)
        {
            Func<int, bool> isUnit = UnitsOf(draft.Dimension).Contains;
            Writer?[] left = [.. draft.Left.Select(o => Writer.Of(_own.Own(o.Node, o.Input), _analysis, isUnit))];
            Writer?[] right = [.. draft.Right.Select(o => Writer.Of(_own.Own(o.Node, o.Input), _analysis, isUnit))];
            bool isWhole = left.Concat(right).All(w => w is not null && draft.Dimension.Units.All(g => g.All(w.Has)));
            places.Add(isWhole ? (draft, left!, right!, draft.Why) : (draft, [], [], draft.Why ?? "its weights hold it at several places"));
        }
        _analysis.Graph.Sweep();
        _analysis.Graph.Sort();
        Dictionary<Dimension, (int Start, int End)> spans = Spans();
        return [.. places.Select(p => new Place(
            p.Draft.Dimension, p.Draft.Pair, p.Draft.Pair is null ? [] : p.Left, p.Draft.Pair is null ? [] : p.Right, p.Draft.Consumers,
            p.Draft.Pair is null ? p.Left : [], p.Why, spans[p.Draft.Dimension].Start, spans[p.Draft.Dimension].End) { Net = p.Draft.Net })];
    }

    private Draft DraftOf(Dimension dimension)
    {
        HashSet<int> units = UnitsOf(dimension);
        int[] flat = [.. dimension.Units.SelectMany(g => g)];
        bool isRow = flat.Any(_analysis.Classes.IsRow);
        Pairing[] pairs = [.. flat.SelectMany(u => _pairs.GetValueOrDefault(u) ?? []).Distinct()];
        Consumer[] consumers = [.. Consumers.Where(c => c.PositionsOf(flat).Any(p => p.Length > 0))];
        if (isRow)
            return new Draft(dimension, null, [], [], consumers, null);
        if (pairs.Length > 0 && consumers.Length == 0)
        {
            if (pairs.Length > 1)
                return new Draft(dimension, null, [], [], [], "several products read it");
            var path = new LinearPath(_analysis, units.Contains);
            path.Walk(pairs[0].Query);
            int split = path.Operands.Count;
            path.Walk(pairs[0].Key);
            path.CheckReaders(pairs[0].Node);
            return path.Reason is { } reason
                ? new Draft(dimension, pairs[0], [], [], [], reason)
                : new Draft(dimension, pairs[0], [.. path.Operands.Take(split)], [.. path.Operands.Skip(split)], [], null);
        }
        if (pairs.Length == 0 && consumers is [var only] && only.PositionsOf(flat).All(p => p.Length == 1))
        {
            var path = new LinearPath(_analysis, units.Contains);
            path.Walk(only.Input);
            path.CheckReaders(only.Node);
            return path.Reason is { } reason ? new Draft(dimension, null, [], [], consumers, reason) { Net = NetOf(dimension, consumers) } : new Draft(dimension, null, [.. path.Operands], [], consumers, null);
        }
        return new Draft(dimension, null, [], [], consumers, null) { Net = NetOf(dimension, consumers) };
    }

    private FeedForwardNet? NetOf(Dimension dimension, Consumer[] consumers) =>
        consumers is [var only] ? FeedForwardNet.Find(dimension, only, Consumers, _analysis) : null;

    private static HashSet<int> UnitsOf(Dimension dimension) => [.. dimension.Units.SelectMany(g => g)];

    // from the first to the last node that meets anything of a dimension
    private Dictionary<Dimension, (int Start, int End)> Spans()
    {
        var owners = new Dictionary<int, List<Dimension>>();
        foreach (Dimension dimension in _analysis.Dimensions.Where(d => !d.IsFrozen))
        {
            foreach (int c in dimension.Units.SelectMany(g => g).SelectMany(_analysis.Classes.Closure).Distinct())
            {
                if (!owners.TryGetValue(c, out List<Dimension>? list))
                    owners[c] = list = [];
                list.Add(dimension);
            }
        }
        var lines = new Cutlines(_analysis);
        var spans = _analysis.Dimensions.ToDictionary(d => d, _ => (Start: lines.Count, End: 0));
        foreach (Node node in _analysis.Graph.Nodes)
        {
            int at = lines.PositionOf(node);
            foreach (Value value in node.Inputs.Concat(node.Outputs).OfType<Value>())
            {
                if (!_analysis.Flow.Layouts.TryGetValue(value, out Layout? layout) || (layout.IsConstant && value.Producer is not null))
                    continue;
                foreach (int c in layout.Arrays.SelectMany(a => a.Labels).Where(l => l >= 0).Select(_analysis.Flow.Labels.Find).Distinct())
                {
                    foreach (Dimension dimension in owners.GetValueOrDefault(c) ?? [])
                    {
                        (int start, int end) = spans[dimension];
                        if (!_analysis.Of(node.Result).IsConstant)
                            spans[dimension] = (Math.Min(start, at), Math.Max(end, at + 1));
                    }
                }
            }
        }
        return spans;
    }
}
