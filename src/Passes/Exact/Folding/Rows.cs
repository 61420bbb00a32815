using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SiDT.Frontend;

namespace SiDT.Passes.Exact.Folding;

/// <summary>The rows of a matrix of 32-bit numbers, read one after another; a span is good until the next row is asked for.</summary>
internal sealed class Rows(Tensor matrix)
{
    private readonly int _width = (int)matrix.Dims[1];
    private readonly float[] _row = matrix.Storage.IsAtHand ? [] : new float[matrix.Dims[1]];

    public ReadOnlySpan<float> this[int row]
    {
        get
        {
            if (_row.Length == 0)
                return MemoryMarshal.Cast<byte, float>(matrix.Bytes).Slice(row * _width, _width);
            matrix.Storage.Read((long)row * _width * sizeof(float), MemoryMarshal.AsBytes(_row.AsSpan()));
            return _row;
        }
    }

    /// <summary>Adds <paramref name="factor"/> times a row to <paramref name="sum"/>.</summary>
    // vectors of the machine's size are never compiled ahead
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(ReadOnlySpan<float> row, double factor, Span<double> sum)
    {
        int i = 0, half = Vector<double>.Count;
        for (var by = new Vector<double>(factor); i <= row.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(row[i..]), out Vector<double> low, out Vector<double> high);
            // product and sum are rounded apart, as those of single numbers are
            (new Vector<double>(sum[i..]) + (low * by)).CopyTo(sum[i..]);
            (new Vector<double>(sum[(i + half)..]) + (high * by)).CopyTo(sum[(i + half)..]);
        }
        for (; i < row.Length; i++)
            sum[i] += row[i] * factor;
    }

    /// <summary><paramref name="sum"/> and the products of two rows, added from the left.</summary>
    public static double Dot(ReadOnlySpan<float> row, ReadOnlySpan<double> x, double sum)
    {
        for (int i = 0; i < row.Length; i++)
            sum += row[i] * x[i];
        return sum;
    }
}
