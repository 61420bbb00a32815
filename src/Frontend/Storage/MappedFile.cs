using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace SiDT.Frontend.Storage;

/// <summary>
/// A file in the address space, read-only. It is unmapped some time after the last storage that refers to it is gone: a span
/// may outlive the last reference by a moment, because the runtime ends the life of an object at its last use.
/// </summary>
internal sealed unsafe class MappedFile
{
    private const long GraceMilliseconds = 30_000;

    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private long _unreachableSince;

    private MappedFile(MemoryMappedViewAccessor view, long length)
    {
        _view = view;
        Length = length;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
    }

    ~MappedFile()
    {
        long now = Environment.TickCount64;
        if (_unreachableSince == 0)
            _unreachableSince = now;
        if (now - _unreachableSince < GraceMilliseconds)
        {
            GC.ReRegisterForFinalize(this);
            return;
        }
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
    }

    public long Length { get; }

    /// <summary>Maps a file that is not empty. The file itself is closed again: only the mapping stays.</summary>
    public static MappedFile Open(string path)
    {
        using SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        long length = RandomAccess.GetLength(handle);
        using var map = MemoryMappedFile.CreateFromFile(handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        return new MappedFile(map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read), length);
    }

    public ReadOnlySpan<byte> Span(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - offset);
        return new ReadOnlySpan<byte>(_start + offset, length);
    }

    /// <summary>A part of the file as memory that keeps the mapping alive.</summary>
    public ReadOnlyMemory<byte> Memory(long offset, int length)
    {
        Span(offset, length);
        return new MappedMemory(this, _start + offset, length).Memory;
    }
}
