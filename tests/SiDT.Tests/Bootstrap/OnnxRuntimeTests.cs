using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using SiDT.Frontend.Schema;
using Xunit;

namespace SiDT.Tests.Bootstrap;

/// <summary>The packages that the bootstrap provides: ONNX Runtime loads and runs a model written through our schema.</summary>
public class OnnxRuntimeTests
{
    [Fact]
    public void RunsAModelMadeFromTheSchema()
    {
        var model = new ModelProto
        {
            IrVersion = 8,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 13 } },
            Graph = new GraphProto
            {
                Name = "add",
                Node = { new NodeProto { OpType = "Add", Input = { "x", "one" }, Output = { "y" } } },
                Input = { FloatVector("x") },
                Output = { FloatVector("y") },
                Initializer =
                {
                    new TensorProto { Name = "one", DataType = (int)TensorProto.Types.DataType.Float, Dims = { 1 }, FloatData = { 1f } },
                },
            },
        };

        using var session = new InferenceSession(model.ToByteArray());
        using var x = OrtValue.CreateTensorValueFromMemory([1f, 2f, 3f], [3]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, ["x"], [x], ["y"]);

        Assert.Equal([2f, 3f, 4f], outputs[0].GetTensorDataAsSpan<float>().ToArray());
    }

    [Fact]
    public void ReportsTheVersionTheRepositoryPins() =>
        Assert.Equal("1.29.0", OrtEnv.Instance().GetVersionString());

    private static ValueInfoProto FloatVector(string name) => new()
    {
        Name = name,
        Type = new TypeProto
        {
            TensorType = new TypeProto.Types.Tensor
            {
                ElemType = (int)TensorProto.Types.DataType.Float,
                Shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimValue = 3 } } },
            },
        },
    };
}
