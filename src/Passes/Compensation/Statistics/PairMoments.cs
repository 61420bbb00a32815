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
    private readonly int _groups, _width;
    private readonly List<(string Output, Moment Moment, int[] Classes)> _outputs = [];
    private readonly Matrix[] _queries, _keys, _attended;
    private bool _isComplete = true;

    private enum Moment
    {
        Query,
        Key,
        Attended,
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
        _groups = units.Length;
        _width = units[0].Length;
        for (int g = 0; g < units.Length; g++)
        {
            for (int i = 0; i < units[g].Length; i++)
                _places[units[g][i]] = (g, i);
        }
        Matrix[] Zeros() => [.. Enumerable.Range(0, _groups).Select(_ => new Matrix(_width, _width))];
        (_queries, _keys, _attended) = (Zeros(), Zeros(), Zeros());
    }

    /// <summary>Whether queries and keys could be observed, each unit at one place.</summary>
    public bool IsThere => _isComplete && _outputs.Count >= 2;

    /// <summary>Second moments of the queries of a group [units, units].</summary>
    public Matrix Query(int group) => _queries[group];

    /// <summary>The metric of the keys of a group [units, units].</summary>
    public Matrix Key(int group)
    {
        Matrix a = _keys[group], d = _attended[group];
        double scale = a.Trace(), attended = d.Trace();
        Matrix metric = scale > 0 ? a.Scaled(1 / scale) : a.Copy();
        return attended > 0 ? metric.Plus(d, 1 / attended) : metric;
    }

    public void Observe(Segment segment)
    {
        Graph graph = segment.Graph;
        Layout ofQuery = _analysis.Of(_pair.Query), ofKey = _analysis.Of(_pair.Key);
        int rank = ofQuery.Rank;
        Value q = GraphMath.Transpose(graph, GraphMath.Float(graph, segment.Find(_pair.Query.Name), ofQuery.Type), _pair.QueryOrder);
        Value k = GraphMath.Transpose(graph, GraphMath.Float(graph, segment.Find(_pair.Key.Name), ofKey.Type), _pair.KeyOrder);
        IReadOnlyList<Factor> queries = ofQuery.Axes[_pair.QueryOrder[^2]];
        float[]? weights = queries is [var factor] && !ofQuery.Arrays.Any(a => a.Over.Contains(factor)) ? _tokens.Of(factor) : null;
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
        foreach ((string output, Moment moment, int[] classes) in _outputs)
        {
            float[] numbers = results[output].ToFloats();
            int width = (int)results[output].Dims[^1], heads = classes.Length / width;
            if (numbers.Length != heads * width * width)
                throw new InvalidOperationException($"'{_pair.Node}': its moments have another size than its labels");
            Matrix[] sums = moment switch { Moment.Query => _queries, Moment.Key => _keys, _ => _attended };
            for (int h = 0; h < heads; h++)
            {
                for (int i = 0; i < width; i++)
                {
                    if (!_places.TryGetValue(classes[(h * width) + i], out (int Group, int Index) row))
                        continue;
                    for (int j = 0; j < width; j++)
                    {
                        if (_places.TryGetValue(classes[(h * width) + j], out (int Group, int Index) column) && column.Group == row.Group)
                            sums[row.Group][row.Index, column.Index] += numbers[(((h * width) + i) * width) + j];
                    }
                }
            }
        }
    }

    private static Value Gram(Graph graph, Value left, Value right, int rank) => graph.Op("MatMul", "gram", GraphMath.Turn(graph, left, rank), right);

    // sums over all batch positions that are not groups
    private void Emit(Segment segment, Value gram, Moment moment, Layout layout, int[] order)
    {
        Factor[] batch = [.. order[..^2].SelectMany(a => layout.Axes[a])], units = [.. layout.Axes[order[^1]]];
        bool Is(int l) => l >= 0 && _places.ContainsKey(_analysis.Flow.Labels.Find(l));
        LabelArray[] arrays = [.. layout.Arrays.Where(a => a.Labels.Any(Is))];
        if (arrays.Length != 1 || !arrays[0].Over.All(f => batch.Contains(f) || units.Contains(f)) || batch.Count(f => !f.Size.IsConstant) > 1 || !units.All(f => f.Size.IsConstant))
        {
            _isComplete = false;
            return;
        }
        LabelArray array = arrays[0];
        long width = units.Aggregate(1L, (p, f) => p * f.Size.Value);
        long[] shape = [.. batch.Select(f => f.Size.IsConstant ? f.Size.Value : -1), width, width];
        long[] summed = [.. Enumerable.Range(0, batch.Length).Where(i => !array.Over.Contains(batch[i])).Select(i => (long)i)];
        Value sum = GraphMath.Sum(segment.Graph, RowView.Reshape(segment, gram, shape), false, summed);
        Factor[] heads = [.. batch.Where(array.Over.Contains)];
        int[] classes = LabelSpread.Over(array, [.. heads, .. units], l => Is(l) ? _analysis.Flow.Labels.Find(l) : -1);
        _outputs.Add((segment.Publish(RowView.Reshape(segment, sum, [-1, width, width]), ElementType.Float32), moment, classes));
    }
}
