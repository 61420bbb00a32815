using System.Runtime.InteropServices;
using SiDT.Frontend;

namespace SiDT.Passes.Rewriting;

/// <summary>
/// Some positions of some axes of a tensor that stays where it is; copied when someone asks for the bytes,
/// or part by part into the file. Slices of slices are slices of the first.
/// </summary>
internal sealed class SlicedStorage : TensorStorage
{
    private readonly TensorStorage _source;
    private readonly long[] _dims; // of the source
    private readonly int[]?[] _keep;
    private readonly int _last; // the last axis of which positions are taken
    private readonly int[] _positions; // those of that axis
    private readonly long _block; // bytes of one position of that axis
    private byte[]? _bytes;

    private SlicedStorage(TensorStorage source, long[] dims, int[]?[] keep, int bits)
    {
        _source = source;
        _dims = dims;
        _keep = keep;
        _last = Array.FindLastIndex(keep, k => k is not null);
        _positions = keep[_last]!;
        _block = dims[(_last + 1)..].Aggregate(1L, (a, b) => a * b) * bits / 8;
        Length = _block;
        for (int i = 0; i <= _last; i++)
            Length *= keep[i]?.Length ?? dims[i];
    }

    public override long Length { get; }

    public override ReadOnlySpan<byte> Bytes => Materialized();

    public override ReadOnlyMemory<byte> Memory => Materialized();

    public override bool IsAtHand => _bytes is not null;

    /// <summary>A tensor with the positions <paramref name="keep"/>[axis] of every axis (null: all), in whole bytes.</summary>
    public static Tensor Slice(Tensor tensor, int[]?[] keep)
    {
        TensorStorage source = tensor.Storage;
        long[] dims = tensor.Dims;
        int[]?[] positions = keep;
        // the dimensions that were cut before are no longer those of the tensor where it was reshaped in between
        if (source is SlicedStorage { _bytes: null } slices && slices._dims.Length == keep.Length && slices.Left().SequenceEqual(tensor.Dims))
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
        for (long at = 0; at < Length; at += buffer.Length)
        {
            Span<byte> part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, Length - at));
            Read(at, part);
            stream.Write(part);
        }
    }

    public override void Read(long offset, Span<byte> target)
    {
        if (_bytes is not null)
        {
            _bytes.AsSpan(checked((int)offset), target.Length).CopyTo(target);
            return;
        }
        long length = _positions.Length * _block, row = offset / length, within = offset % length;
        while (!target.IsEmpty)
        {
            Span<byte> part = target[..(int)Math.Min(target.Length, length - within)];
            ReadRow(Start(row), within, part);
            target = target[part.Length..];
            within = 0;
            row++;
        }
    }

    private IEnumerable<long> Left() => _dims.Select((d, axis) => _keep[axis]?.Length ?? d);

    private byte[] Materialized()
    {
        if (_bytes is not null)
            return _bytes;
        byte[] bytes = GC.AllocateUninitializedArray<byte>(checked((int)Length));
        if (bytes.Length > 0)
            Read(0, bytes);
        return _bytes = bytes;
    }

    /// <summary>Where in the source a row of the axes before the last one begins.</summary>
    private long Start(long row)
    {
        long start = 0, stride = _dims[_last];
        for (int axis = _last - 1; axis >= 0; axis--)
        {
            long count = _keep[axis]?.Length ?? _dims[axis], position = row % count;
            start += (_keep[axis]?[position] ?? position) * stride;
            stride *= _dims[axis];
            row /= count;
        }
        return start * _block;
    }

    private void ReadRow(long start, long within, Span<byte> target)
    {
        long first = within / _block, skip = within % _block;
        if (_block == sizeof(int) && skip == 0 && target.Length % sizeof(int) == 0 && _source.IsAtHand)
        {
            ReadSingles(start, _positions.AsSpan((int)first, target.Length / sizeof(int)), MemoryMarshal.Cast<byte, int>(target));
            return;
        }
        ReadOnlySpan<byte> source = _source.IsAtHand ? _source.Bytes : default;
        // positions that are neighbours in the source are copied together
        for (int i = (int)first; !target.IsEmpty;)
        {
            int n = 1;
            while (i + n < _positions.Length && _positions[i + n] == _positions[i] + n)
                n++;
            long from = start + (_positions[i] * _block) + skip;
            Span<byte> part = target[..(int)Math.Min(target.Length, (n * _block) - skip)];
            if (source.IsEmpty)
                _source.Read(from, part);
            else
                source.Slice(checked((int)from), part.Length).CopyTo(part);
            target = target[part.Length..];
            skip = 0;
            i += n;
        }
    }

    // numbers of 32 bits along the last axis: runs are short there
    private void ReadSingles(long start, ReadOnlySpan<int> positions, Span<int> target)
    {
        ReadOnlySpan<int> source = MemoryMarshal.Cast<byte, int>(_source.Bytes.Slice(checked((int)start), checked((int)(_dims[_last] * _block))));
        for (int i = 0; i < positions.Length; i++)
            target[i] = source[positions[i]];
    }
}
