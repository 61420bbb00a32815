using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Compensation.Streams;

namespace SiDT.Passes.Compensation.Statistics;

/// <summary>
/// First and second moments of what a consumer reads, z [rows, n], weighted by token; and, where there is a target for what it makes,
/// those of z with the difference of the target from what it makes now, d [rows, outputs].
/// </summary>
internal sealed class ReadMoments : IStatistic
{
    /// <summary>Wider products are not observed: moments are as large as the square.</summary>
    public const int Widest = 4096;

    private const double Rounding = 3e-6;

    private readonly Consumer _consumer;
    private readonly GraphAnalysis _analysis;
    private readonly TokenWeights _tokens;
    private readonly Residual? _residual;
    private string? _gram, _sum, _size, _cross, _difference;
    private double _rows;

    /// <param name="consumer">Whose input is observed.</param>
    /// <param name="analysis">Of its graph.</param>
    /// <param name="tokens">How rows count.</param>
    /// <param name="residual">Where the target is found; null without one.</param>
    public ReadMoments(Consumer consumer, GraphAnalysis analysis, TokenWeights tokens, Residual? residual)
    {
        _consumer = consumer;
        _analysis = analysis;
        _tokens = tokens;
        _residual = residual;
    }

    // made when something is observed: many treatments never are
    private Matrix Sums { get; set; } = new(0, 0);

    private double[] Firsts { get; set; } = [];

    private Matrix? CrossSums { get; set; }

    private double[]? Differences { get; set; }

    /// <summary>Whether anything was observed; it is not where sizes are not known well enough.</summary>
    public bool IsThere => _gram is not null && _rows > 0;

    /// <summary>E z.</summary>
    public double[] Mean => [.. Firsts.Select(s => s / _rows)];

    /// <summary>E z z', not centred.</summary>
    public Matrix Second => Sums.Scaled(1 / _rows);

    /// <summary>E z z' - E z E z'.</summary>
    public Matrix Covariance
    {
        get
        {
            // where the mean is all there is, centring leaves the rounding of 32 bits
            Matrix second = Second, centred = Centred(second, Mean, Mean);
            double rounding = Rounding * second.Trace() / Math.Max(1, second.Rows);
            for (int i = 0; i < centred.Rows; i++)
                centred[i, i] += rounding;
            return centred;
        }
    }

    /// <summary>E d; null without a target.</summary>
    public double[]? MeanDifference => _difference is null ? null : [.. Differences!.Select(s => s / _rows)];

    /// <summary>E z d' - E z E d'; null without a target.</summary>
    public Matrix? Cross => _cross is null ? null : Centred(CrossSums!.Scaled(1 / _rows), Mean, MeanDifference!);

    public void Observe(Segment segment)
    {
        Graph graph = segment.Graph;
        Layout layout = _analysis.Of(_consumer.Input);
        if (_consumer.Width > Widest || RowView.Build(segment, segment.Find(_consumer.Input.Name), layout, _consumer.Factors) is not { } z)
            return;
        (Sums, Firsts) = (new Matrix(_consumer.Width, _consumer.Width), new double[_consumer.Width]);
        Value flat = RowView.Flat(segment, z, _consumer.Width), weighted = RowView.Flat(segment, Weigh(graph, z, layout, _consumer.Factors), _consumer.Width);
        Value turned = GraphMath.Turn(graph, weighted, 2);
        _gram = segment.Publish(graph.Op("MatMul", "gram", turned, flat), ElementType.Float32);
        _sum = segment.Publish(GraphMath.Sum(graph, weighted, false, 0), ElementType.Float32);
        _size = segment.Publish(graph.Op("Size", "size", flat), ElementType.Int64);
        if (_residual is null)
            return;
        Layout made = _analysis.Of(_residual.Stream);
        if (_residual.Columns is not { } columns || RowView.Build(segment, _residual.Difference(segment), made, columns) is not { } d)
            return;
        (CrossSums, Differences) = (new Matrix(_consumer.Width, _consumer.Outputs), new double[_consumer.Outputs]);
        Value difference = RowView.Flat(segment, d, _consumer.Outputs), heavy = RowView.Flat(segment, Weigh(graph, d, made, columns), _consumer.Outputs);
        _cross = segment.Publish(graph.Op("MatMul", "cross", turned, difference), ElementType.Float32);
        _difference = segment.Publish(GraphMath.Sum(graph, heavy, false, 0), ElementType.Float32);
    }

    public void Add(IReadOnlyDictionary<string, Tensor> results, int batch)
    {
        if (_gram is null)
            return;
        AddTo(Sums.Data, results[_gram]);
        AddTo(Firsts, results[_sum!]);
        _rows += (double)results[_size!].ToInt64s()[0] / _consumer.Width;
        if (_cross is null)
            return;
        AddTo(CrossSums!.Data, results[_cross]);
        AddTo(Differences!, results[_difference!]);
    }

    private Value Weigh(Graph graph, Value rows, Layout layout, IReadOnlyCollection<Factor> columns)
    {
        Factor?[] axes = RowView.RowAxes(layout, columns);
        for (int i = 0; i < axes.Length; i++)
        {
            if (axes[i] is { } tokens && _tokens.Of(tokens) is { } weights && !layout.Arrays.Any(a => a.Over.Contains(tokens)))
                return GraphMath.Weigh(graph, rows, weights, i, axes.Length + 1);
        }
        return rows;
    }

    private static void AddTo(double[] sums, Tensor batch)
    {
        float[] numbers = batch.ToFloats();
        for (int i = 0; i < sums.Length; i++)
            sums[i] += numbers[i];
    }

    private static Matrix Centred(Matrix second, double[] left, double[] right)
    {
        Matrix result = second.Copy();
        for (int i = 0; i < left.Length; i++)
        {
            Span<double> row = result.Row(i);
            for (int j = 0; j < right.Length; j++)
                row[j] -= left[i] * right[j];
        }
        return result;
    }
}
