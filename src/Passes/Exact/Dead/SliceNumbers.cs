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
        ReadOnlySpan<float> numbers = Numbers(tensor);
        int inner = (int)tensor.Dims[(axis + 1)..].Aggregate(1L, (a, b) => a * b), width = (int)tensor.Dims[axis];
        float first = numbers[position * inner];
        for (long o = position * (long)inner; o < numbers.Length; o += (long)width * inner)
        {
            if (numbers.Slice((int)o, inner).IndexOfAnyExcept(first) >= 0)
                return null;
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
