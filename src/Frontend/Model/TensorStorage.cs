namespace SiDT.Frontend;

/// <summary>Where the little-endian bytes of a tensor live until someone writes them.</summary>
public abstract class TensorStorage
{
    public abstract long Length { get; }

    /// <summary>The bytes (at most 2 GB), valid as long as the storage is referenced. They need not be aligned.</summary>
    public abstract ReadOnlySpan<byte> Bytes { get; }

    /// <summary>The bytes as memory that keeps the storage alive.</summary>
    public virtual ReadOnlyMemory<byte> Memory => Bytes.ToArray();

    /// <summary>Writes all bytes, however many there are.</summary>
    public virtual void CopyTo(Stream stream) => stream.Write(Bytes);
}

/// <summary>Bytes in managed memory.</summary>
public sealed class ManagedStorage(ReadOnlyMemory<byte> memory) : TensorStorage
{
    public static ManagedStorage Empty { get; } = new(ReadOnlyMemory<byte>.Empty);

    public override long Length => memory.Length;

    public override ReadOnlySpan<byte> Bytes => memory.Span;

    public override ReadOnlyMemory<byte> Memory => memory;
}
