using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Compensation.Streams;
using SiDT.Passes.Planning;

namespace SiDT.Passes.Compensation.Statistics;

/// <summary>
/// Second moments of queries and keys, group by group: of queries weighted by token; of keys their spread within an image, and their spread
/// under the attention they get, each divided by its trace.
/// </summary>
internal sealed class PairMoments : IStatistic
{
    private readonly Pairing _pair;
    private readonly GraphAnalysis _analysis;
    private readonly TokenWeights _tokens;
    private readonly Dictionary<int, (int Group, int Index)> _places = [];
    private readonly int _width;
    private readonly List<(string Output, Moment Moment, Head?[] Heads)> _outputs = [];
    private readonly Dictionary<string, Head> _heads = [];
    private bool _isComplete = true;

    private enum Moment
    {
        Query,
        Key,
        Attended,
    }

    // queries and keys that meet in a product: the unit at each position, and the moments of its positions
    private sealed record Head((int Group, int Index)?[] Units, Matrix Query, Matrix Key, Matrix Attended)
    {
        public Matrix Metric
        {
            get
            {
                double scale = Key.Trace(), attended = Attended.Trace();
                Matrix metric = scale > 0 ? Key.Scaled(1 / scale) : Key.Copy();
                return attended > 0 ? metric.Plus(Attended, 1 / attended) : metric;
            }
        }
    }

    /// <param name="pair">The product of queries and keys.</param>
    /// <param name="units">Classes by group and index.</param>
    /// <param name="analysis">Of the graph.</param>
    /// <param name="tokens">How queries count.</param>
    public PairMoments(Pairing pair, int[][] units, GraphAnalysis analysis, TokenWeights tokens)
    {
        _pair = pair;
        _analysis = analysis;
        _tokens = tokens;
        _width = units[0].Length;
        for (int g = 0; g < units.Length; g++)
        {
            for (int i = 0; i < units[g].Length; i++)
            {
                foreach (int c in analysis.Classes.Closure(units[g][i]))
                    _places[c] = (g, i);
            }
        }
    }

    /// <summary>Whether queries and keys could be observed.</summary>
    public bool IsThere => _isComplete && _outputs.Count >= 2;

    /// <summary>Second moments of the queries of a group [units, units].</summary>
    public Matrix Query(int group) => OfGroup(group, h => h.Query);

    /// <summary>The metric of the keys of a group [units, units].</summary>
    public Matrix Key(int group) => OfGroup(group, h => h.Metric);

    /// <summary>What units of a group add to the scores: the second moments of their shares [units, units].</summary>
    public Matrix Scores(int group) => OfGroup(group, h =>
    {
        Matrix product = h.Query.Copy(), metric = h.Metric;
        for (int i = 0; i < product.Data.Length; i++)
            product.Data[i] *= metric.Data[i];
        return product;
    });

    private Matrix OfGroup(int group, Func<Head, Matrix> part)
    {
        var sum = new Matrix(_width, _width);
        foreach (Head head in _heads.Values.Where(h => h.Units.Any(u => u?.Group == group)))
        {
            Matrix numbers = part(head);
            for (int i = 0; i < head.Units.Length; i++)
            {
                for (int j = 0; j < head.Units.Length; j++)
                {
                    if (head.Units[i] is { } row && head.Units[j] is { } column && row.Group == group && column.Group == group)
                        sum[row.Index, column.Index] += numbers[i, j];
                }
            }
        }
        return sum;
    }

    public void Observe(Segment segment)
    {
        Graph graph = segment.Graph;
        Layout ofQuery = _analysis.Of(_pair.Query), ofKey = _analysis.Of(_pair.Key);
        int rank = ofQuery.Rank;
        Value q = GraphMath.Transpose(graph, GraphMath.Float(graph, segment.Find(_pair.Query.Name), ofQuery.Type), _pair.QueryOrder);
        Value k = GraphMath.Transpose(graph, GraphMath.Float(graph, segment.Find(_pair.Key.Name), ofKey.Type), _pair.KeyOrder);
        IReadOnlyList<Factor> queries = ofQuery.Axes[_pair.QueryOrder[^2]];
        float[]? weights = queries is [var factor] ? _tokens.Of(factor, ofQuery) : null;
        Emit(segment, Gram(graph, GraphMath.Weigh(graph, q, weights, rank - 2, rank), q, rank), Moment.Query, ofQuery, _pair.QueryOrder);
        Value centred = graph.Op("Sub", "centred", k, GraphMath.Mean(graph, k, ofKey.Rank - 2));
        Emit(segment, Gram(graph, centred, centred, ofKey.Rank), Moment.Key, ofKey, _pair.KeyOrder);
        if (_pair.Scores is not { } scores || ofKey.Rank != rank || _analysis.Of(scores).Rank != rank)
            return;
        Value a = GraphMath.Transpose(graph, GraphMath.Float(graph, segment.Find(scores.Name), _analysis.Of(scores).Type), _pair.ScoreOrder);
        Value seen = graph.Op("MatMul", "seen", a, centred); // the mean key that each query sees
        Value heard = GraphMath.Turn(graph, GraphMath.Sum(graph, GraphMath.Weigh(graph, a, weights, rank - 2, rank), true, rank - 2), rank); // what each key gets
        Value spread = Gram(graph, graph.Op("Mul", "heard", centred, heard), centred, rank);
        Value between = Gram(graph, GraphMath.Weigh(graph, seen, weights, rank - 2, rank), seen, rank);
        Emit(segment, graph.Op("Sub", "attended", spread, between), Moment.Attended, ofKey, _pair.KeyOrder);
    }

    public void Add(IReadOnlyDictionary<string, Tensor> results, int batch)
    {
        foreach ((string output, Moment moment, Head?[] heads) in _outputs)
        {
            float[] numbers = results[output].ToFloats();
            int width = (int)results[output].Dims[^1], size = width * width;
            if (numbers.Length != heads.Length * size)
                throw new InvalidOperationException($"'{_pair.Node}': its moments have another size than its labels");
            for (int h = 0; h < heads.Length; h++)
            {
                if (heads[h] is not { } head)
                    continue;
                double[] sums = (moment switch { Moment.Query => head.Query, Moment.Key => head.Key, _ => head.Attended }).Data;
                for (int i = 0; i < size; i++)
                    sums[i] += numbers[(h * size) + i];
            }
        }
    }

    // heads of which all units are the same are one: several queries that share a key
    private Head? HeadOf(ReadOnlySpan<int> classes)
    {
        var units = new (int Group, int Index)?[classes.Length];
        for (int i = 0; i < units.Length; i++)
            units[i] = _places.TryGetValue(classes[i], out (int Group, int Index) unit) ? unit : null;
        if (units.All(u => u is null))
            return null;
        string key = string.Join(',', units);
        if (!_heads.TryGetValue(key, out Head? head))
            _heads[key] = head = new Head(units, new Matrix(units.Length, units.Length), new Matrix(units.Length, units.Length), new Matrix(units.Length, units.Length));
        return head;
    }

    private static Value Gram(Graph graph, Value left, Value right, int rank) => graph.Op("MatMul", "gram", GraphMath.Turn(graph, left, rank), right);

    // sums over all batch positions that are not groups
    private void Emit(Segment segment, Value gram, Moment moment, Layout layout, int[] order)
    {
        Factor[] batch = [.. order[..^2].SelectMany(a => layout.Axes[a])], units = [.. layout.Axes[order[^1]]];
        bool Is(int l) => l >= 0 && _places.ContainsKey(_analysis.Flow.Labels.Find(l));
        LabelArray[] arrays = [.. layout.Arrays.Where(a => a.Labels.Any(Is))];
        // where rows cover what lies at each position, the positions say all
        LabelArray? array = arrays.MaxBy(a => a.Over.Count);
        bool isPlain = batch.Count(f => !f.Size.IsConstant) <= 1;
        bool isPure = array is not null && order[..^2].All(a => layout.Axes[a].All(array.Over.Contains) || !layout.Axes[a].Any(array.Over.Contains));
        if (array is null || !array.Over.All(f => batch.Contains(f) || units.Contains(f)) || !arrays.All(a => a.Over.All(array.Over.Contains)) || !(isPlain || isPure) || !units.All(f => f.Size.IsConstant))
        {
            _isComplete = false;
            return;
        }
        long width = units.Aggregate(1L, (p, f) => p * f.Size.Value);
        long[] shape = [.. batch.Select(f => f.Size.IsConstant ? f.Size.Value : -1), width, width];
        if (!isPlain)
            shape = []; // several sizes are open: whole axes are summed over
        long[] summed = !isPlain ? [.. Enumerable.Range(0, order.Length - 2).Where(i => !layout.Axes[order[i]].Any(array.Over.Contains)).Select(i => (long)i)] : [.. Enumerable.Range(0, batch.Length).Where(i => !array.Over.Contains(batch[i])).Select(i => (long)i)];
        Value sum = GraphMath.Sum(segment.Graph, isPlain ? RowView.Reshape(segment, gram, shape) : gram, false, summed);
        Factor[] heads = [.. batch.Where(array.Over.Contains)];
        int[] classes = LabelSpread.Over(array, [.. heads, .. units], l => Is(l) ? _analysis.Flow.Labels.Find(l) : -1);
        Head?[] found = new Head?[classes.Length / (int)width];
        for (int h = 0; h < found.Length; h++)
            found[h] = HeadOf(classes.AsSpan(h * (int)width, (int)width));
        _outputs.Add((segment.Publish(RowView.Reshape(segment, sum, [-1, width, width]), ElementType.Float32), moment, found));
    }
}
