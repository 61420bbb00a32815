using System.Numerics;
using System.Runtime.InteropServices;

namespace SiDT.Passes.Compensation.Algebra;

/// <summary>Sums over spans with the widest registers of the machine, always in the same order.</summary>
internal static class Simd
{
    /// <summary>Sum of a[i] b[i].</summary>
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        int width = Vector<double>.Count, i = 0;
        b = b[..a.Length];
        Vector<double> s0 = default, s1 = default, s2 = default, s3 = default;
        ref double x = ref MemoryMarshal.GetReference(a), y = ref MemoryMarshal.GetReference(b);
        for (; i <= a.Length - 4 * width; i += 4 * width)
        {
            s0 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref x, (nuint)i), Vector.LoadUnsafe(ref y, (nuint)i), s0);
            s1 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref x, (nuint)(i + width)), Vector.LoadUnsafe(ref y, (nuint)(i + width)), s1);
            s2 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref x, (nuint)(i + 2 * width)), Vector.LoadUnsafe(ref y, (nuint)(i + 2 * width)), s2);
            s3 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref x, (nuint)(i + 3 * width)), Vector.LoadUnsafe(ref y, (nuint)(i + 3 * width)), s3);
        }
        double sum = Vector.Sum(s0 + s1 + (s2 + s3));
        for (; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    /// <summary>y[i] += factor x[i].</summary>
    public static void AddScaled(Span<double> y, double factor, ReadOnlySpan<double> x)
    {
        int width = Vector<double>.Count, i = 0;
        x = x[..y.Length];
        var f = new Vector<double>(factor);
        ref double target = ref MemoryMarshal.GetReference(y), source = ref MemoryMarshal.GetReference(x);
        for (; i <= y.Length - width; i += width)
            Vector.StoreUnsafe(Vector.FusedMultiplyAdd(f, Vector.LoadUnsafe(ref source, (nuint)i), Vector.LoadUnsafe(ref target, (nuint)i)), ref target, (nuint)i);
        for (; i < y.Length; i++)
            y[i] = Math.FusedMultiplyAdd(factor, x[i], y[i]);
    }

    /// <summary>y[i] += f0 x0[i] + f1 x1[i].</summary>
    public static void AddScaled(Span<double> y, double f0, ReadOnlySpan<double> x0, double f1, ReadOnlySpan<double> x1)
    {
        int width = Vector<double>.Count, i = 0;
        x0 = x0[..y.Length];
        x1 = x1[..y.Length];
        Vector<double> g0 = new(f0), g1 = new(f1);
        ref double target = ref MemoryMarshal.GetReference(y), s0 = ref MemoryMarshal.GetReference(x0), s1 = ref MemoryMarshal.GetReference(x1);
        for (; i <= y.Length - width; i += width)
        {
            Vector<double> sum = Vector.FusedMultiplyAdd(g0, Vector.LoadUnsafe(ref s0, (nuint)i), Vector.LoadUnsafe(ref target, (nuint)i));
            Vector.StoreUnsafe(Vector.FusedMultiplyAdd(g1, Vector.LoadUnsafe(ref s1, (nuint)i), sum), ref target, (nuint)i);
        }
        for (; i < y.Length; i++)
            y[i] = Math.FusedMultiplyAdd(f1, x1[i], Math.FusedMultiplyAdd(f0, x0[i], y[i]));
    }

    /// <summary>Turns two rows by an angle: (x, y) becomes (c x - s y, s x + c y).</summary>
    public static void Rotate(Span<double> x, Span<double> y, double c, double s)
    {
        int width = Vector<double>.Count, i = 0;
        y = y[..x.Length];
        Vector<double> cv = new(c), sv = new(s);
        ref double px = ref MemoryMarshal.GetReference(x), py = ref MemoryMarshal.GetReference(y);
        for (; i <= x.Length - width; i += width)
        {
            Vector<double> a = Vector.LoadUnsafe(ref px, (nuint)i), b = Vector.LoadUnsafe(ref py, (nuint)i);
            Vector.StoreUnsafe(cv * a - sv * b, ref px, (nuint)i);
            Vector.StoreUnsafe(sv * a + cv * b, ref py, (nuint)i);
        }
        for (; i < x.Length; i++)
            (x[i], y[i]) = (c * x[i] - s * y[i], s * x[i] + c * y[i]);
    }
}
