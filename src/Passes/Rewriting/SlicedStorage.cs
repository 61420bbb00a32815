using SiDT.Frontend;

namespace SiDT.Passes.Rewriting;

/// <summary>
/// Some positions of some axes of a tensor that stays where it is; copied when someone asks for the bytes,
/// or run by run into the file. Slices of slices are slices of the first.
/// </summary>
internal sealed class SlicedStorage : TensorStorage
{
    private readonly TensorStorage _source;
    private readonly long[] _dims; // of the source
    private readonly int[]?[] _keep;
    private readonly int _last; // the last axis of which positions are taken
    private readonly long _block; // bytes of one position of that axis
    private byte[]? _bytes;

    private SlicedStorage(TensorStorage source, long[] dims, int[]?[] keep, int bits)
    {
        _source = source;
        _dims = dims;
        _keep = keep;
        _last = Array.FindLastIndex(keep, k => k is not null);
        _block = dims[(_last + 1)..].Aggregate(1L, (a, b) => a * b) * bits / 8;
        Length = _block;
        for (int i = 0; i <= _last; i++)
            Length *= keep[i]?.Length ?? dims[i];
    }

    public override long Length { get; }

    public override ReadOnlySpan<byte> Bytes => Materialized();

    public override ReadOnlyMemory<byte> Memory => Materialized();

    /// <summary>A tensor with the positions <paramref name="keep"/>[axis] of every axis (null: all), in whole bytes.</summary>
    public static Tensor Slice(Tensor tensor, int[]?[] keep)
    {
        TensorStorage source = tensor.Storage;
        long[] dims = tensor.Dims;
        int[]?[] positions = keep;
        if (source is SlicedStorage { _bytes: null } slices)
        {
            source = slices._source;
            dims = slices._dims;
            positions = [.. keep.Select((k, axis) => slices._keep[axis] is not { } before ? k : k is null ? before : [.. k.Select(p => before[p])])];
        }
        long[] left = [.. tensor.Dims.Select((d, axis) => keep[axis]?.Length ?? d)];
        return new Tensor(tensor.Type, left, new SlicedStorage(source, dims, positions, tensor.Type.Bits()), tensor.Source);
    }

    public override void CopyTo(Stream stream)
    {
        if (_bytes is not null)
        {
            stream.Write(_bytes);
            return;
        }
        var buffer = new byte[Math.Min(Length, 1 << 20)];
        int filled = 0;
        ForEachRun((offset, length) =>
        {
            while (length > 0)
            {
                int part = (int)Math.Min(length, buffer.Length - filled);
                _source.Bytes.Slice(checked((int)offset), part).CopyTo(buffer.AsSpan(filled));
                filled += part;
                offset += part;
                length -= part;
                if (filled < buffer.Length)
                    continue;
                stream.Write(buffer, 0, filled);
                filled = 0;
            }
        });
        stream.Write(buffer, 0, filled);
    }

    private byte[] Materialized()
    {
        if (_bytes is not null)
            return _bytes;
        var bytes = new byte[checked((int)Length)];
        int at = 0;
        ForEachRun((offset, length) =>
        {
            _source.Bytes.Slice(checked((int)offset), (int)length).CopyTo(bytes.AsSpan(at));
            at += (int)length;
        });
        return _bytes = bytes;
    }

    private void ForEachRun(Action<long, long> copy)
    {
        if (Length > 0)
            Walk(0, 0, copy);
    }

    // positions that are neighbours in the source are copied together
    private void Walk(int axis, long index, Action<long, long> copy)
    {
        int[]? keep = _keep[axis];
        long count = keep?.Length ?? _dims[axis];
        if (axis < _last)
        {
            for (long i = 0; i < count; i++)
                Walk(axis + 1, (index + (keep?[i] ?? i)) * _dims[axis + 1], copy);
            return;
        }
        for (long i = 0; i < count;)
        {
            long first = keep![i], n = 1;
            while (i + n < count && keep[i + n] == first + n)
                n++;
            copy((index + first) * _block, n * _block);
            i += n;
        }
    }
}
