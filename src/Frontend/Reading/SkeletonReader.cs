using System.Buffers;
using SiDT.Frontend.Schema;
using SiDT.Frontend.Storage;

namespace SiDT.Frontend.Reading;

/// <summary>
/// Separates the numbers of large tensors from the rest of a model: walks down to the tensors wherever they may be, leaves
/// their bytes in the mapped file and puts a token (see <see cref="DataSlices"/>) in their place. What remains is small and
/// is parsed by protobuf, unknown fields and all.
/// </summary>
internal sealed class SkeletonReader(MappedFile file, DataSlices slices)
{
    /// <summary>Messages below this size are not looked into.</summary>
    private const int Threshold = 1024;

    private const int Deepest = 100;

    private enum Message
    {
        Model,
        Training,
        Function,
        Graph,
        Node,
        Attribute,
        Sparse,
        Tensor,
    }

    public ModelProto Read()
    {
        var skeleton = new ArrayBufferWriter<byte>();
        Copy(Message.Model, 0, file.Length, skeleton, 0);
        return ModelProto.Parser.ParseFrom(skeleton.WrittenSpan);
    }

    /// <summary>Which message a field of a message holds, if tensors can be in it.</summary>
    private static Message? Child(Message parent, int field) => (parent, field) switch
    {
        (Message.Model, ModelProto.GraphFieldNumber) => Message.Graph,
        (Message.Model, ModelProto.TrainingInfoFieldNumber) => Message.Training,
        (Message.Model, ModelProto.FunctionsFieldNumber) => Message.Function,
        (Message.Training, TrainingInfoProto.InitializationFieldNumber or TrainingInfoProto.AlgorithmFieldNumber) => Message.Graph,
        (Message.Function, FunctionProto.NodeFieldNumber) => Message.Node,
        (Message.Function, FunctionProto.AttributeProtoFieldNumber) => Message.Attribute,
        (Message.Graph, GraphProto.NodeFieldNumber) => Message.Node,
        (Message.Graph, GraphProto.InitializerFieldNumber) => Message.Tensor,
        (Message.Graph, GraphProto.SparseInitializerFieldNumber) => Message.Sparse,
        (Message.Node, NodeProto.AttributeFieldNumber) => Message.Attribute,
        (Message.Attribute, AttributeProto.TFieldNumber or AttributeProto.TensorsFieldNumber) => Message.Tensor,
        (Message.Attribute, AttributeProto.GFieldNumber or AttributeProto.GraphsFieldNumber) => Message.Graph,
        (Message.Attribute, AttributeProto.SparseTensorFieldNumber or AttributeProto.SparseTensorsFieldNumber) => Message.Sparse,
        (Message.Sparse, SparseTensorProto.ValuesFieldNumber or SparseTensorProto.IndicesFieldNumber) => Message.Tensor,
        _ => null,
    };

    private void Copy(Message message, long start, long end, ArrayBufferWriter<byte> into, int depth)
    {
        if (depth > Deepest)
            throw new WireFault($"messages are nested too deeply at byte {start}");
        WireField? data = message == Message.Tensor ? LargeData(start, end) : null;
        var reader = new WireReader(file, start, end);
        while (reader.Next(out WireField field))
        {
            if (field == data)
            {
                byte[] token = slices.Add(new DataSlice(field.Content, (int)field.Length, field.Number));
                WriteBytes(into, TensorProto.RawDataFieldNumber, token);
            }
            else if (field.Type == WireType.Bytes && field.Length >= Threshold && Child(message, field.Number) is { } child)
            {
                var inner = new ArrayBufferWriter<byte>();
                Copy(child, field.Content, field.End, inner, depth + 1);
                WriteBytes(into, field.Number, inner.WrittenSpan);
            }
            else
            {
                Append(into, field.Start, field.End);
            }
        }
    }

    /// <summary>
    /// The field with the numbers of a tensor if they are many and lie there as they lie in memory: raw data, or packed
    /// floats or doubles, once and in no other field.
    /// </summary>
    private WireField? LargeData(long start, long end)
    {
        WireField? found = null;
        var reader = new WireReader(file, start, end);
        while (reader.Next(out WireField field))
        {
            switch (field.Number)
            {
                case TensorProto.RawDataFieldNumber or TensorProto.FloatDataFieldNumber or TensorProto.DoubleDataFieldNumber:
                    if (found is not null || field.Type != WireType.Bytes || field.Length < Threshold || field.Length > int.MaxValue)
                        return null;
                    found = field;
                    break;
                case TensorProto.Int32DataFieldNumber or TensorProto.Int64DataFieldNumber or TensorProto.Uint64DataFieldNumber
                    or TensorProto.StringDataFieldNumber:
                    return null;
            }
        }
        int size = found?.Number switch
        {
            TensorProto.FloatDataFieldNumber => sizeof(float),
            TensorProto.DoubleDataFieldNumber => sizeof(double),
            _ => 1,
        };
        return found?.Length % size == 0 ? found : null;
    }

    private void Append(ArrayBufferWriter<byte> into, long start, long end)
    {
        if (end - start > Array.MaxLength - into.WrittenCount)
            throw new WireFault($"the field at byte {start} is too large to be anything but the numbers of a tensor");
        into.Write(file.Span(start, (int)(end - start)));
    }

    private static void WriteBytes(ArrayBufferWriter<byte> into, int field, ReadOnlySpan<byte> content)
    {
        if (content.Length > Array.MaxLength - into.WrittenCount - 20)
            throw new WireFault("the graph without its tensors is larger than 2 GB");
        WriteVarint(into, ((uint)field << 3) | (uint)WireType.Bytes);
        WriteVarint(into, (uint)content.Length);
        into.Write(content);
    }

    private static void WriteVarint(ArrayBufferWriter<byte> into, uint value)
    {
        Span<byte> span = into.GetSpan(5);
        int count = 0;
        for (; value >= 0x80; value >>= 7)
            span[count++] = (byte)(value | 0x80);
        span[count++] = (byte)value;
        into.Advance(count);
    }
}
