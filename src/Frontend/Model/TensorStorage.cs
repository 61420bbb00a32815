namespace SiDT.Frontend;

/// <summary>Where the little-endian bytes of a tensor live until someone writes them.</summary>
public abstract class TensorStorage
{
    public abstract long Length { get; }

    /// <summary>The bytes, valid as long as the storage is referenced.</summary>
    public abstract ReadOnlySpan<byte> Bytes { get; }
}

/// <summary>Bytes in managed memory.</summary>
public sealed class ManagedStorage(ReadOnlyMemory<byte> memory) : TensorStorage
{
    public override long Length => memory.Length;

    public override ReadOnlySpan<byte> Bytes => memory.Span;
}
