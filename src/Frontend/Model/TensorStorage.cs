namespace SiDT.Frontend;

/// <summary>Where the little-endian bytes of a tensor live until someone writes them.</summary>
public abstract class TensorStorage
{
    public abstract long Length { get; }

    /// <summary>The bytes (at most 2 GB), valid as long as the storage is referenced. They need not be aligned.</summary>
    public abstract ReadOnlySpan<byte> Bytes { get; }

    /// <summary>The bytes as memory that keeps the storage alive.</summary>
    public virtual ReadOnlyMemory<byte> Memory => Bytes.ToArray();

    /// <summary>Whether <see cref="Bytes"/> are there already and asking for them computes and copies nothing.</summary>
    public virtual bool IsAtHand => false;

    /// <summary>Copies a part of the bytes; of a storage that is not at hand only this part is computed.</summary>
    public virtual void Read(long offset, Span<byte> target) => Bytes.Slice(checked((int)offset), target.Length).CopyTo(target);

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

    public override bool IsAtHand => true;
}
