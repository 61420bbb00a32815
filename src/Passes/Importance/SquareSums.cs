using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SiDT.Frontend;
using Tensor = SiDT.Frontend.Tensor;

namespace SiDT.Passes.Importance;

/// <summary>Sums of squares along the axes of a tensor: for every position of an axis, of all numbers that lie there.</summary>
internal static class SquareSums
{
    // rows that are added up in single precision before they go into double precision
    private const int Block = 64;

    /// <summary>The sums of each wanted axis; null for the others. The numbers are read once where both axes of a matrix are wanted.</summary>
    public static double[]?[] Along(Tensor tensor, bool[] wanted)
    {
        var sums = new double[tensor.Rank][];
        for (int axis = 0; axis < tensor.Rank; axis++)
            sums[axis] = wanted[axis] ? new double[tensor.Dims[axis]] : null!;
        if (tensor.Count == 0)
            return sums;
        ReadOnlySpan<float> data = tensor.Type == ElementType.Float32 ? MemoryMarshal.Cast<byte, float>(tensor.Bytes) : Floats(tensor);
        if (tensor.Rank == 2 && wanted[0] && wanted[1])
        {
            Matrix(data, sums[0], sums[1]);
            return sums;
        }
        for (int axis = 0; axis < tensor.Rank; axis++)
        {
            if (wanted[axis])
                Axis(data, tensor.Dims, axis, sums[axis]);
        }
        return sums;
    }

    private static float[] Floats(Tensor tensor)
    {
        if (tensor.Type != ElementType.Float16)
            return tensor.ToFloats();
        var floats = new float[tensor.Count];
        TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(tensor.Bytes), floats);
        return floats;
    }

    private static void Matrix(ReadOnlySpan<float> data, double[] rows, double[] columns)
    {
        int width = columns.Length;
        var partial = new float[width];
        for (int start = 0; start < rows.Length; start += Block)
        {
            Array.Clear(partial);
            for (int r = start; r < Math.Min(rows.Length, start + Block); r++)
            {
                rows[r] = Squares(data.Slice(r * width, width), partial);
            }
            AddTo(columns, partial);
        }
    }

    private static void Axis(ReadOnlySpan<float> data, long[] dims, int axis, double[] sums)
    {
        int width = sums.Length, inner = (int)dims[(axis + 1)..].Aggregate(1L, (a, b) => a * b), outer = data.Length / width / inner;
        if (inner > 1)
        {
            for (int o = 0; o < outer; o++)
            {
                for (int p = 0; p < width; p++)
                    sums[p] += Squares(data.Slice(((o * width) + p) * inner, inner), []);
            }
            return;
        }
        var partial = new float[width];
        for (int start = 0; start < outer; start += Block)
        {
            Array.Clear(partial);
            for (int o = start; o < Math.Min(outer, start + Block); o++)
                Squares(data.Slice(o * width, width), partial);
            AddTo(sums, partial);
        }
    }

    /// <summary>The sum of the squares of numbers; each is also added to its place among <paramref name="sums"/>, unless that is empty.</summary>
    // vectors of the machine's size are never compiled ahead, and one method is compiled sooner than the many of a library
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Squares(ReadOnlySpan<float> numbers, Span<float> sums)
    {
        ReadOnlySpan<Vector<float>> whole = MemoryMarshal.Cast<float, Vector<float>>(numbers);
        Span<Vector<float>> places = MemoryMarshal.Cast<float, Vector<float>>(sums);
        Vector<float> total = Vector<float>.Zero;
        for (int i = 0; i < whole.Length; i++)
        {
            Vector<float> square = whole[i] * whole[i];
            total += square;
            if (i < places.Length)
                places[i] += square;
        }
        double sum = Vector.Sum(total);
        for (int i = whole.Length * Vector<float>.Count; i < numbers.Length; i++)
        {
            float square = numbers[i] * numbers[i];
            sum += square;
            if (i < sums.Length)
                sums[i] += square;
        }
        return sum;
    }

    private static void AddTo(double[] sums, float[] partial)
    {
        for (int p = 0; p < sums.Length; p++)
            sums[p] += partial[p];
    }
}
