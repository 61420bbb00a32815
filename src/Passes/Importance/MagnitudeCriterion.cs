using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using SiDT.Frontend;
using SiDT.Passes.Analysis;
using Tensor = SiDT.Frontend.Tensor;

namespace SiDT.Passes.Importance;

/// <summary>L2 norm over all slices of a unit (grouped magnitude; Li et al., "Pruning Filters for Efficient ConvNets", section 3, taken over every coupled weight).</summary>
public sealed class MagnitudeCriterion : ICriterion
{
    public string Name => "magnitude";

    public UnitScores Score(GraphAnalysis analysis)
    {
        var squares = new Dictionary<(Value, int), double[]>();
        var scores = new Dictionary<Dimension, double[][]>();
        foreach (Dimension dimension in analysis.Dimensions)
        {
            scores[dimension] = [.. dimension.Units.Select(group => group.Select(unit => Math.Sqrt(analysis.SlicesOf(unit).Distinct().Sum(s => Squares(squares, s.Tensor, s.Axis)[s.Position]))).ToArray())];
        }
        return new UnitScores(scores);
    }

    private static double[] Squares(Dictionary<(Value, int), double[]> known, Value value, int axis)
    {
        if (known.TryGetValue((value, axis), out double[]? sums))
            return sums;
        return known[(value, axis)] = SquaresAlong(value.Constant!, axis);
    }

    /// <summary>For every position of an axis the sum of squares of what lies there.</summary>
    internal static double[] SquaresAlong(Tensor tensor, int axis)
    {
        long[] dims = tensor.Dims;
        int outer = (int)dims[..axis].Aggregate(1L, (a, b) => a * b), width = (int)dims[axis], inner = (int)dims[(axis + 1)..].Aggregate(1L, (a, b) => a * b);
        var sums = new double[width];
        if (tensor.Count == 0)
            return sums;
        ReadOnlySpan<float> data = tensor.Type == ElementType.Float32 ? MemoryMarshal.Cast<byte, float>(tensor.Bytes) : tensor.ToFloats();
        if (inner > 1)
        {
            for (int o = 0; o < outer; o++)
            {
                for (int p = 0; p < width; p++)
                    sums[p] += TensorPrimitives.SumOfSquares(data.Slice(((o * width) + p) * inner, inner));
            }
            return sums;
        }
        // the last axis: add whole rows, in blocks short enough for single precision
        var row = new float[width];
        for (int o = 0; o < outer;)
        {
            Array.Clear(row);
            for (int end = Math.Min(outer, o + 64); o < end; o++)
            {
                ReadOnlySpan<float> x = data.Slice(o * width, width);
                TensorPrimitives.MultiplyAdd(x, x, row, row);
            }
            for (int p = 0; p < width; p++)
                sums[p] += row[p];
        }
        return sums;
    }
}
