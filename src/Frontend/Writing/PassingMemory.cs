using System.Buffers;

namespace SiDT.Frontend.Writing;

/// <summary>
/// The bytes of a storage as memory that has them only while it is looked at: they are computed into a buffer that many share,
/// so that a span is good until the next one is asked for. For messages that are written once and dropped.
/// </summary>
internal sealed class PassingMemory(TensorStorage storage, PassingMemory.Buffer buffer) : MemoryManager<byte>
{
    /// <summary>Where the bytes of one storage after the other stand.</summary>
    internal sealed class Buffer
    {
        private byte[] _bytes = [];

        public Span<byte> Take(int length)
        {
            if (_bytes.Length < length)
                _bytes = GC.AllocateUninitializedArray<byte>(length);
            return _bytes.AsSpan(0, length);
        }
    }

    public override Memory<byte> Memory => CreateMemory(checked((int)storage.Length));

    public override Span<byte> GetSpan()
    {
        Span<byte> bytes = buffer.Take(checked((int)storage.Length));
        storage.Read(0, bytes);
        return bytes;
    }

    public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException("the bytes do not stay where they are");

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
