using System.Numerics.Tensors;

namespace SiDT.Passes.Compensation.Steps;

/// <summary>Rows that come in one after the other. The arrays are used again for other rows: new ones would take fresh pages from the system.</summary>
internal sealed class RowPile
{
    private readonly List<double> _odds = [];
    private float[] _inputs = [], _targets = [], _lacking = [];
    private int _input, _target, _lack;

    public int Count => _odds.Count;

    /// <summary>Makes room for so many rows, so that none are moved. There are none then.</summary>
    public void Reserve(int rows, int input, int target, int lacking)
    {
        _odds.Clear();
        (_input, _target, _lack) = (0, 0, 0);
        Room(ref _inputs, rows * input);
        Room(ref _targets, rows * target);
        Room(ref _lacking, rows * lacking);
    }

    /// <param name="input">What a net reads.</param>
    /// <param name="target">What it gives.</param>
    /// <param name="lacking">What the stream behind it lacks; empty if that is not known.</param>
    /// <param name="odds">How often the row is to be seen.</param>
    public void Add(ReadOnlySpan<float> input, ReadOnlySpan<float> target, ReadOnlySpan<float> lacking, double odds)
    {
        _odds.Add(odds);
        Append(ref _inputs, ref _input, input);
        Append(ref _targets, ref _target, target);
        Append(ref _lacking, ref _lack, lacking);
    }

    /// <summary>All rows, and how often each is to be seen; they stay what they are until room is made for others.</summary>
    /// <param name="share">Of what the stream lacks, so much goes into the target.</param>
    public (Rows Rows, double[] Odds) Take(double share)
    {
        if (_lack == _target && share != 0)
            TensorPrimitives.MultiplyAdd<float>(_lacking.AsSpan(0, _lack), (float)share, _targets.AsSpan(0, _target), _targets);
        _lack = 0; // once
        var weights = new float[Count];
        Array.Fill(weights, 1);
        return (new Rows(_inputs.AsMemory(0, _input), _targets.AsMemory(0, _target), weights), _odds.ToArray());
    }

    private static void Room(ref float[] numbers, int count)
    {
        if (numbers.Length < count)
            numbers = GC.AllocateUninitializedArray<float>(count, pinned: true);
    }

    private static void Append(ref float[] all, ref int count, ReadOnlySpan<float> row)
    {
        if (count + row.Length > all.Length)
            Array.Resize(ref all, Math.Max(count + row.Length, (int)Math.Min(Array.MaxLength, 3L * all.Length / 2)));
        row.CopyTo(all.AsSpan(count));
        count += row.Length;
    }
}
