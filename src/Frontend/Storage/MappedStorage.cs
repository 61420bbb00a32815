namespace SiDT.Frontend.Storage;

/// <summary>Bytes of a tensor inside a mapped file.</summary>
internal sealed class MappedStorage(MappedFile file, long offset, long length) : TensorStorage
{
    private const int Step = 1 << 24;

    public override long Length => length;

    public override ReadOnlySpan<byte> Bytes => file.Span(offset, Short());

    public override ReadOnlyMemory<byte> Memory => file.Memory(offset, Short());

    public override bool IsAtHand => length <= int.MaxValue;

    public override void Read(long at, Span<byte> target) => file.Span(offset + at, target.Length).CopyTo(target);

    public override void CopyTo(Stream stream)
    {
        for (long at = 0; at < length; at += Step)
            stream.Write(file.Span(offset + at, (int)Math.Min(Step, length - at)));
    }

    private int Short() => length <= int.MaxValue
        ? (int)length
        : throw new ModelError($"a tensor of {length} bytes is larger than 2 GB; it can be carried along but not changed, so exclude what touches it");
}
