using Google.Protobuf;
using SiDT.Frontend.Schema;

namespace SiDT.Tests.Frontend;

/// <summary>Small ONNX messages for tests.</summary>
internal static class Protos
{
    /// <summary>A model around a graph: opset 17, IR version 8.</summary>
    public static ModelProto Model(GraphProto graph) => new()
    {
        IrVersion = 8,
        Graph = graph,
        OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 } },
    };

    /// <summary><c>y = x * w + b</c> with 32 columns, so that <c>w</c> is large enough to stay in the file.</summary>
    public static ModelProto Linear()
    {
        var graph = new GraphProto { Name = "linear" };
        graph.Input.Add(Info("x", 1, 16));
        graph.Output.Add(Info("y", 1, 32));
        graph.Initializer.Add(Floats("w", 16, 32));
        graph.Initializer.Add(Floats("b", 32));
        graph.Node.Add(Node("MatMul", "m", ["x", "w"], ["h"]));
        graph.Node.Add(Node("Add", "a", ["h", "b"], ["y"]));
        return Model(graph);
    }

    public static NodeProto Node(string op, string name, string[] inputs, string[] outputs, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = op, Name = name };
        node.Input.AddRange(inputs);
        node.Output.AddRange(outputs);
        node.Attribute.AddRange(attributes);
        return node;
    }

    public static ValueInfoProto Info(string name, params long[] dims)
    {
        var shape = new TensorShapeProto();
        foreach (long dim in dims)
            shape.Dim.Add(dim < 0 ? new TensorShapeProto.Types.Dimension { DimParam = "n" } : new TensorShapeProto.Types.Dimension { DimValue = dim });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = 1, Shape = shape } } };
    }

    /// <summary>Float weights 0, 1/8, 2/8, ... as raw data.</summary>
    public static TensorProto Floats(string name, params long[] dims)
    {
        float[] data = [.. Enumerable.Range(0, (int)dims.Aggregate(1L, (a, b) => a * b)).Select(i => i / 8f)];
        var tensor = new TensorProto { Name = name, DataType = 1, RawData = Raw<float>(data) };
        tensor.Dims.AddRange(dims);
        return tensor;
    }

    public static TensorProto Ints(string name, params long[] data)
    {
        var tensor = new TensorProto { Name = name, DataType = 7, RawData = Raw<long>(data) };
        tensor.Dims.Add(data.Length);
        return tensor;
    }

    public static AttributeProto Tensor(string name, TensorProto value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Tensor, T = value };

    public static AttributeProto Int(string name, long value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    public static AttributeProto Graph(string name, GraphProto value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Graph, G = value };

    public static AttributeProto Reference(string name, string outer, AttributeProto.Types.AttributeType type) =>
        new() { Name = name, Type = type, RefAttrName = outer };

    /// <summary>Moves the numbers of an initializer into another file.</summary>
    public static void MakeExternal(TensorProto tensor, string location, params (string Key, string Value)[] entries)
    {
        tensor.ClearRawData();
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        foreach ((string key, string value) in entries)
            tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
    }

    private static ByteString Raw<T>(T[] data)
        where T : unmanaged => ByteString.CopyFrom(System.Runtime.InteropServices.MemoryMarshal.AsBytes<T>(data));
}
