namespace SiDT.Passes.Compensation.Steps;

/// <summary>Draws rows from memory, the same ones at the same step of the same seed.</summary>
public sealed class RowStore
{
    private readonly Rows _rows;
    private readonly int _inputs, _outputs, _seed;
    private readonly double[] _odds;

    /// <param name="rows">All rows.</param>
    /// <param name="odds">How often a row is drawn, relative to others [rows]; all alike when null.</param>
    /// <param name="seed">Other seeds draw other rows.</param>
    /// <exception cref="ArgumentException">There are no rows, sizes do not fit, or no odds are above 0.</exception>
    public RowStore(Rows rows, double[]? odds = null, int seed = 0)
    {
        if (rows.Count == 0 || rows.Inputs.Length % rows.Count != 0 || rows.Targets.Length % rows.Count != 0 || (odds is not null && odds.Length != rows.Count))
            throw new ArgumentException($"{rows.Inputs.Length} inputs, {rows.Targets.Length} targets and {odds?.Length ?? rows.Count} odds are no {rows.Count} rows");
        (_rows, _inputs, _outputs, _seed) = (rows, rows.Inputs.Length / rows.Count, rows.Targets.Length / rows.Count, seed);
        _odds = new double[rows.Count];
        double sum = 0;
        for (int i = 0; i < _odds.Length; i++)
            _odds[i] = sum += odds is null ? 1 : Math.Max(0, odds[i]);
        if (!(sum > 0) || double.IsInfinity(sum))
            throw new ArgumentException("no row has odds above 0");
    }

    /// <summary>A given number of rows for a step, drawn with replacement.</summary>
    public (float[] Inputs, float[] Targets, float[] Weights) Draw(int step, int count)
    {
        var random = new Random(unchecked((_seed * 1_000_003) ^ (step * 7919)));
        var inputs = new float[count * _inputs];
        var targets = new float[count * _outputs];
        var weights = new float[count];
        ReadOnlySpan<float> all = _rows.Inputs.Span, aims = _rows.Targets.Span;
        for (int i = 0; i < count; i++)
        {
            int row = Array.BinarySearch(_odds, random.NextDouble() * _odds[^1]);
            row = Math.Min(row < 0 ? ~row : row + 1, _odds.Length - 1);
            all.Slice(row * _inputs, _inputs).CopyTo(inputs.AsSpan(i * _inputs));
            aims.Slice(row * _outputs, _outputs).CopyTo(targets.AsSpan(i * _outputs));
            weights[i] = _rows.Weights[row];
        }
        return (inputs, targets, weights);
    }
}
