using System.Runtime.InteropServices;
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

    /// <summary>Every so many batches one is set aside, to choose strengths by.</summary>
    private const int Turns = 4;

    private readonly Consumer _consumer;
    private readonly GraphAnalysis _analysis;
    private readonly TokenWeights _tokens;
    private readonly Residual? _residual;
    private readonly (ValueNet Net, Matrix Directions)? _mixing;
    private readonly int _width;
    private string? _gram, _sum, _size, _cross, _difference;
    private ReadSums? _fitted, _aside, _all;

    /// <param name="consumer">Whose input is observed.</param>
    /// <param name="analysis">Of its graph.</param>
    /// <param name="tokens">How rows count.</param>
    /// <param name="residual">Where the target is found; null without one.</param>
    /// <param name="mixing">What else the consumer could read and is observed too; null for nothing else.</param>
    public ReadMoments(Consumer consumer, GraphAnalysis analysis, TokenWeights tokens, Residual? residual, (ValueNet Net, Matrix Directions)? mixing = null)
    {
        _mixing = mixing;
        _width = mixing is var (net, directions) ? net.Groups * (net.Size + directions.Columns) : consumer.Width;
        _consumer = consumer;
        _analysis = analysis;
        _tokens = tokens;
        _residual = residual;
    }

    /// <summary>Whether anything was observed; it is not where sizes are not known well enough.</summary>
    public bool IsThere => _gram is not null && All.Weight > 0;

    /// <summary>Of all rows.</summary>
    public ReadSums All => _all ??= _fitted!.Plus(_aside!);

    /// <summary>Of most rows, and of the others, which are of other samples; null where there are too few batches.</summary>
    public (ReadSums Fitted, ReadSums Aside)? Parts => _aside is { Weight: > 0 } && _fitted is { Weight: > 0 } ? (_fitted, _aside) : null;

    public void Observe(Segment segment)
    {
        Graph graph = segment.Graph;
        Layout layout = _analysis.Of(_consumer.Input);
        if (_width > Widest || Rows(segment, layout) is not { } z)
            return;
        (_fitted, _aside, _all) = (new ReadSums(_width, 0), new ReadSums(_width, 0), null); // made when something is observed: many treatments never are
        Value? d = _residual?.Difference(segment);
        Factor?[] read = RowView.RowAxes(layout, _consumer.Factors), lacking = d is null ? [] : RowView.RowAxes(_analysis.Of(_residual!.Stream), _residual.Columns);
        int axis = read.Length - 1;
        bool isAlike = axis >= 0 && (d is null || (lacking.Length == read.Length && Equals(lacking[axis]?.Size, read[axis]?.Size)));
        float[]? weights;
        if (isAlike && read[axis] is { } tokens && _tokens.Part(tokens, layout, _width) is { } part)
        {
            Value positions = graph.NewInitializer("positions", Tensor.Vector(part.Positions));
            z = graph.Add("Gather", "", "part", [z, positions]).Set("axis", axis).Result;
            d = d is null ? null : graph.Add("Gather", "", "part", [d, positions]).Set("axis", axis).Result;
            weights = part.Weights;
        }
        else
        {
            (axis, weights) = Weights(read, layout);
        }
        Value flat = RowView.Flat(segment, z, _width), weighted = RowView.Flat(segment, GraphMath.Weigh(graph, z, weights, axis, read.Length + 1), _width);
        Value turned = GraphMath.Turn(graph, weighted, 2);
        _gram = segment.Publish(graph.Op("MatMul", "gram", turned, flat), ElementType.Float32);
        _sum = segment.Publish(GraphMath.Sum(graph, weighted, false, 0), ElementType.Float32);
        _size = segment.Publish(graph.Op("Size", "size", flat), ElementType.Int64);
        if (d is null)
            return;
        (_fitted, _aside) = (new ReadSums(_width, _consumer.Outputs), new ReadSums(_width, _consumer.Outputs));
        // the same rows may lie along other axes there
        bool isSame = isAlike && axis == read.Length - 1;
        (int at, float[]? heavy) = isSame ? (axis, weights) : Weights(lacking, _analysis.Of(_residual!.Stream));
        Value difference = RowView.Flat(segment, d, _consumer.Outputs);
        _cross = segment.Publish(graph.Op("MatMul", "cross", turned, difference), ElementType.Float32);
        _difference = segment.Publish(GraphMath.Sum(graph, RowView.Flat(segment, GraphMath.Weigh(graph, d, heavy, at, lacking.Length + 1), _consumer.Outputs), false, 0), ElementType.Float32);
    }

    // [rows..., n]
    private Value? Rows(Segment segment, Layout layout) => _mixing is var (net, directions)
        ? net.Rows(segment, directions)
        : RowView.Build(segment, segment.Find(_consumer.Input.Name), layout, _consumer.Factors);

    public void Add(IReadOnlyDictionary<string, Tensor> results, int batch)
    {
        if (_gram is null)
            return;
        _all = null;
        ReadSums sums = batch % Turns == Turns - 1 ? _aside! : _fitted!;
        sums.Add(
            Floats(_gram), Floats(_sum!), (double)results[_size!].ToInt64s()[0] / _width,
            _cross is null ? [] : Floats(_cross), _cross is null ? [] : Floats(_difference!));

        ReadOnlySpan<float> Floats(string name) => MemoryMarshal.Cast<byte, float>(results[name].Bytes); // published as 32-bit floats
    }

    // which axis holds tokens that do not count alike, and how they count
    private (int Axis, float[]? Weights) Weights(Factor?[] axes, Layout layout)
    {
        for (int i = 0; i < axes.Length; i++)
        {
            if (axes[i] is { } tokens && _tokens.Of(tokens, layout) is { } weights)
                return (i, weights);
        }
        return (-1, null);
    }
}
