using System.Runtime.InteropServices;
using SiDT.Frontend;

namespace SiDT.Passes.Exact.Dead;

/// <summary>Reads single slices of weights; a slice that is not the same number everywhere is left after its first elements.</summary>
internal sealed class SliceNumbers
{
    private readonly Dictionary<Tensor, float[]> _widened = new(ReferenceEqualityComparer.Instance);

    /// <summary>The number that fills a slice; null if it holds different ones.</summary>
    public double? Only(Tensor tensor, int axis, int position)
    {
        if (tensor.Count == 0 || tensor.Type.Bits() < 8 || tensor.Type is ElementType.String or ElementType.Complex64 or ElementType.Complex128
            || tensor.Type is >= ElementType.Float8E4M3FN and <= ElementType.Float8E5M2FNUZ)
            return null;
        int inner = (int)tensor.Dims[(axis + 1)..].Aggregate(1L, (a, b) => a * b), width = (int)tensor.Dims[axis];
        if (tensor.Type == ElementType.Float32 && !tensor.Storage.IsAtHand)
            return Stored(tensor, inner, width, position);
        ReadOnlySpan<float> numbers = Numbers(tensor);
        float first = numbers[position * inner];
        for (long o = position * (long)inner; o < numbers.Length; o += (long)width * inner)
        {
            if (numbers.Slice((int)o, inner).IndexOfAnyExcept(first) >= 0)
                return null;
        }
        return first;
    }

    /// <summary>Whether a slice along any axis is all zero.</summary>
    public bool HasZeros(Tensor tensor)
    {
        for (int axis = 0; axis < tensor.Rank; axis++)
        {
            if (axis == tensor.Rank - 1 && tensor.Count > 0 && !StartsWithZeros(tensor))
                continue; // a column of zeros begins with one
            for (int p = 0; tensor.Dims[axis] > 1 && p < tensor.Dims[axis]; p++)
            {
                if (Only(tensor, axis, p) is 0)
                    return true;
            }
        }
        return false;
    }

    private static bool StartsWithZeros(Tensor tensor)
    {
        if (tensor.Type != ElementType.Float32)
            return true;
        var row = new float[tensor.Dims[^1]];
        tensor.Storage.Read(0, MemoryMarshal.AsBytes(row.AsSpan()));
        return row.AsSpan().Contains(0f);
    }

    // numbers that are not at hand are read a few at a time
    private static double? Stored(Tensor tensor, int inner, int width, int position)
    {
        Span<float> some = stackalloc float[16];
        float? first = null;
        for (long o = (long)position * inner; o < tensor.Count; o += (long)width * inner)
        {
            for (int i = 0; i < inner; i += some.Length)
            {
                Span<float> part = some[..Math.Min(some.Length, inner - i)];
                tensor.Storage.Read((o + i) * sizeof(float), MemoryMarshal.AsBytes(part));
                first ??= part[0];
                if (part.IndexOfAnyExcept(first.Value) >= 0)
                    return null;
            }
        }
        return first;
    }

    public ReadOnlySpan<float> Numbers(Tensor tensor)
    {
        if (tensor.Type == ElementType.Float32)
            return MemoryMarshal.Cast<byte, float>(tensor.Bytes);
        if (!_widened.TryGetValue(tensor, out float[]? known))
            _widened[tensor] = known = tensor.ToFloats();
        return known;
    }
}
