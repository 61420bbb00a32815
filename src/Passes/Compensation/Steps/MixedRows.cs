namespace SiDT.Passes.Compensation.Steps;

/// <summary>
/// Rows that no sample has, between those that some have: m + cos t (a - m) + sin t (b - m) for rows a and b of the same kind, m their mean.
/// First and second moments stay what they are, and what the whole net makes of such rows can be asked, so that a net does not learn few rows by heart.
/// </summary>
internal sealed class MixedRows
{
    private readonly Rows _rows;
    private readonly int[] _kinds;
    private readonly float[]? _lacking;
    private readonly Func<float[], float[]> _teach;
    private readonly double _widest;
    private readonly int _inputs, _outputs, _seed;
    private readonly Dictionary<int, (int[] Rows, double[] Mean)> _groups;

    /// <param name="rows">Rows that samples have.</param>
    /// <param name="kinds">What kind each is of.</param>
    /// <param name="lacking">What is to be added to what the net makes of each [rows x out]; null for nothing.</param>
    /// <param name="teach">What the whole net makes of rows.</param>
    /// <param name="widest">The largest angle t.</param>
    /// <param name="seed">Other seeds draw other rows.</param>
    public MixedRows(Rows rows, int[] kinds, float[]? lacking, Func<float[], float[]> teach, double widest, int seed)
    {
        (_rows, _kinds, _lacking, _teach, _widest, _seed) = (rows, kinds, lacking, teach, widest, seed);
        (_inputs, _outputs) = (rows.Inputs.Length / rows.Count, rows.Targets.Length / rows.Count);
        _groups = Enumerable.Range(0, rows.Count).GroupBy(i => kinds[i]).ToDictionary(g => g.Key, g => (g.ToArray(), Mean([.. g])));
    }

    /// <summary>A given number of rows for a step.</summary>
    public (float[] Inputs, float[] Targets, float[] Weights) Draw(int step, int count)
    {
        var random = new Random(unchecked((_seed * 1_000_003) ^ (step * 7919)));
        float[] inputs = new float[count * _inputs], added = new float[count * _outputs], weights = new float[count];
        for (int i = 0; i < count; i++)
        {
            int a = random.Next(_rows.Count);
            (int[] group, double[] mean) = _groups[_kinds[a]];
            int b = group[random.Next(group.Length)];
            double angle = random.NextDouble() * _widest;
            float cos = (float)Math.Cos(angle), sin = (float)Math.Sin(angle);
            ReadOnlySpan<float> from = _rows.Inputs.AsSpan(a * _inputs, _inputs), to = _rows.Inputs.AsSpan(b * _inputs, _inputs);
            for (int k = 0; k < _inputs; k++)
            {
                float m = (float)mean[k];
                inputs[(i * _inputs) + k] = m + (cos * (from[k] - m)) + (sin * (to[k] - m));
            }
            weights[i] = _rows.Weights[a];
            if (_lacking is null)
                continue;
            for (int k = 0; k < _outputs; k++)
                added[(i * _outputs) + k] = (cos * _lacking[(a * _outputs) + k]) + (sin * _lacking[(b * _outputs) + k]);
        }
        float[] targets = _teach(inputs);
        for (int k = 0; k < targets.Length; k++)
            targets[k] += added[k];
        return (inputs, targets, weights);
    }

    private double[] Mean(int[] rows)
    {
        var mean = new double[_inputs];
        foreach (int row in rows)
        {
            for (int k = 0; k < _inputs; k++)
                mean[k] += _rows.Inputs[(row * _inputs) + k] / (double)rows.Length;
        }
        return mean;
    }
}
