using Google.Protobuf;
using SiDT.Frontend;
using SiDT.Frontend.Schema;

namespace SiDT.Tests.Runtime;

/// <summary>Small models made in memory.</summary>
internal static class Graphs
{
    /// <summary>One node from the inputs to the output <c>y</c>.</summary>
    public static byte[] OneNode(string op, ElementType result, params (string Name, ElementType Type, object[] Dims)[] inputs)
    {
        var graph = new GraphProto { Name = "g" };
        var node = new NodeProto { OpType = op, Name = "n" };
        foreach ((string name, ElementType type, object[] dims) in inputs)
        {
            graph.Input.Add(Info(name, type, dims));
            node.Input.Add(name);
        }
        node.Output.Add("y");
        graph.Node.Add(node);
        graph.Output.Add(Info("y", result, null));
        return Bytes(graph);
    }

    public static byte[] Bytes(GraphProto graph)
    {
        var model = new ModelProto { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        return model.ToByteArray();
    }

    /// <summary>A declaration; sizes are numbers or names.</summary>
    public static ValueInfoProto Info(string name, ElementType type, object[]? dims)
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)type };
        if (dims is not null)
        {
            tensor.Shape = new TensorShapeProto();
            foreach (object dim in dims)
            {
                tensor.Shape.Dim.Add(dim is string text
                    ? new TensorShapeProto.Types.Dimension { DimParam = text }
                    : new TensorShapeProto.Types.Dimension { DimValue = Convert.ToInt64(dim) });
            }
        }
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }
}
