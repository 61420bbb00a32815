using Google.Protobuf;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Frontend.Schema;
using SiDT.Frontend.Writing;
using Xunit;

namespace SiDT.Tests.Frontend;

public sealed class RoundTripTests
{
    [Fact]
    public void A_model_that_uses_every_field_is_written_back_byte_for_byte()
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = EveryField.Model().ToByteArray();

        Model model = ModelReader.Read(folder.Write("in.onnx", bytes));
        ModelWriter.Write(model, folder.File("out.onnx"));

        Assert.Equal(ModelProto.Parser.ParseFrom(bytes), ModelProto.Parser.ParseFrom(File.ReadAllBytes(folder.File("out.onnx"))));
        Assert.Equal(bytes, File.ReadAllBytes(folder.File("out.onnx")));
        Assert.Equal(["in.onnx", "out.onnx"], folder.Names());
    }

    [Fact]
    public void The_file_the_bytes_and_the_message_lead_to_the_same_model()
    {
        using var folder = new TemporaryFolder();
        ModelProto proto = EveryField.Model();
        byte[] bytes = proto.ToByteArray();

        Assert.Equal(bytes, ModelWriter.ToBytes(ModelReader.Read(folder.Write("in.onnx", bytes))));
        Assert.Equal(bytes, ModelWriter.ToBytes(ModelReader.FromBytes(bytes)));
        Assert.Equal(bytes, ModelWriter.ToBytes(ModelReader.FromProto(proto)));
        Assert.Equal(bytes, proto.ToByteArray());
    }

    [Fact]
    public void A_clone_is_written_as_its_original()
    {
        ModelProto proto = EveryField.Model();

        Model clone = ModelReader.FromProto(proto).Clone();

        Assert.Equal(proto, ModelWriter.ToProto(clone));
    }

    [Fact]
    public void Writing_twice_gives_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        Model model = ModelReader.FromProto(Protos.Linear());
        model.Graph.Op("Relu", "r", model.Graph.Find("y"));
        model.Graph.NewInitializer("extra", Tensor.Of(new float[500], 500));

        ModelWriter.Write(model, folder.File("a.onnx"));
        ModelWriter.Write(model.Clone(), folder.File("b.onnx"));

        Assert.Equal(File.ReadAllBytes(folder.File("a.onnx")), File.ReadAllBytes(folder.File("b.onnx")));
    }

    [Fact]
    public void Fields_that_are_present_but_empty_stay_present()
    {
        ModelProto proto = Protos.Linear();
        proto.DocString = "";
        proto.Graph.DocString = "";
        proto.Graph.Node[0].DocString = "";
        proto.Graph.Node[0].Domain = "";
        proto.Graph.Node[1].Domain = "ai.onnx";
        proto.Graph.Node[1].ClearName();
        proto.Graph.Initializer.Add(new TensorProto { Name = "empty", DataType = 1, Dims = { 0 }, RawData = ByteString.Empty });
        proto.Graph.Initializer.Add(new TensorProto { Name = "none", DataType = 1, Dims = { 0 } });

        Assert.Equal(proto.ToByteArray(), ModelWriter.ToBytes(ModelReader.FromProto(proto)));
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(10, 2)]
    [InlineData(16, 2)]
    [InlineData(11, 8)]
    [InlineData(9, 1)]
    [InlineData(15, 16)]
    public void Raw_data_of_every_width_stay_in_the_file(int type, int width)
    {
        using var folder = new TemporaryFolder();
        ModelProto proto = Protos.Linear();
        byte[] data = [.. Enumerable.Range(0, 4096 * width).Select(i => (byte)(i * 7))];
        proto.Graph.Initializer.Add(new TensorProto { Name = "t", DataType = type, Dims = { 64, 64 }, RawData = ByteString.CopyFrom(data) });

        Model model = ModelReader.Read(folder.Write("m.onnx", proto.ToByteArray()));

        Tensor tensor = model.Graph.Find("t")!.Initializer!;
        Assert.Equal((ElementType)type, tensor.Type);
        Assert.Equal(data, tensor.Bytes.ToArray());
        Assert.IsType<SiDT.Frontend.Storage.MappedStorage>(tensor.Storage);
    }

    [Fact]
    public void A_model_whose_nodes_are_not_in_order_is_sorted()
    {
        ModelProto proto = Protos.Linear();
        NodeProto first = proto.Graph.Node[0];
        proto.Graph.Node.RemoveAt(0);
        proto.Graph.Node.Add(first);

        Model model = ModelReader.FromProto(proto);

        Assert.Equal(["MatMul", "Add"], model.Graph.Nodes.Select(n => n.OpType));
    }

    [Fact]
    public void The_hash_is_that_of_the_file()
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = Protos.Linear().ToByteArray();

        Model model = ModelReader.Read(folder.Write("m.onnx", bytes));

        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), model.Clone().Sha256);
        Assert.Equal(bytes.Length, model.FileBytes);
        Assert.Null(ModelReader.FromBytes(bytes).Sha256);
    }

    [Fact]
    public void Tensors_outlive_the_model_and_even_the_file_they_came_from()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("m.onnx", Protos.Linear().ToByteArray());
        Tensor tensor = ModelReader.Read(path).Graph.Find("w")!.Initializer!;
        File.Delete(path);
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal(511 / 8f, tensor.ToFloats()[511]);
    }

    [Fact]
    public void A_changed_tensor_is_written_as_raw_data_with_what_its_source_said()
    {
        ModelProto proto = Protos.Linear();
        TensorProto b = proto.Graph.Initializer[1];
        b.ClearRawData();
        b.FloatData.AddRange(Enumerable.Repeat(1f, 32));
        b.DocString = "kept";
        Model model = ModelReader.FromProto(proto);
        Value value = model.Graph.Find("b")!;

        value.Initializer = new Tensor(ElementType.Float32, [2], new ManagedStorage(new byte[8]), value.Initializer!.Source);

        TensorProto written = ModelWriter.ToProto(model).Graph.Initializer[1];
        Assert.Equal(8, written.RawData.Length);
        Assert.Empty(written.FloatData);
        Assert.Equal("kept", written.DocString);
        Assert.Equal([2L], written.Dims);
    }

    [Fact]
    public void A_new_type_of_a_value_replaces_every_declaration_of_it()
    {
        ModelProto proto = Protos.Linear();
        proto.Graph.ValueInfo.Add([Protos.Info("h", 1, 32), Protos.Info("y", 1, 32), Protos.Info("h", 1, 33)]);
        Model model = ModelReader.FromProto(proto);

        model.Graph.Find("h")!.Info = Protos.Info("h", 1, 20);

        Assert.Equal([Protos.Info("h", 1, 20), Protos.Info("y", 1, 32)], ModelWriter.ToProto(model).Graph.ValueInfo);
    }

    [ZooFact]
    public void Every_graph_of_the_zoo_is_written_back_as_it_was()
    {
        using var folder = new TemporaryFolder();
        foreach (string path in ZooFactAttribute.Graphs)
        {
            ModelProto original = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
            Model model = ModelReader.Read(path);
            string output = folder.File(Path.GetFileName(path));

            ModelWriter.Write(model, output);

            ModelProto written = ModelProto.Parser.ParseFrom(File.ReadAllBytes(output));
            if (model.HasExternalData)
                Assert.Equal(ModelWriter.ToProto(model), ModelWriter.ToProto(ModelReader.Read(output)));
            else
                Assert.True(original.Equals(written), path);
        }
        Assert.NotEmpty(ZooFactAttribute.Graphs);
    }
}
