using System.Runtime.InteropServices;
using Google.Protobuf;
using SiDT.Frontend.Schema;

namespace SiDT.Frontend;

/// <summary>Numbers in and out of a <see cref="TensorProto"/>, whichever of its fields holds them.</summary>
public static class TensorContent
{
    /// <summary>The tensor of a message whose data are in it; the typed fields are packed as <c>raw_data</c> is.</summary>
    public static Tensor Read(TensorProto proto)
    {
        var type = (ElementType)proto.DataType;
        return new Tensor(type, [.. proto.Dims], new ManagedStorage(Pack(proto, type)), WithoutData(proto));
    }

    /// <summary>A message with the bytes as <c>raw_data</c>.</summary>
    public static TensorProto Write(Tensor tensor, string name)
    {
        TensorProto proto = tensor.Source?.Clone() ?? new TensorProto();
        proto.Name = name;
        proto.DataType = (int)tensor.Type;
        proto.Dims.Clear();
        proto.Dims.AddRange(tensor.Dims);
        proto.ExternalData.Clear();
        proto.ClearDataLocation();
        if (tensor.Type != ElementType.String)
            proto.RawData = UnsafeByteOperations.UnsafeWrap(tensor.Bytes.ToArray());
        return proto;
    }

    /// <summary>A copy without the numbers: name, dimensions, metadata and unknown fields remain.</summary>
    public static TensorProto WithoutData(TensorProto proto)
    {
        if ((ElementType)proto.DataType == ElementType.String)
            return proto;
        ByteString raw = proto.RawData;
        bool had = proto.HasRawData;
        if (had)
            proto.ClearRawData();
        TensorProto copy = proto.Clone();
        if (had)
            proto.RawData = raw;
        copy.FloatData.Clear();
        copy.Int32Data.Clear();
        copy.Int64Data.Clear();
        copy.DoubleData.Clear();
        copy.Uint64Data.Clear();
        return copy;
    }

    private static ReadOnlyMemory<byte> Pack(TensorProto proto, ElementType type)
    {
        if (proto.HasRawData)
            return proto.RawData.Memory;
        switch (type)
        {
            case ElementType.Float32 or ElementType.Complex64:
                return MemoryMarshal.AsBytes<float>(proto.FloatData.ToArray()).ToArray();
            case ElementType.Float64 or ElementType.Complex128:
                return MemoryMarshal.AsBytes<double>(proto.DoubleData.ToArray()).ToArray();
            case ElementType.Int64:
                return MemoryMarshal.AsBytes<long>(proto.Int64Data.ToArray()).ToArray();
            case ElementType.UInt64:
                return MemoryMarshal.AsBytes<ulong>(proto.Uint64Data.ToArray()).ToArray();
            case ElementType.UInt32:
                return MemoryMarshal.AsBytes<uint>(proto.Uint64Data.Select(x => (uint)x).ToArray()).ToArray();
            case ElementType.Int32:
                return MemoryMarshal.AsBytes<int>(proto.Int32Data.ToArray()).ToArray();
            case ElementType.String:
                return ReadOnlyMemory<byte>.Empty;
        }
        if (type.Bits() == 16)
            return MemoryMarshal.AsBytes<ushort>(proto.Int32Data.Select(x => (ushort)x).ToArray()).ToArray();
        return proto.Int32Data.Select(x => (byte)x).ToArray(); // 8 bits, or several narrow elements packed in each entry
    }
}
