using System.Runtime.InteropServices;
using SiDT.Frontend;

namespace SiDT.Backend.Diff;

/// <summary>
/// Which indices of the resized axes of a constant are left: where the smaller one is the larger one without some of them, value
/// for value. A line of the smaller one along each axis through one element must be part of a line of the larger one; what
/// is found that way is then held against every element.
/// </summary>
internal static class IndexSearch
{
    private const int Attempts = 24;

    /// <summary>For each axis the indices of <paramref name="a"/> that <paramref name="b"/> keeps, in order; null where b is no part of a.</summary>
    public static int[][]? Kept(Tensor a, Tensor b)
    {
        if (a.Rank != b.Rank || a.Rank == 0 || a.Type != b.Type || b.Count == 0 || b.Dims.Zip(a.Dims).Any(d => d.First > d.Second) || a.Count > int.MaxValue)
            return null;
        return a.Type.Bits() switch
        {
            32 => Kept<uint>(a, b),
            16 => Kept<ushort>(a, b),
            64 => Kept<ulong>(a, b),
            8 => Kept<byte>(a, b),
            _ => null,
        };
    }

    private static int[][]? Kept<T>(Tensor a, Tensor b)
        where T : unmanaged, IEquatable<T>
    {
        ReadOnlySpan<T> x = MemoryMarshal.Cast<byte, T>(a.Bytes), y = MemoryMarshal.Cast<byte, T>(b.Bytes);
        int[] large = [.. a.Dims.Select(d => (int)d)], small = [.. b.Dims.Select(d => (int)d)];
        int[] stepA = Strides(large), stepB = Strides(small);
        var random = new Random(y.Length);
        int tried = 0;
        var at = new int[small.Length];
        var place = new int[large.Length];
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            int start = attempt == 0 ? 0 : random.Next(y.Length);
            if (y[start].Equals(default) && attempt < Attempts - 1)
                continue; // zeros are everywhere
            Indices(start, small, at);
            for (int from = 0; from < x.Length && tried < 64;)
            {
                int found = x[from..].IndexOf(y[start]);
                if (found < 0)
                    break;
                found += from;
                from = found + 1;
                Indices(found, large, place);
                if (!Fits(at, place, small, large))
                    continue;
                tried++;
                if (Lines(x, y, found, start, at, place, small, large, stepA, stepB) is { } kept && IsPart(x, y, kept, stepA, stepB))
                    return kept;
            }
            if (tried > 0 && attempt > 0)
                break;
        }
        return null;
    }

    private static bool Fits(int[] at, int[] place, int[] small, int[] large)
    {
        for (int d = 0; d < at.Length; d++)
        {
            int left = large[d] - small[d];
            if (place[d] < at[d] || place[d] > at[d] + left)
                return false;
        }
        return true;
    }

    private static int[][]? Lines<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, int found, int start, int[] at, int[] place, int[] small, int[] large, int[] stepA, int[] stepB)
        where T : unmanaged, IEquatable<T>
    {
        var kept = new int[small.Length][];
        for (int d = 0; d < small.Length; d++)
        {
            kept[d] = new int[small[d]];
            if (small[d] == large[d])
            {
                for (int i = 0; i < small[d]; i++)
                    kept[d][i] = i;
                continue;
            }
            int originA = found - (place[d] * stepA[d]), originB = start - (at[d] * stepB[d]);
            kept[d][at[d]] = place[d];
            for (int i = at[d] + 1, j = place[d] + 1; i < small[d]; i++, j++)
            {
                T wanted = y[originB + (i * stepB[d])];
                while (j < large[d] && !x[originA + (j * stepA[d])].Equals(wanted))
                    j++;
                if (j == large[d])
                    return null;
                kept[d][i] = j;
            }
            for (int i = at[d] - 1, j = place[d] - 1; i >= 0; i--, j--)
            {
                T wanted = y[originB + (i * stepB[d])];
                while (j >= 0 && !x[originA + (j * stepA[d])].Equals(wanted))
                    j--;
                if (j < 0)
                    return null;
                kept[d][i] = j;
            }
        }
        return kept;
    }

    private static bool IsPart<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, int[][] kept, int[] stepA, int[] stepB)
        where T : unmanaged, IEquatable<T>
    {
        int last = kept.Length - 1, width = kept[last].Length;
        int[] columns = kept[last];
        bool whole = columns[^1] - columns[0] == width - 1;
        var at = new int[kept.Length];
        for (int row = 0; row < y.Length; row += width)
        {
            int origin = 0;
            for (int d = 0; d < last; d++)
                origin += kept[d][at[d]] * stepA[d];
            ReadOnlySpan<T> mine = y.Slice(row, width);
            if (whole)
            {
                if (!mine.SequenceEqual(x.Slice(origin + columns[0], width)))
                    return false;
            }
            else
            {
                for (int i = 0; i < width; i++)
                {
                    if (!mine[i].Equals(x[origin + columns[i]]))
                        return false;
                }
            }
            for (int d = last - 1; d >= 0 && ++at[d] == kept[d].Length; d--)
                at[d] = 0;
        }
        return stepB.Length > 0;
    }

    private static int[] Strides(int[] dims)
    {
        var strides = new int[dims.Length];
        for (int i = dims.Length - 1, s = 1; i >= 0; s *= dims[i--])
            strides[i] = s;
        return strides;
    }

    private static void Indices(int flat, int[] dims, int[] indices)
    {
        for (int d = dims.Length - 1; d >= 0; flat /= dims[d--])
            indices[d] = flat % dims[d];
    }
}
