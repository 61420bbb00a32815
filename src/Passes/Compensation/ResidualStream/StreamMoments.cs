using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Compensation.Statistics;
using SiDT.Passes.Compensation.Streams;

namespace SiDT.Passes.Compensation.ResidualStream;

/// <summary>
/// Second moments of a stream where it is read, batch by batch, rows weighted by token, each place divided by its trace and all places added up
/// inside the graph: one matrix, however deep the network.
/// </summary>
internal sealed class StreamMoments(GraphAnalysis analysis, StreamLabels labels, TokenWeights tokens, IReadOnlyList<Value> places, bool isCentred = false) : IStatistic
{
    private string? _sum;

    /// <summary>[n x n] in the order of the units; zeros where nothing could be observed.</summary>
    public Matrix Sum { get; } = new(labels.Units.Length, labels.Units.Length);

    public void Observe(Segment segment)
    {
        Graph graph = segment.Graph;
        Value? sum = null;
        foreach (Value place in places)
        {
            Layout layout = analysis.Of(place);
            IReadOnlyList<Factor> columns = layout.Axes[labels.AxisOf(place)];
            if (RowView.Build(segment, segment.Find(place.Name), layout, columns) is not { } x)
                continue;
            Factor?[] rows = RowView.RowAxes(layout, columns);
            Value weighted = Weighted(graph, x, layout, rows);
            if (isCentred)
            {
                x = graph.Op("Sub", "centred", x, GraphMath.Mean(graph, RowView.Flat(segment, weighted, labels.Units.Length), 0));
                weighted = Weighted(graph, x, layout, rows);
            }
            Value flat = RowView.Flat(segment, x, labels.Units.Length), heavy = RowView.Flat(segment, weighted, labels.Units.Length);
            Value trace = GraphMath.Sum(graph, graph.Op("Mul", "squares", flat, heavy), true, 0, 1);
            Value gram = graph.Op("MatMul", "gram", GraphMath.Turn(graph, heavy, 2), flat);
            Value part = graph.Op("Div", "share", gram, graph.Op("Add", "trace", trace, graph.NewInitializer("tiny", Tensor.Scalar(1e-30f))));
            Value ordered = Ordered(graph, part, layout, columns);
            sum = sum is null ? ordered : graph.Op("Add", "sum", sum, ordered);
        }
        _sum = sum is null ? null : segment.Publish(sum, ElementType.Float32);
    }

    public void Add(IReadOnlyDictionary<string, Tensor> results, int batch)
    {
        if (_sum is null)
            return;
        float[] numbers = results[_sum].ToFloats();
        for (int i = 0; i < numbers.Length; i++)
            Sum.Data[i] += numbers[i];
    }

    private Value Weighted(Graph graph, Value x, Layout layout, Factor?[] rows)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i] is { } axis && tokens.Of(axis, layout) is { } weights)
                return GraphMath.Weigh(graph, x, weights, i, rows.Length + 1);
        }
        return x;
    }

    // positions of an axis need not lie in the order of the units
    private Value Ordered(Graph graph, Value gram, Layout layout, IReadOnlyList<Factor> columns)
    {
        int[] classes = [.. layout.Arrays.Single(a => a.SameFactors(columns)).Reordered(columns).Labels.Select(analysis.Flow.Labels.Find)];
        long[] order = [.. labels.Units.Select(u => (long)Array.IndexOf(classes, u))];
        if (order.SequenceEqual(Enumerable.Range(0, order.Length).Select(i => (long)i)))
            return gram;
        Value indices = graph.NewInitializer("order", Tensor.Vector(order));
        Node rows = graph.Add("Gather", "", "rows", [gram, indices]).Set("axis", 0);
        return graph.Add("Gather", "", "columns", [rows.Result, indices]).Set("axis", 1).Result;
    }
}
