using System.Buffers;

namespace SiDT.Frontend.Storage;

/// <summary>A part of a mapped file as memory. Handed out as <see cref="ReadOnlyMemory{T}"/> only: the pages cannot be written.</summary>
internal sealed unsafe class MappedMemory(MappedFile file, byte* start, int length) : MemoryManager<byte>
{
    public override Span<byte> GetSpan()
    {
        GC.KeepAlive(file);
        return new Span<byte>(start, length);
    }

    public override MemoryHandle Pin(int elementIndex = 0) => new(start + elementIndex, default, this);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
