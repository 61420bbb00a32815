using System.Runtime.InteropServices;
using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Compensation.Steps;
using SiDT.Passes.Compensation.Streams;

namespace SiDT.Passes.Compensation.Statistics;

/// <summary>
/// Single rows of what a feed-forward net reads, and of what it should give: what it gives while it is whole, and a share of what the stream
/// behind it lacks. All rows where memory allows it, else a part; those of samples that nothing is fitted to are for validation.
/// </summary>
internal sealed class RowSamples : IStatistic
{
    // numbers in all rows together
    private const long Most = 1L << 26;

    private readonly FeedForwardNet _net;
    private readonly GraphAnalysis _analysis;
    private readonly TokenWeights _tokens;
    private readonly Residual? _residual;
    private readonly int _batches, _heldOut, _seed;
    private readonly RowPiles _piles;
    private RowPile? _training, _validation; // from the first row on
    private string? _input, _made, _difference;
    private double[]? _weights;

    /// <param name="net">The net.</param>
    /// <param name="analysis">Of the graph.</param>
    /// <param name="tokens">How rows count.</param>
    /// <param name="residual">Where the target is found; null without one.</param>
    /// <param name="batches">How many batches there will be.</param>
    /// <param name="heldOut">How many of the first are for validation.</param>
    /// <param name="seed">Other seeds draw other rows.</param>
    /// <param name="piles">Where rows are put.</param>
    public RowSamples(FeedForwardNet net, GraphAnalysis analysis, TokenWeights tokens, Residual? residual, int batches, int heldOut, int seed, RowPiles piles)
    {
        (_net, _analysis, _tokens, _residual, _batches, _seed, _piles) = (net, analysis, tokens, residual, batches, seed, piles);
        _heldOut = heldOut > 0 || batches < 2 ? heldOut : 1; // without samples of their own, those of one batch say at least whether the steps went astray
    }

    public bool SeesHeldOut => true;

    public bool IsThere => _training is { Count: > 0 } && _validation is { Count: > 0 };

    /// <summary>Rows to learn from; the target contains a share of what the stream lacks.</summary>
    public (Rows Rows, double[] Odds) Training(double share) => _training!.Take(share);

    /// <summary>Rows of other samples, which count as their weights say.</summary>
    public Rows HeldOut(double share)
    {
        (Rows rows, double[] odds) = _validation!.Take(share);
        return rows with { Weights = [.. odds.Select(o => (float)o)] };
    }

    /// <summary>Gives all rows back; nobody may read them any more.</summary>
    public void Release()
    {
        foreach (RowPile pile in new[] { _training, _validation }.OfType<RowPile>())
            _piles.Return(pile);
        (_training, _validation) = (null, null);
    }

    public void Observe(Segment segment)
    {
        Consumer first = _net.Producers[0];
        Layout read = _analysis.Of(first.Input), made = _analysis.Of(_net.Consumer.Result);
        Factor[] outputs = [.. _net.Consumer.MadeAxes.SelectMany(a => made.Axes[a])];
        if (RowView.Build(segment, segment.Find(first.Input.Name), read, first.Factors) is not { } a || RowView.Build(segment, segment.Find(_net.Consumer.Result.Name), made, outputs) is not { } y)
            return;
        Factor[] rows = RowView.RowFactors(made, outputs);
        _weights = rows.Length > 0 && _tokens.Of(rows[^1], made) is { } weights ? [.. weights.Select(w => (double)w)] : null; // tokens lie next to the columns
        _input = segment.Publish(RowView.Flat(segment, a, first.Width), ElementType.Float32);
        _made = segment.Publish(RowView.Flat(segment, y, _net.Consumer.Outputs), ElementType.Float32);
        if (_residual?.Difference(segment) is { } d)
            _difference = segment.Publish(RowView.Flat(segment, d, _net.Consumer.Outputs), ElementType.Float32);
    }

    public void Add(IReadOnlyDictionary<string, Tensor> results, int batch)
    {
        if (_input is null)
            return;
        ReadOnlySpan<float> a = Floats(_input), y = Floats(_made!), d = _difference is null ? [] : Floats(_difference);
        int n = _net.Producers[0].Width, m = _net.Consumer.Outputs, rows = a.Length / n;
        if (rows == 0 || y.Length != (long)rows * m || (_difference is not null && d.Length != y.Length))
        {
            _input = null; // rows of what goes in are not those of what comes out
            return;
        }
        double[] weights = Enumerable.Range(0, rows).Select(r => _weights is null || rows % _weights.Length != 0 ? 1 : _weights[r % _weights.Length]).ToArray();
        double few = Most / Math.Max(1, _batches) / (n + m + (_difference is null ? 0 : m)), most = Fraction(weights, few);
        var random = new Random(unchecked((_seed * 7919) + batch));
        RowPile pile = batch < _heldOut ? _validation ??= Pile(_heldOut, d.Length) : _training ??= Pile(_batches - _heldOut, d.Length);
        for (int row = 0; row < rows; row++)
        {
            double odds = Math.Min(1, most * weights[row]);
            if (random.NextDouble() < odds)
                pile.Add(a.Slice(row * n, n), y.Slice(row * m, m), d.IsEmpty ? [] : d.Slice(row * m, m), weights[row] / odds);
        }

        RowPile Pile(int batches, int lacking)
        {
            RowPile pile = _piles.Rent();
            pile.Reserve((int)Math.Ceiling(1.02 * Math.Min(few, rows)) * batches, n, m, lacking == 0 ? 0 : m);
            return pile;
        }

        ReadOnlySpan<float> Floats(string name) => MemoryMarshal.Cast<byte, float>(results[name].Bytes); // published as 32-bit floats
    }

    /// <summary>The c with which sum of min(1, c w) is <paramref name="count"/>: rows that count more are seldom left out.</summary>
    private static double Fraction(double[] weights, double count)
    {
        if (count >= weights.Length)
            return double.PositiveInfinity;
        double low = 0, high = weights.Length / weights.Where(w => w > 0).DefaultIfEmpty(1).Min();
        for (int i = 0; i < 50; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = weights.Sum(w => Math.Min(1, middle * w)) > count ? (low, middle) : (middle, high);
        }
        return low;
    }
}
