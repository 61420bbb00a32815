using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using SiDT.Frontend.Schema;

namespace SiDT.Tests.Frontend;

/// <summary>
/// Models that use every field of every message, and a field that no schema knows in each. Only what makes a graph a graph
/// (names, sizes of tensors) is chosen by hand; the rest follows the schema, so that new fields are tested as they appear.
/// </summary>
internal sealed class EveryField
{
    private int _counter;

    private int Deepest { get; init; }

    /// <summary>Messages inside messages are filled down to level <paramref name="depth"/>; each level makes the model much larger.</summary>
    public static ModelProto Model(int depth = 6)
    {
        var maker = new EveryField { Deepest = depth };
        var model = (ModelProto)maker.Fill(new ModelProto(), 0);
        model.IrVersion = 13;
        foreach (OperatorSetIdProto import in model.OpsetImport)
            import.Version += 1000;
        return model;
    }

    private IMessage Fill(IMessage message, int depth)
    {
        switch (message)
        {
            case TensorProto tensor:
                return Tensor(tensor, depth);
            case GraphProto graph:
                return Graph(graph, depth);
            case SparseTensorProto sparse:
                sparse.Values = Tensor(new TensorProto(), depth);
                sparse.Indices = Tensor(new TensorProto(), depth);
                sparse.Dims.Add([7, 9]);
                return Unknown(sparse);
        }
        foreach (FieldDescriptor field in message.Descriptor.Fields.InDeclarationOrder())
            Set(message, field, depth);
        return Unknown(message);
    }

    private void Set(IMessage message, FieldDescriptor field, int depth)
    {
        if (field.FieldType == FieldType.Message && depth >= Deepest)
            return;
        if (!field.IsRepeated)
        {
            field.Accessor.SetValue(message, Content(field, depth));
            return;
        }
        var list = (IList)field.Accessor.GetValue(message);
        list.Add(Content(field, depth));
        list.Add(Content(field, depth));
    }

    private object Content(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.Message => Fill((IMessage)Activator.CreateInstance(field.MessageType.ClrType)!, depth + 1),
        FieldType.String => $"text{_counter++}",
        FieldType.Bytes => ByteString.CopyFromUtf8($"bytes{_counter++}"),
        FieldType.Enum => Enum.ToObject(field.EnumType.ClrType, 1),
        FieldType.Float => _counter++ / 2f,
        FieldType.Double => _counter++ / 2d,
        FieldType.Int32 => _counter++,
        FieldType.Int64 => (long)_counter++,
        FieldType.UInt64 => (ulong)_counter++,
        _ => throw new NotSupportedException(field.FieldType.ToString()),
    };

    /// <summary>A valid tensor with all metadata; the fields that hold its numbers take turns.</summary>
    private TensorProto Tensor(TensorProto tensor, int depth)
    {
        int turn = _counter++;
        foreach (FieldDescriptor field in TensorProto.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.Name is not ("dims" or "data_type" or "external_data" or "data_location") && !field.Name.EndsWith("_data", StringComparison.Ordinal))
                Set(tensor, field, depth);
        }
        tensor.DataLocation = TensorProto.Types.DataLocation.Default;
        int count = turn % 2 == 0 ? 3 : 600;
        IEnumerable<int> numbers = Enumerable.Range(turn, count);
        tensor.Dims.Add(count);
        switch (turn % 8)
        {
            case 0 or 1:
                tensor.DataType = (int)TensorProto.Types.DataType.Float;
                tensor.RawData = ByteString.CopyFrom([.. numbers.SelectMany(n => BitConverter.GetBytes((float)n))]);
                break;
            case 2 or 3:
                tensor.DataType = (int)TensorProto.Types.DataType.Float;
                tensor.FloatData.AddRange(numbers.Select(n => (float)n));
                break;
            case 4:
                tensor.DataType = (int)TensorProto.Types.DataType.String;
                tensor.StringData.AddRange(numbers.Select(n => ByteString.CopyFromUtf8($"s{n}")));
                break;
            case 5:
                tensor.DataType = (int)TensorProto.Types.DataType.Double;
                tensor.DoubleData.AddRange(numbers.Select(n => (double)n));
                break;
            case 6:
                tensor.DataType = (int)TensorProto.Types.DataType.Int8;
                tensor.Int32Data.AddRange(numbers.Select(n => -n));
                break;
            default:
                tensor.DataType = (int)(turn % 16 == 7 ? TensorProto.Types.DataType.Int64 : TensorProto.Types.DataType.Uint64);
                tensor.Int64Data.AddRange(numbers.Where(_ => turn % 16 == 7).Select(n => (long)n));
                tensor.Uint64Data.AddRange(numbers.Where(_ => turn % 16 != 7).Select(n => (ulong)n));
                break;
        }
        return Unknown(tensor);
    }

    /// <summary>A valid graph: inputs that are initializers, initializers in an order of their own, declarations of everything, twice.</summary>
    private GraphProto Graph(GraphProto graph, int depth)
    {
        foreach (FieldDescriptor field in GraphProto.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.Name is "name" or "doc_string" or "quantization_annotation" or "metadata_props" || (field.Name != "node" && !field.Name.Contains("put", StringComparison.Ordinal)))
                Set(graph, field, depth);
        }
        string x = $"x{_counter++}";
        graph.Input.Add(Info(x, depth));
        foreach (TensorProto initializer in graph.Initializer.Reverse())
            graph.Input.Add(Info(initializer.Name, depth));
        string last = x;
        for (int i = 0; i < 2 && depth < Deepest; i++)
        {
            var node = (NodeProto)Fill(new NodeProto(), depth + 1);
            node.Input.Clear();
            node.Output.Clear();
            node.Input.Add([last, "", graph.Initializer.Count > 0 ? graph.Initializer[0].Name : x, ""]);
            last = $"y{_counter++}";
            node.Output.Add([last, ""]);
            graph.Node.Add(node);
        }
        graph.Output.Add([Info(last, depth), .. last == x ? [] : new[] { Info(x, depth) }]);
        graph.ValueInfo.Add([Info(last, depth), Info(x, depth), Info(x, depth)]);
        return Unknown(graph);
    }

    private ValueInfoProto Info(string name, int depth)
    {
        var info = (ValueInfoProto)Fill(new ValueInfoProto(), depth + 1);
        info.Name = name;
        return info;
    }

    /// <summary>Adds fields that no schema knows: a number and a text.</summary>
    private T Unknown<T>(T message)
        where T : IMessage
    {
        var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            output.WriteTag(9001, WireFormat.WireType.Varint);
            output.WriteInt32(_counter++);
            output.WriteTag(9002, WireFormat.WireType.LengthDelimited);
            output.WriteString($"unknown{_counter++}");
        }
        message.MergeFrom(bytes.ToArray());
        return message;
    }
}
