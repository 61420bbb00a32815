using Google.Protobuf;
using SiDT.Frontend;
using SiDT.Frontend.Schema;
using SiDT.Tests.Runtime;

namespace SiDT.Tests.Cli;

/// <summary>Models that are well-formed files and still cannot be used.</summary>
internal static class BrokenModels
{
    /// <summary>A hidden layer that could be cut, behind an operator that nobody implements.</summary>
    public static byte[] UnknownOperator()
    {
        GraphProto graph = Perceptron();
        graph.Node.Add(new NodeProto { OpType = "Mystery", Domain = "nowhere", Name = "mystery", Input = { "y" }, Output = { "z" } });
        graph.Output[0] = Graphs.Info("z", ElementType.Float32, [2, 4]);
        ModelProto model = ModelProto.Parser.ParseFrom(Graphs.Bytes(graph));
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "nowhere", Version = 1 });
        return model.ToByteArray();
    }

    public static byte[] DanglingInput()
    {
        GraphProto graph = Perceptron();
        graph.Node[1].Input[0] = "nothing";
        return Graphs.Bytes(graph);
    }

    public static byte[] MissingExternalData()
    {
        GraphProto graph = Perceptron();
        TensorProto weight = graph.Initializer[0];
        weight.ClearRawData();
        weight.FloatData.Clear();
        weight.DataLocation = TensorProto.Types.DataLocation.External;
        weight.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "weights.bin" });
        return Graphs.Bytes(graph);
    }

    private static GraphProto Perceptron()
    {
        var graph = new GraphProto { Name = "perceptron" };
        graph.Input.Add(Graphs.Info("x", ElementType.Float32, [2, 4]));
        graph.Output.Add(Graphs.Info("y", ElementType.Float32, [2, 4]));
        graph.Initializer.Add(Weight("fc1.weight", 4, 8));
        graph.Initializer.Add(Weight("fc2.weight", 8, 4));
        graph.Node.Add(new NodeProto { OpType = "MatMul", Name = "fc1", Input = { "x", "fc1.weight" }, Output = { "h" } });
        graph.Node.Add(new NodeProto { OpType = "Relu", Name = "act", Input = { "h" }, Output = { "r" } });
        graph.Node.Add(new NodeProto { OpType = "MatMul", Name = "fc2", Input = { "r", "fc2.weight" }, Output = { "y" } });
        return graph;
    }

    private static TensorProto Weight(string name, int rows, int columns)
    {
        var weight = new TensorProto { Name = name, DataType = (int)ElementType.Float32, Dims = { rows, columns } };
        weight.FloatData.AddRange(Enumerable.Range(0, rows * columns).Select(i => (float)Math.Sin(i)));
        return weight;
    }
}
