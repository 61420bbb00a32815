using SiDT.Frontend;
using SiDT.Passes.Compensation.Algebra;

namespace SiDT.Passes.Compensation.Sites;

/// <summary>A tensor read and written as a matrix: some axes make its rows, the others, ascending, its columns.</summary>
internal static class WeightMatrix
{
    /// <summary>The numbers with the axes <paramref name="rows"/> flattened into rows, in that order.</summary>
    public static Matrix Read(Tensor tensor, int[] rows)
    {
        float[] numbers = tensor.ToFloats();
        int[] places = Places(tensor.Dims, rows, out int height, out int width);
        var matrix = new Matrix(height, width);
        for (int i = 0; i < numbers.Length; i++)
            matrix.Data[i] = numbers[places[i]];
        return matrix;
    }

    /// <summary>A tensor like <paramref name="like"/> with other numbers.</summary>
    public static Tensor Write(Tensor like, int[] rows, Matrix matrix)
    {
        int[] places = Places(like.Dims, rows, out _, out _);
        var numbers = new float[places.Length];
        for (int i = 0; i < numbers.Length; i++)
            numbers[places[i]] = (float)matrix.Data[i];
        return Tensor.FromFloats(like.Type, numbers, like.Dims);
    }

    // for every entry of the matrix the place of its number in the tensor
    private static int[] Places(long[] dims, int[] rows, out int height, out int width)
    {
        int[] order = [.. rows, .. Enumerable.Range(0, dims.Length).Except(rows)];
        var strides = new int[dims.Length];
        for (int i = dims.Length - 1, s = 1; i >= 0; s *= (int)dims[i--])
            strides[i] = s;
        height = (int)rows.Aggregate(1L, (p, a) => p * dims[a]);
        int count = (int)dims.Aggregate(1L, (p, d) => p * d);
        width = height == 0 ? 0 : count / height;
        var places = new int[count];
        var at = new int[order.Length];
        for (int k = 0, place = 0; k < count; k++)
        {
            places[k] = place;
            for (int d = order.Length - 1; d >= 0; d--)
            {
                place += strides[order[d]];
                if (++at[d] < dims[order[d]])
                    break;
                place -= strides[order[d]] * (int)dims[order[d]];
                at[d] = 0;
            }
        }
        return places;
    }
}
