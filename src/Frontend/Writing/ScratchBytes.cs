using System.Runtime.InteropServices;

namespace SiDT.Frontend.Writing;

/// <summary>Room for bytes outside of the managed heap, where large arrays would set off its collection.</summary>
internal sealed unsafe class ScratchBytes : IDisposable
{
    private byte* _start;
    private int _room;

    ~ScratchBytes() => Free();

    /// <summary>Room for so many bytes; what was there before may be gone.</summary>
    public Span<byte> Take(int length)
    {
        if (length > _room)
        {
            Free();
            _start = (byte*)NativeMemory.Alloc((nuint)length);
            _room = length;
        }
        return new Span<byte>(_start, length);
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.Free(_start);
        _start = null;
        _room = 0;
    }
}
