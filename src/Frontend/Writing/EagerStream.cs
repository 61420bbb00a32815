namespace SiDT.Frontend.Writing;

/// <summary>Writes to a file and has what is written brought to the disk beside what is still to come, so that the end waits for little.</summary>
internal sealed class EagerStream(FileStream file) : Stream
{
    private const long Step = 32 << 20;

    private Task? _flush;
    private long _waiting;

    public override bool CanRead => file.CanRead;

    public override bool CanSeek => file.CanSeek;

    public override bool CanWrite => file.CanWrite;

    public override long Length => file.Length;

    public override long Position { get => file.Position; set => file.Position = value; }

    /// <summary>Flushes everything to the disk.</summary>
    /// <exception cref="IOException">The disk does not take it, now or before: a disk may tell that only once.</exception>
    public void Complete()
    {
        Await();
        file.Flush(flushToDisk: true);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        file.Write(buffer);
        _waiting += buffer.Length;
        if (_waiting < Step || _flush is { IsCompleted: false })
            return;
        Await();
        _waiting = 0;
        _flush = Task.Run(() => RandomAccess.FlushToDisk(file.SafeFileHandle));
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override int Read(byte[] buffer, int offset, int count) => file.Read(buffer, offset, count);

    public override int Read(Span<byte> buffer) => file.Read(buffer);

    public override void Flush() => file.Flush();

    public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

    public override void SetLength(long value) => file.SetLength(value);

    protected override void Dispose(bool disposing)
    {
        try
        {
            if (disposing)
                Await();
        }
        finally
        {
            if (disposing)
                file.Dispose();
            base.Dispose(disposing);
        }
    }

    private void Await()
    {
        Task? flush = _flush;
        _flush = null;
        flush?.GetAwaiter().GetResult();
    }
}
