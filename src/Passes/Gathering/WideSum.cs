using System.Numerics;
using System.Runtime.InteropServices;

namespace SiDT.Passes.Gathering;

/// <summary>Sums of many float32 numbers in float64, as fast as memory allows.</summary>
internal static class WideSum
{
    public static void Add(Span<double> sums, ReadOnlySpan<float> numbers)
    {
        int i = 0;
        if (Vector.IsHardwareAccelerated)
        {
            Span<Vector<double>> wide = MemoryMarshal.Cast<double, Vector<double>>(sums);
            ReadOnlySpan<Vector<float>> narrow = MemoryMarshal.Cast<float, Vector<float>>(numbers);
            for (int v = 0; v < narrow.Length; v++)
            {
                Vector.Widen(narrow[v], out Vector<double> first, out Vector<double> second);
                wide[2 * v] += first;
                wide[(2 * v) + 1] += second;
            }
            i = narrow.Length * Vector<float>.Count;
        }
        for (; i < numbers.Length; i++)
            sums[i] += numbers[i];
    }
}
