using System.Runtime.InteropServices;
using Google.Protobuf;
using SiDT.Frontend.Schema;

namespace SiDT.Frontend;

/// <summary>Numbers in and out of a <see cref="TensorProto"/>, whichever of its fields holds them.</summary>
public static class TensorContent
{
    /// <summary>
    /// The tensor of a message whose data are in it; the typed fields are packed as <c>raw_data</c> is. The message is kept
    /// as <see cref="Tensor.Source"/> and not changed.
    /// </summary>
    public static Tensor Read(TensorProto proto) =>
        new((ElementType)proto.DataType, [.. proto.Dims], new ManagedStorage(proto.HasRawData ? proto.RawData.Memory : Pack(proto)), proto);

    /// <summary>
    /// A message with the bytes inside: a tensor as it was read in the field where it was, any other in <c>raw_data</c>.
    /// The bytes are not copied.
    /// </summary>
    public static TensorProto Write(Tensor tensor, string name) => Write(tensor, name, null);

    /// <param name="tensor">A tensor.</param>
    /// <param name="name">Its name in the message.</param>
    /// <param name="bytes">Other memory for the same bytes.</param>
    internal static TensorProto Write(Tensor tensor, string name, ByteString? bytes)
    {
        TensorProto proto = Header(tensor, name);
        if (tensor.Origin == TensorOrigin.Message || tensor.Type == ElementType.String)
            return proto;
        ClearData(proto);
        ClearExternal(proto);
        if (tensor.Origin != TensorOrigin.Packed)
            proto.RawData = bytes ?? UnsafeByteOperations.UnsafeWrap(tensor.Storage.Memory);
        else if (tensor.Type is ElementType.Float64 or ElementType.Complex128)
            proto.DoubleData.AddRange(MemoryMarshal.Cast<byte, double>(tensor.Bytes).ToArray());
        else
            proto.FloatData.AddRange(MemoryMarshal.Cast<byte, float>(tensor.Bytes).ToArray());
        return proto;
    }

    /// <summary>A copy without the numbers: name, dimensions, metadata and unknown fields remain.</summary>
    public static TensorProto WithoutData(TensorProto proto)
    {
        TensorProto copy = proto.Clone();
        if ((ElementType)proto.DataType != ElementType.String)
            ClearData(copy);
        return copy;
    }

    /// <summary>The message of a tensor with its name, type and dimensions, and whatever numbers its source still holds.</summary>
    internal static TensorProto Header(Tensor tensor, string name)
    {
        TensorProto proto = tensor.Source?.Clone() ?? new TensorProto();
        if (proto.Name != name)
            proto.Name = name;
        if (proto.DataType != (int)tensor.Type)
            proto.DataType = (int)tensor.Type;
        if (!proto.Dims.AsEnumerable().SequenceEqual(tensor.Dims))
        {
            proto.Dims.Clear();
            proto.Dims.AddRange(tensor.Dims);
        }
        return proto;
    }

    internal static void ClearData(TensorProto proto)
    {
        proto.ClearRawData();
        proto.FloatData.Clear();
        proto.Int32Data.Clear();
        proto.Int64Data.Clear();
        proto.DoubleData.Clear();
        proto.Uint64Data.Clear();
    }

    /// <summary>Forgets that the numbers were in another file, if they were.</summary>
    internal static void ClearExternal(TensorProto proto)
    {
        if (proto.DataLocation != TensorProto.Types.DataLocation.External)
            return;
        proto.ExternalData.Clear();
        proto.ClearDataLocation();
    }

    /// <summary>The numbers of the typed fields as they would stand in <c>raw_data</c>.</summary>
    internal static ReadOnlyMemory<byte> Pack(TensorProto proto)
    {
        var type = (ElementType)proto.DataType;
        switch (type)
        {
            case ElementType.Float32 or ElementType.Complex64:
                return Bytes<float>([.. proto.FloatData]);
            case ElementType.Float64 or ElementType.Complex128:
                return Bytes<double>([.. proto.DoubleData]);
            case ElementType.Int64:
                return Bytes<long>([.. proto.Int64Data]);
            case ElementType.UInt64:
                return Bytes<ulong>([.. proto.Uint64Data]);
            case ElementType.UInt32:
                return Bytes<uint>([.. proto.Uint64Data.Select(x => (uint)x)]);
            case ElementType.Int32:
                return Bytes<int>([.. proto.Int32Data]);
            case ElementType.String:
                return ReadOnlyMemory<byte>.Empty;
        }
        if (type.Bits() == 16)
            return Bytes<ushort>([.. proto.Int32Data.Select(x => (ushort)x)]);
        return proto.Int32Data.Select(x => (byte)x).ToArray(); // 8 bits, or several narrow elements packed in each entry
    }

    private static byte[] Bytes<T>(T[] data)
        where T : unmanaged => MemoryMarshal.AsBytes<T>(data).ToArray();
}
