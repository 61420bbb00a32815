using SiDT.Frontend;

namespace SiDT.Passes.Rewriting;

/// <summary>Cuts positions out of constant arrays of any element type, whole bytes or narrower.</summary>
internal static class WeightSlicer
{
    /// <summary>Keeps the positions <paramref name="keep"/>[axis] of every axis (null: all).</summary>
    public static Tensor Slice(Tensor tensor, int[]?[] keep)
    {
        if (keep.All(k => k is null))
            return tensor;
        int last = Array.FindLastIndex(keep, k => k is not null);
        if (tensor.Dims[(last + 1)..].Aggregate(1L, (a, b) => a * b) * tensor.Type.Bits() % 8 == 0 && tensor.Type.Bits() > 0)
            return SlicedStorage.Slice(tensor, keep);
        Tensor result = tensor;
        for (int axis = 0; axis < keep.Length; axis++)
        {
            if (keep[axis] is { } positions)
                result = SliceNarrow(result, axis, positions);
        }
        return result;
    }

    /// <summary>Takes the positions of one axis, in the given order.</summary>
    public static Tensor SliceAxis(Tensor tensor, int axis, int[] positions)
    {
        var keep = new int[]?[tensor.Rank];
        keep[axis] = positions;
        return Slice(tensor, keep);
    }

    private static Tensor SliceNarrow(Tensor tensor, int axis, int[] positions)
    {
        long[] dims = [.. tensor.Dims];
        int outer = (int)dims[..axis].Aggregate(1L, (a, b) => a * b);
        int width = (int)dims[axis], inner = (int)dims[(axis + 1)..].Aggregate(1L, (a, b) => a * b);
        dims[axis] = positions.Length;
        return SliceNarrow(tensor, dims, outer, width, inner, positions, tensor.Type.Bits());
    }

    private static Tensor SliceNarrow(Tensor tensor, long[] dims, int outer, int width, int inner, int[] positions, int bits)
    {
        int count = outer * positions.Length * inner, mask = (1 << bits) - 1;
        var bytes = new byte[((count * bits) + 7) / 8];
        ReadOnlySpan<byte> source = tensor.Bytes;
        int at = 0;
        for (int o = 0; o < outer; o++)
        {
            foreach (int position in positions)
            {
                for (int i = 0; i < inner; i++, at++)
                {
                    int from = ((((o * width) + position) * inner) + i) * bits;
                    bytes[at * bits / 8] |= (byte)(((source[from / 8] >> (from % 8)) & mask) << (at * bits % 8));
                }
            }
        }
        return new Tensor(tensor.Type, dims, new ManagedStorage(bytes), tensor.Source);
    }
}
