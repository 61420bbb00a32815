using System.Numerics;
using System.Runtime.InteropServices;
using SiDT.Frontend;

namespace SiDT.Backend.Diff;

/// <summary>How far the numbers of a constant are from those of another of the same type and sizes.</summary>
/// <param name="MaxAbs">Largest difference of two elements.</param>
/// <param name="Relative">|a - b| / |a|, Euclidean.</param>
/// <param name="Cosine">Of the angle between both as vectors; 1 where both are zero.</param>
/// <param name="Elements">How many elements differ.</param>
public sealed record ValueChange(double MaxAbs, double Relative, double Cosine, long Elements)
{
    private const int Step = 1 << 16;

    /// <summary>Compares two constants of one type and equal sizes; null where every byte is the same.</summary>
    internal static ValueChange? Of(Tensor a, Tensor b)
    {
        if (a.Type == ElementType.String)
            return Strings(a).SequenceEqual(Strings(b)) ? null : new ValueChange(double.NaN, double.NaN, double.NaN, a.Count);
        if (a.Bytes.SequenceEqual(b.Bytes))
            return null;
        var sums = new Sums();
        if (a.Type == ElementType.Float32)
        {
            ReadOnlySpan<float> x = MemoryMarshal.Cast<byte, float>(a.Bytes), y = MemoryMarshal.Cast<byte, float>(b.Bytes);
            for (int at = 0; at < x.Length; at += Step)
                sums.Add(x.Slice(at, Math.Min(Step, x.Length - at)), y.Slice(at, Math.Min(Step, y.Length - at)));
        }
        else
        {
            sums.Add(a.ToFloats(), b.ToFloats());
        }
        return sums.Result();
    }

    private static IEnumerable<string> Strings(Tensor tensor) => tensor.Source?.StringData.Select(s => s.ToBase64()) ?? [];

    private sealed class Sums
    {
        private double _aa, _bb, _ab, _dd;
        private float _max;
        private bool _nan;
        private long _differing;

        public void Add(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
        {
            int width = Vector<float>.Count, i = 0;
            Vector<float> aa = default, bb = default, ab = default, dd = default, max = default;
            Vector<int> same = default;
            for (int block = 0; i <= a.Length - width; i += width)
            {
                var x = new Vector<float>(a[i..]);
                var y = new Vector<float>(b[i..]);
                Vector<float> d = x - y;
                aa += x * x;
                bb += y * y;
                ab += x * y;
                dd += d * d;
                max = Vector.Max(max, Vector.Abs(d));
                same += Vector.Equals(x, y); // minus one for each
                if (++block % 64 == 0) // short sums: 32 bits are few
                {
                    Flush(aa, bb, ab, dd);
                    aa = bb = ab = dd = default;
                }
            }
            Flush(aa, bb, ab, dd);
            _differing += i + Vector.Sum(same);
            for (int lane = 0; lane < width; lane++)
                _max = Math.Max(_max, max[lane]);
            for (; i < a.Length; i++)
            {
                double x = a[i], y = b[i];
                _aa += x * x;
                _bb += y * y;
                _ab += x * y;
                _dd += (x - y) * (x - y);
                _max = Math.Max(_max, (float)Math.Abs(x - y));
                _differing += x == y ? 0 : 1;
            }
            _nan |= double.IsNaN(_dd);
        }

        public ValueChange Result()
        {
            double nothing = _aa == 0 && _bb == 0 ? 1 : 0;
            double cosine = _aa > 0 && _bb > 0 ? Math.Clamp(_ab / Math.Sqrt(_aa * _bb), -1, 1) : nothing;
            return new ValueChange(_nan ? double.NaN : _max, _aa > 0 ? Math.Sqrt(_dd / _aa) : _dd > 0 ? double.PositiveInfinity : 0, _nan ? double.NaN : cosine, _differing);
        }

        private void Flush(Vector<float> aa, Vector<float> bb, Vector<float> ab, Vector<float> dd)
        {
            _aa += Vector.Sum(aa);
            _bb += Vector.Sum(bb);
            _ab += Vector.Sum(ab);
            _dd += Vector.Sum(dd);
        }
    }
}
