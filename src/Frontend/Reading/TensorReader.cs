using System.Runtime.InteropServices;
using Google.Protobuf;
using SiDT.Frontend.Schema;

namespace SiDT.Frontend.Reading;

/// <summary>
/// Finds the numbers of tensor messages, wherever they are, and checks that they are as many as the dimensions ask for.
/// Messages that are <paramref name="settled"/> have been through that.
/// </summary>
internal sealed class TensorReader(ModelSource source, bool settled = false)
{
    /// <summary>Whether any tensor had its numbers in another file.</summary>
    public bool SawExternal { get; private set; }

    /// <summary>The tensor of a message that is ours to keep; its bytes stay where they are.</summary>
    public Tensor Take(TensorProto proto, string what)
    {
        ModelError Error(string fault, string remedy) => source.Error($"{what} {fault}", remedy);
        if (settled && IsExternal(proto) && proto.HasRawData)
        {
            var mapped = new ManagedStorage(proto.RawData.Memory);
            proto.ClearRawData();
            return new Tensor((ElementType)proto.DataType, [.. proto.Dims], mapped, proto) { Origin = TensorOrigin.External };
        }
        var type = (ElementType)proto.DataType;
        if (type == ElementType.Undefined)
            throw Error("has no element type", "export the model again");
        long expected = Check(proto, Error);
        long[] dims = [.. proto.Dims];
        if (IsExternal(proto))
            return new Tensor(type, dims, External(proto, expected, Error), proto) { Origin = TensorOrigin.External };
        if (source.Slices?.Find(proto) is { } slice)
        {
            CheckField(slice, type, Error);
            CheckLength(proto, slice.Length, expected, Error);
            proto.ClearRawData();
            bool raw = slice.Field == TensorProto.RawDataFieldNumber;
            return new Tensor(type, dims, source.Slices.Storage(slice), proto) { Origin = raw ? TensorOrigin.Raw : TensorOrigin.Packed };
        }
        if (proto.HasRawData)
        {
            var storage = new ManagedStorage(proto.RawData.Memory);
            CheckLength(proto, storage.Length, expected, Error);
            proto.ClearRawData();
            return new Tensor(type, dims, storage, proto) { Origin = TensorOrigin.Raw };
        }
        var packed = new ManagedStorage(TensorContent.Pack(proto));
        CheckLength(proto, packed.Length, expected, Error);
        return new Tensor(type, dims, packed, proto) { Origin = TensorOrigin.Message };
    }

    /// <summary>Puts the numbers of a tensor that stays a message into it, mapped where they are many; an external one keeps its mark.</summary>
    public void Settle(TensorProto proto, string what)
    {
        if (settled)
            return;
        ModelError Error(string fault, string remedy) => source.Error($"{what} {fault}", remedy);
        var type = (ElementType)proto.DataType;
        if (type == ElementType.Undefined && CountData(proto) == 0 && !IsExternal(proto))
            return;
        long expected = Check(proto, Error);
        if (IsExternal(proto))
        {
            proto.RawData = UnsafeByteOperations.UnsafeWrap(External(proto, expected, Error).Memory);
        }
        else if (source.Slices?.Find(proto) is { } slice)
        {
            CheckField(slice, type, Error);
            CheckLength(proto, slice.Length, expected, Error);
            proto.ClearRawData();
            if (slice.Field == TensorProto.FloatDataFieldNumber)
                proto.FloatData.AddRange(MemoryMarshal.Cast<byte, float>(source.Slices.Span(slice)).ToArray());
            else if (slice.Field == TensorProto.DoubleDataFieldNumber)
                proto.DoubleData.AddRange(MemoryMarshal.Cast<byte, double>(source.Slices.Span(slice)).ToArray());
            else
                proto.RawData = source.Slices.Bytes(slice);
        }
        else
        {
            CheckLength(proto, proto.HasRawData ? proto.RawData.Length : TensorContent.Pack(proto).Length, expected, Error);
        }
    }

    public static bool IsExternal(TensorProto proto) => proto.DataLocation == TensorProto.Types.DataLocation.External;

    private TensorStorage External(TensorProto proto, long expected, Func<string, string, ModelError> error)
    {
        SawExternal = true;
        return source.Externals?.Open(proto, expected, error)
            ?? throw error("has its numbers in another file, and the model does not come from a file", "read the model from its file");
    }

    /// <summary>Checks the dimensions and says how many bytes they ask for; -1 where that is not known.</summary>
    private static long Check(TensorProto proto, Func<string, string, ModelError> error)
    {
        var type = (ElementType)proto.DataType;
        if (TensorSize.Elements(proto.Dims) is not long count)
            throw error($"has impossible dimensions {TensorSize.Text(type, proto.Dims)}", "export the model again");
        int fields = CountData(proto);
        if (fields > 1 || (fields > 0 && IsExternal(proto)))
            throw error("holds its numbers twice", "export the model again");
        if (type != ElementType.String)
            return TensorSize.Bytes(type, count);
        if (proto.HasRawData || IsExternal(proto) || proto.StringData.Count != count)
            throw error($"has {proto.StringData.Count} texts but needs {count}", "export the model again");
        return 0;
    }

    private static int CountData(TensorProto proto) =>
        (proto.HasRawData ? 1 : 0) + Math.Sign(proto.FloatData.Count) + Math.Sign(proto.Int32Data.Count) + Math.Sign(proto.Int64Data.Count)
        + Math.Sign(proto.DoubleData.Count) + Math.Sign(proto.Uint64Data.Count) + Math.Sign(proto.StringData.Count);

    private static void CheckField(DataSlice slice, ElementType type, Func<string, string, ModelError> error)
    {
        bool fits = slice.Field switch
        {
            TensorProto.FloatDataFieldNumber => type is ElementType.Float32 or ElementType.Complex64,
            TensorProto.DoubleDataFieldNumber => type is ElementType.Float64 or ElementType.Complex128,
            _ => true,
        };
        if (!fits)
            throw error($"is of type {type.ToString().ToLowerInvariant()} but has numbers of another type", "export the model again");
    }

    private static void CheckLength(TensorProto proto, long length, long expected, Func<string, string, ModelError> error)
    {
        if (expected < 0 || length == expected)
            return;
        var type = (ElementType)proto.DataType;
        throw error($"has {length} bytes but {TensorSize.Text(type, proto.Dims)} needs {expected}", "export the model again");
    }
}
