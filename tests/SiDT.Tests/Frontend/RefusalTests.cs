using System.Text;
using Google.Protobuf;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Frontend.Schema;
using SiDT.Frontend.Writing;
using Xunit;

namespace SiDT.Tests.Frontend;

public sealed class RefusalTests
{
    public static TheoryData<string, Action<ModelProto>, string> Faults => new()
    {
        { "no graph", m => m.Graph = null, "there is no graph" },
        { "no IR version", m => m.ClearIrVersion(), "ir_version" },
        { "an old IR version", m => m.IrVersion = 2, "ir_version is 2" },
        { "no opset", m => m.OpsetImport.Clear(), "opset_import" },
        { "opset 0", m => m.OpsetImport[0].Version = 0, "version 0" },
        { "a negative opset", m => m.OpsetImport[0].Version = -1, "version -1" },
        { "an old opset", m => m.OpsetImport[0].Version = 6, "opset is 6" },
        { "only another opset", m => m.OpsetImport[0].Domain = "other", "no opset of ai.onnx" },
        { "an input without name", m => m.Graph.Input[0].Name = "", "no name" },
        { "an input twice", m => m.Graph.Input.Add(Protos.Info("x", 1)), "'x'" },
        { "an output twice", m => m.Graph.Output.Add(Protos.Info("y", 1)), "'y'" },
        { "an output that nothing makes", m => m.Graph.Output.Add(Protos.Info("z", 1)), "'z'" },
        { "an output without name", m => m.Graph.Output.Add(new ValueInfoProto()), "output ''" },
        { "an initializer twice", m => m.Graph.Initializer.Add(Protos.Floats("w", 1)), "'w'" },
        { "an initializer without name", m => m.Graph.Initializer.Add(Protos.Floats("", 1)), "no name" },
        { "a sparse initializer without values", m => m.Graph.SparseInitializer.Add(new SparseTensorProto()), "no name" },
        { "two nodes that make one name", m => m.Graph.Node[1].Output[0] = "h", "'h'" },
        { "a node that makes an initializer", m => m.Graph.Node[1].Output[0] = "w", "'w'" },
        { "a node that makes an input", m => m.Graph.Node[1].Output[0] = "x", "'x'" },
        { "a node that reads nothing", m => m.Graph.Node[0].Input[0] = "nowhere", "'m' (MatMul) reads 'nowhere'" },
        { "a node without operator", m => m.Graph.Node[0].ClearOpType(), "'m'" },
        { "an attribute twice", m => m.Graph.Node[0].Attribute.Add([Protos.Int("a", 1), Protos.Int("a", 2)]), "'a'" },
        { "a cycle", m => m.Graph.Node[0].Input[0] = "y", "cycle through" },
        { "a node that reads itself", m => m.Graph.Node[0].Input[0] = "h", "cycle through MatMul 'm'" },
        { "too few bytes", m => m.Graph.Initializer[0].Dims[0] = 17, "2048 bytes but float32[17,32] needs 2176" },
        { "too many bytes", m => m.Graph.Initializer[0].Dims[0] = 15, "'w'" },
        { "no bytes", m => m.Graph.Initializer[0].ClearRawData(), "0 bytes" },
        { "negative dimensions", m => m.Graph.Initializer[0].Dims[0] = -1, "impossible dimensions" },
        { "dimensions whose product overflows", m => Resize(m, 1L << 40, 1L << 40), "impossible dimensions" },
        { "dimensions whose product wraps to the right number", m => Resize(m, (1L << 62) + 128, 4), "impossible dimensions" },
        { "dimensions that claim an exabyte", m => Resize(m, 1L << 50, 4), "needs" },
        { "no element type", m => m.Graph.Initializer[0].ClearDataType(), "no element type" },
        { "numbers twice", m => m.Graph.Initializer[0].FloatData.Add(1), "twice" },
        { "numbers of another type", m => Typed(m.Graph.Initializer[0]), "'w'" },
        { "texts in raw data", m => m.Graph.Initializer[0].DataType = 8, "texts" },
        { "a constant of the wrong size", m => m.Graph.Node.Add(BadConstant()), "attribute 'value' of Constant 'c'" },
        { "a tensor of the wrong size in a function", m => m.Functions.Add(new FunctionProto { Name = "f", Node = { BadConstant() } }), "function 'f'" },
        { "a function twice", m => m.Functions.Add([new FunctionProto { Name = "f" }, new FunctionProto { Name = "f" }]), "'f'" },
        { "a body that returns an outer value", m => m.Graph.Node.Add(If("h")), "Identity" },
        { "a body that returns nothing known", m => m.Graph.Node.Add(If("nowhere")), "a body of If 'if'" },
        { "a body that reads its own node", m => m.Graph.Node.Add(If("inner", "branch")), "cycle through" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_model_with_a_fault_is_refused_with_one_sentence(string fault, Action<ModelProto> spoil, string said)
    {
        using var folder = new TemporaryFolder();
        ModelProto proto = Protos.Linear();
        spoil(proto);
        string path = folder.Write("spoilt.onnx", proto.ToByteArray());

        string message = Assert.Throws<ModelError>(() => ModelReader.Read(path)).Message;

        Assert.True(message.Contains(said, StringComparison.Ordinal), $"{fault}: {message}");
        Assert.StartsWith($"'{path}': ", message);
        Assert.DoesNotContain('\n', message);
        Assert.Matches("; [a-z]", message);
        Assert.Throws<ModelError>(() => ModelReader.FromProto(proto));
    }

    [Theory]
    [InlineData("text.txt", "This is not a model, it is prose.")]
    [InlineData("page.html", "<!DOCTYPE html><html></html>")]
    [InlineData("zip.zip", "PK\u0003\u0004\u0014")]
    [InlineData("zeros", "\0\0\0\0\0\0\0\0")]
    public void A_file_that_is_something_else_is_refused(string name, string content)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write(name, Encoding.Latin1.GetBytes(content));

        Assert.Contains("not an ONNX model", Assert.Throws<ModelError>(() => ModelReader.Read(path)).Message);
    }

    [Fact]
    public void Paths_that_lead_to_no_file_are_refused()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("there is no such file", Refusal(folder.File("missing.onnx")));
        Assert.Contains("is a folder", Refusal(folder.Path));
        Assert.Contains("is empty", Refusal(folder.Write("empty.onnx", [])));
        Assert.Contains("git lfs pull", Refusal(folder.Write("lfs.onnx", "version https://git-lfs.github.com/spec/v1\noid"u8)));
        Assert.Contains("no path", Refusal(""));
        Assert.Contains("no path", Refusal("a\0b"));
        Assert.Contains("there is no such file", Refusal(folder.File("empty.onnx/x")));
        Assert.Contains("no such file", Refusal(folder.File(new string('n', 5000))));
    }

    [Fact]
    public void A_newer_version_of_the_format_is_accepted()
    {
        ModelProto proto = Protos.Linear();
        proto.IrVersion = 99;
        proto.OpsetImport[0].Version = 99;

        Assert.Equal(99, ModelReader.FromProto(proto).Opset());
    }

    [Fact]
    public void Messages_nested_too_deeply_are_refused()
    {
        using var folder = new TemporaryFolder();
        byte[] nested = new byte[2000];
        for (int i = 0; i < 3000; i++)
            nested = [.. new GraphProto { Node = { new NodeProto { Attribute = { new AttributeProto() } } } }.ToByteArray()[..0], .. Wrap(i % 3 == 0 ? 6 : i % 3 == 1 ? 5 : 1, nested)];

        Assert.Contains("not an ONNX model", Refusal(folder.Write("deep.onnx", Wrap(7, nested))));
    }

    [Fact]
    public void Nothing_is_left_where_nothing_can_be_written()
    {
        using var folder = new TemporaryFolder();
        Model model = ModelReader.FromProto(Protos.Linear());
        Directory.CreateDirectory(folder.File("taken.onnx"));

        Assert.Contains("is a folder", Assert.Throws<OutputError>(() => ModelWriter.Write(model, folder.File("taken.onnx"))).Message);
        Assert.Contains("create it", Assert.Throws<OutputError>(() => ModelWriter.Write(model, folder.File("no/such/folder.onnx"))).Message);
        Assert.Contains("device", Assert.Throws<OutputError>(() => ModelWriter.Write(model, "/dev/null")).Message);
        Assert.Throws<OutputError>(() => ModelWriter.Write(model, folder.File(new string('n', 300))));
        Assert.Equal(["taken.onnx"], folder.Names());
    }

    [Fact]
    public void A_failure_while_writing_leaves_the_old_output_alone()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("out.onnx", "old"u8);
        Model model = ModelReader.FromProto(Protos.Linear());
        model.Graph.NewInitializer("bad", new Tensor(ElementType.Float32, [4], new FailingStorage()));

        Assert.Contains("disk is full", Assert.Throws<OutputError>(() => ModelWriter.Write(model, path)).Message);
        Assert.Contains("disk is full", Assert.Throws<OutputError>(() => ModelWriter.Write(model, path, largest: 100)).Message);

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(["out.onnx"], folder.Names());
    }

    private static string Refusal(string path) => Assert.Throws<ModelError>(() => ModelReader.Read(path)).Message;

    private static void Resize(ModelProto model, params long[] dims)
    {
        model.Graph.Initializer[0].Dims.Clear();
        model.Graph.Initializer[0].Dims.Add(dims);
    }

    private static void Typed(TensorProto tensor)
    {
        tensor.ClearRawData();
        tensor.DoubleData.AddRange(Enumerable.Range(0, 256).Select(i => (double)i));
    }

    private static NodeProto BadConstant()
    {
        TensorProto tensor = Protos.Floats("", 3);
        tensor.Dims[0] = 4;
        return Protos.Node("Constant", "c", [], ["c"], Protos.Tensor("value", tensor));
    }

    private static NodeProto If(string output, string reads = "h")
    {
        var body = new GraphProto { Node = { Protos.Node("Relu", "r", [reads], ["inner"]) }, Output = { Protos.Info(output, 1) } };
        return Protos.Node("If", "if", ["x"], ["branch"], Protos.Graph("then_branch", body));
    }

    private static byte[] Wrap(int field, byte[] content)
    {
        var bytes = new MemoryStream();
        using var output = new CodedOutputStream(bytes);
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(content));
        output.Flush();
        return bytes.ToArray();
    }

    private sealed class FailingStorage : TensorStorage
    {
        public override long Length => 4096;

        public override ReadOnlySpan<byte> Bytes => throw new IOException("the disk is full.");
    }
}
