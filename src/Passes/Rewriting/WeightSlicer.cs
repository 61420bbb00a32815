using SiDT.Frontend;

namespace SiDT.Passes.Rewriting;

/// <summary>Cuts positions out of constant arrays of any element type, whole bytes or narrower.</summary>
internal static class WeightSlicer
{
    /// <summary>Keeps the positions <paramref name="keep"/>[axis] of every axis (null: all).</summary>
    public static Tensor Slice(Tensor tensor, int[]?[] keep)
    {
        Tensor result = tensor;
        for (int axis = 0; axis < keep.Length; axis++)
        {
            if (keep[axis] is { } positions)
                result = SliceAxis(result, axis, positions);
        }
        return result;
    }

    /// <summary>Takes the positions of one axis, in the given order.</summary>
    public static Tensor SliceAxis(Tensor tensor, int axis, int[] positions)
    {
        long[] dims = [.. tensor.Dims];
        int outer = (int)dims[..axis].Aggregate(1L, (a, b) => a * b);
        int width = (int)dims[axis];
        long inner = dims[(axis + 1)..].Aggregate(1L, (a, b) => a * b);
        dims[axis] = positions.Length;
        int bits = tensor.Type.Bits();
        if (inner * bits % 8 != 0)
            return SliceNarrow(tensor, dims, outer, width, (int)inner, positions, bits);
        int run = checked((int)(inner * bits / 8));
        var bytes = new byte[checked((long)outer * positions.Length * run)];
        ReadOnlySpan<byte> source = tensor.Bytes;
        int at = 0;
        for (int o = 0; o < outer; o++)
        {
            for (int k = 0; k < positions.Length;)
            {
                int n = 1; // neighbours are copied together
                while (k + n < positions.Length && positions[k + n] == positions[k] + n)
                    n++;
                source.Slice(checked((int)(((long)o * width) + positions[k]) * run), n * run).CopyTo(bytes.AsSpan(at));
                at += n * run;
                k += n;
            }
        }
        return new Tensor(tensor.Type, dims, new ManagedStorage(bytes), tensor.Source);
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
