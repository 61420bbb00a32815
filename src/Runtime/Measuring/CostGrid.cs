using System.Collections.Immutable;
using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>Measured times of one operator at all combinations of some sizes.</summary>
/// <param name="Operator">One of <see cref="KernelKinds.All"/>.</param>
/// <param name="Type">Type of the elements.</param>
/// <param name="Sizes">For each size of the operator the values it was measured at, ascending.</param>
/// <param name="Microseconds">Time of one run for every combination, the last size running fastest.</param>
public sealed record CostGrid(string Operator, ElementType Type, ImmutableArray<ImmutableArray<long>> Sizes, ImmutableArray<double> Microseconds)
{
    /// <summary>
    /// Time at any sizes: linear between neighbours, so that a step between two measured sizes stays one; in proportion to a size beyond the last.
    /// </summary>
    /// <returns>Microseconds.</returns>
    public double At(IReadOnlyList<long> sizes)
    {
        Span<int> below = stackalloc int[Sizes.Length];
        Span<double> share = stackalloc double[Sizes.Length];
        double beyond = 1;
        for (int d = 0; d < Sizes.Length; d++)
        {
            ImmutableArray<long> known = Sizes[d];
            long size = Math.Max(1, sizes[d]), inside = Math.Clamp(size, known[0], known[^1]);
            beyond *= (double)size / inside;
            int i = known.BinarySearch(inside);
            below[d] = i >= 0 ? i : ~i - 1;
            share[d] = i >= 0 ? 0 : (double)(inside - known[below[d]]) / (known[below[d] + 1] - known[below[d]]);
        }
        return beyond * Between(below, share, 0, 0);
    }

    /// <summary>How far sizes lie outside of what was measured, as a sum of logarithms; 0 inside.</summary>
    public double Distance(IReadOnlyList<long> sizes)
    {
        double distance = 0;
        for (int d = 0; d < Sizes.Length; d++)
        {
            double size = Math.Max(1, sizes[d]);
            distance += Math.Abs(Math.Log(size / Math.Clamp(size, Sizes[d][0], Sizes[d][^1])));
        }
        return distance;
    }

    private double Between(ReadOnlySpan<int> below, ReadOnlySpan<double> share, int dimension, int offset)
    {
        if (dimension == Sizes.Length)
            return Microseconds[offset];
        int at = (offset * Sizes[dimension].Length) + below[dimension];
        double low = Between(below, share, dimension + 1, at);
        return share[dimension] == 0 ? low : ((1 - share[dimension]) * low) + (share[dimension] * Between(below, share, dimension + 1, at + 1));
    }
}
