using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Compensation.Steps;
using SiDT.Passes.Compensation.Streams;

namespace SiDT.Passes.Compensation.Statistics;

/// <summary>
/// Single rows of what a feed-forward net reads, and of what it should give: what it gives while it is whole, and a share of what the stream
/// behind it lacks. Rows are drawn by their weight; of the last batches for validation.
/// </summary>
internal sealed class RowSamples : IStatistic
{
    // numbers in all rows together
    private const long Most = 1L << 26;

    private readonly FeedForwardNet _net;
    private readonly GraphAnalysis _analysis;
    private readonly TokenWeights _tokens;
    private readonly Residual? _residual;
    private readonly int _batches, _seed;
    private readonly List<float> _inputs = [], _targets = [], _lacking = [], _heldInputs = [], _heldTargets = [], _heldLacking = [];
    private string? _input, _made, _difference;
    private double[]? _odds;

    /// <param name="net">The net.</param>
    /// <param name="analysis">Of the graph.</param>
    /// <param name="tokens">How rows count.</param>
    /// <param name="residual">Where the target is found; null without one.</param>
    /// <param name="batches">How many batches there will be.</param>
    /// <param name="seed">Other seeds draw other rows.</param>
    public RowSamples(FeedForwardNet net, GraphAnalysis analysis, TokenWeights tokens, Residual? residual, int batches, int seed)
    {
        (_net, _analysis, _tokens, _residual, _batches, _seed) = (net, analysis, tokens, residual, batches, seed);
    }

    public bool IsThere => _inputs.Count > 0 && _heldInputs.Count > 0;

    /// <summary>Rows to learn from; the target contains a share of what the stream lacks.</summary>
    public Rows Training(double share) => Of(_inputs, _targets, _lacking, share);

    /// <summary>Rows of other samples.</summary>
    public Rows HeldOut(double share) => Of(_heldInputs, _heldTargets, _heldLacking, share);

    public void Observe(Segment segment)
    {
        Consumer first = _net.Producers[0];
        Layout read = _analysis.Of(first.Input), made = _analysis.Of(_net.Consumer.Result);
        Factor[] outputs = [.. _net.Consumer.MadeAxes.SelectMany(a => made.Axes[a])];
        if (RowView.Build(segment, segment.Find(first.Input.Name), read, first.Factors) is not { } a || RowView.Build(segment, segment.Find(_net.Consumer.Result.Name), made, outputs) is not { } y)
            return;
        Factor[] rows = RowView.RowFactors(made, outputs);
        _odds = rows.Length > 0 && _tokens.Of(rows[^1]) is { } weights ? [.. weights.Select(w => (double)w)] : null; // tokens lie next to the columns
        _input = segment.Publish(RowView.Flat(segment, a, first.Width), ElementType.Float32);
        _made = segment.Publish(RowView.Flat(segment, y, _net.Consumer.Outputs), ElementType.Float32);
        if (_residual?.Columns is { } columns && RowView.Build(segment, _residual.Difference(segment), _analysis.Of(_residual.Stream), columns) is { } d)
            _difference = segment.Publish(RowView.Flat(segment, d, _net.Consumer.Outputs), ElementType.Float32);
    }

    public void Add(IReadOnlyDictionary<string, Tensor> results, int batch)
    {
        if (_input is null)
            return;
        float[] a = results[_input].ToFloats(), y = results[_made!].ToFloats();
        float[]? d = _difference is null ? null : results[_difference].ToFloats();
        int n = _net.Producers[0].Width, m = _net.Consumer.Outputs, rows = a.Length / n;
        if (rows == 0 || y.Length != (long)rows * m || (d is not null && d.Length != y.Length))
        {
            _input = null; // rows of what goes in are not those of what comes out
            return;
        }
        bool isHeld = _batches > 1 && batch >= _batches - Math.Max(1, _batches / 8);
        int count = (int)Math.Clamp(Most / Math.Max(1, _batches) / (n + m), 1, Math.Max(1, rows / 3));
        var random = new Random(unchecked((_seed * 7919) + batch));
        List<float> inputs = isHeld ? _heldInputs : _inputs, targets = isHeld ? _heldTargets : _targets, lacking = isHeld ? _heldLacking : _lacking;
        double[] cumulated = Cumulated(rows);
        for (int i = 0; i < count; i++)
        {
            int row = Array.BinarySearch(cumulated, random.NextDouble() * cumulated[^1]);
            row = Math.Min(row < 0 ? ~row : row + 1, rows - 1);
            inputs.AddRange(a.AsSpan(row * n, n));
            targets.AddRange(y.AsSpan(row * m, m));
            if (d is not null)
                lacking.AddRange(d.AsSpan(row * m, m));
        }
    }

    private double[] Cumulated(int rows)
    {
        var sums = new double[rows];
        double sum = 0;
        for (int r = 0; r < rows; r++)
            sums[r] = sum += _odds is null || rows % _odds.Length != 0 ? 1 : _odds[r % _odds.Length];
        return sums;
    }

    private Rows Of(List<float> inputs, List<float> made, List<float> lacking, double share)
    {
        float[] targets = [.. made];
        if (lacking.Count == targets.Length)
            System.Numerics.Tensors.TensorPrimitives.MultiplyAdd<float>(lacking.ToArray(), (float)share, targets, targets);
        var weights = new float[inputs.Count / _net.Producers[0].Width];
        Array.Fill(weights, 1);
        return new Rows([.. inputs], targets, weights);
    }
}
