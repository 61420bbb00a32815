using System.Buffers.Binary;
using Google.Protobuf;
using SiDT.Frontend.Schema;
using SiDT.Frontend.Storage;

namespace SiDT.Frontend.Reading;

/// <summary>A run of tensor bytes left in the file; <paramref name="Field"/> is the number of the field that held it.</summary>
internal readonly record struct DataSlice(long Offset, int Length, int Field);

/// <summary>
/// The tensor bytes that stay in the file. In the parsed message a token in <c>raw_data</c> stands for each; it begins with
/// a number drawn for this reading, so that no content of a file can be mistaken for one.
/// </summary>
internal sealed class DataSlices(MappedFile file)
{
    private const int TokenLength = 20;

    private readonly byte[] _nonce = Guid.NewGuid().ToByteArray();
    private readonly List<DataSlice> _slices = [];

    public byte[] Add(DataSlice slice)
    {
        var token = new byte[TokenLength];
        _nonce.CopyTo(token, 0);
        BinaryPrimitives.WriteInt32LittleEndian(token.AsSpan(16), _slices.Count);
        _slices.Add(slice);
        return token;
    }

    /// <summary>The slice that the raw data of a message stand for; null if they are bytes of their own.</summary>
    public DataSlice? Find(TensorProto proto)
    {
        if (!proto.HasRawData || proto.RawData.Length != TokenLength)
            return null;
        ReadOnlySpan<byte> token = proto.RawData.Span;
        return token.StartsWith(_nonce) ? _slices[BinaryPrimitives.ReadInt32LittleEndian(token[16..])] : null;
    }

    public TensorStorage Storage(DataSlice slice) => new MappedStorage(file, slice.Offset, slice.Length);

    public ReadOnlySpan<byte> Span(DataSlice slice) => file.Span(slice.Offset, slice.Length);

    /// <summary>The bytes as a protobuf value, without a copy.</summary>
    public ByteString Bytes(DataSlice slice) => UnsafeByteOperations.UnsafeWrap(file.Memory(slice.Offset, slice.Length));
}
