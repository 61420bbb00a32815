using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>
/// Arrays that outputs are put into, used again when a caller is done with them: without, every run of large outputs takes fresh pages from the
/// system, which costs as much time as the products do. Not for several threads at once.
/// </summary>
/// <param name="most">Bytes that may lie idle.</param>
public sealed class OutputBuffers(long most = 3L << 25)
{
    // below this size memory is cheap
    private const int Least = 1 << 16;

    private readonly Dictionary<int, Stack<byte[]>> _idle = [];
    private long _bytes;

    /// <summary>A copy of bytes in an array that may have been used before.</summary>
    internal TensorStorage Fill(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Least)
            return new ManagedStorage(bytes.ToArray());
        if (_idle.TryGetValue(bytes.Length, out Stack<byte[]>? stack) && stack.TryPop(out byte[]? array))
            _bytes -= array.Length;
        else
            array = GC.AllocateUninitializedArray<byte>(bytes.Length, pinned: true); // what lives long is not to be moved about
        bytes.CopyTo(array);
        return new Lent(array);
    }

    /// <summary>Takes an array back that came from here; others are left alone. Nobody may read it any more.</summary>
    public void Recycle(TensorStorage storage)
    {
        if (storage is not Lent lent || lent.Return() is not { } array || _bytes + array.Length > most)
            return;
        if (!_idle.TryGetValue(array.Length, out Stack<byte[]>? stack))
            _idle[array.Length] = stack = [];
        stack.Push(array);
        _bytes += array.Length;
    }

    private sealed class Lent(byte[] array) : TensorStorage
    {
        private byte[]? _array = array;

        public override long Length { get; } = array.Length;

        public override ReadOnlySpan<byte> Bytes => Array;

        public override ReadOnlyMemory<byte> Memory => Array;

        public override bool IsAtHand => true;

        private byte[] Array => _array ?? throw new ObjectDisposedException(nameof(TensorStorage), "the array of an output was given back");

        public byte[]? Return()
        {
            byte[]? mine = _array;
            _array = null;
            return mine;
        }
    }
}
