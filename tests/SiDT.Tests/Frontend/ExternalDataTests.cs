using Google.Protobuf;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Frontend.Schema;
using SiDT.Frontend.Writing;
using Xunit;

namespace SiDT.Tests.Frontend;

public sealed class ExternalDataTests
{
    private const int WeightBytes = 16 * 32 * 4;

    [Fact]
    public void External_tensors_are_read_where_they_are_and_written_beside_the_new_model()
    {
        using var folder = new TemporaryFolder();
        ModelProto proto = Protos.Linear();
        byte[] weights = proto.Graph.Initializer[0].RawData.ToByteArray();
        folder.Write("weights.bin", [.. new byte[100], .. weights]);
        Protos.MakeExternal(proto.Graph.Initializer[0], "weights.bin", ("offset", "100"), ("length", $"{WeightBytes}"), ("checksum", "kept"));
        Model model = ModelReader.Read(folder.Write("in.onnx", proto.ToByteArray()));
        Assert.True(model.HasExternalData);
        Assert.Equal(weights, model.Graph.Find("w")!.Initializer!.Bytes.ToArray());

        ModelWriter.Write(model, folder.File("out.onnx"));

        Assert.Equal(["in.onnx", "out.onnx", "out.onnx.data", "weights.bin"], folder.Names());
        Assert.Equal(weights, File.ReadAllBytes(folder.File("out.onnx.data")));
        ModelProto expected = proto.Clone();
        expected.Graph.Initializer[0].ExternalData[0].Value = "out.onnx.data";
        expected.Graph.Initializer[0].ExternalData[1].Value = "0";
        Assert.Equal(expected.ToByteArray(), File.ReadAllBytes(folder.File("out.onnx")));
    }

    [Fact]
    public void Tensors_inside_attributes_functions_and_training_may_be_external_too()
    {
        using var folder = new TemporaryFolder();
        ModelProto proto = Protos.Linear();
        TensorProto External(string name)
        {
            TensorProto tensor = Protos.Floats(name, 4);
            folder.Write(name, tensor.RawData.Span);
            Protos.MakeExternal(tensor, name);
            return tensor;
        }
        proto.Graph.Node.Insert(0, Protos.Node("Constant", "c", [], ["c"], Protos.Tensor("value", External("c.bin"))));
        proto.Functions.Add(new FunctionProto { Name = "f", Domain = "d", Node = { Protos.Node("Constant", "k", [], ["k"], Protos.Tensor("value", External("f.bin"))) } });
        proto.TrainingInfo.Add(new TrainingInfoProto { Algorithm = new GraphProto { Initializer = { External("t.bin") } } });
        Model model = ModelReader.Read(folder.Write("in.onnx", proto.ToByteArray()));
        Assert.Equal([0, 1 / 8f, 2 / 8f, 3 / 8f], model.Graph.Nodes[0].ConstantTensor!.ToFloats());

        ModelWriter.Write(model, folder.File("out.onnx"));
        foreach (string name in new[] { "c.bin", "f.bin", "t.bin" })
            File.Delete(folder.File(name));

        Model again = ModelReader.Read(folder.File("out.onnx"));
        Assert.Equal([0, 1 / 8f, 2 / 8f, 3 / 8f], again.Graph.Nodes[0].ConstantTensor!.ToFloats());
        Assert.Equal(ModelWriter.ToProto(model), ModelWriter.ToProto(again));
        Assert.Equal(TensorProto.Types.DataLocation.Default, ModelWriter.ToProto(again).Graph.Node[0].Attribute[0].T.DataLocation);
    }

    [Fact]
    public void A_model_that_does_not_fit_is_split_and_small_tensors_stay_inside()
    {
        using var folder = new TemporaryFolder();
        ModelProto proto = Protos.Linear();
        proto.Graph.Initializer.Add(Protos.Floats("odd", 257));
        proto.Graph.Initializer.Add(Protos.Floats("last", 512));
        Model model = ModelReader.FromProto(proto);

        ModelWriter.Write(model, folder.File("out.onnx"), largest: 2000);

        ModelProto written = ModelProto.Parser.ParseFrom(File.ReadAllBytes(folder.File("out.onnx")));
        Assert.Equal([null, "out.onnx.data", "out.onnx.data", "out.onnx.data"],
            new[] { 1, 0, 2, 3 }.Select(i => written.Graph.Initializer[i].ExternalData.FirstOrDefault(e => e.Key == "location")?.Value));
        Assert.All(written.Graph.Initializer.SelectMany(t => t.ExternalData).Where(e => e.Key == "offset"), e => Assert.Equal(0, long.Parse(e.Value) % 64));
        Assert.Equal(proto, ModelWriter.ToProto(ModelReader.Read(folder.File("out.onnx"))));
    }

    [Fact]
    public void Tensors_that_share_their_bytes_share_them_in_the_output()
    {
        using var folder = new TemporaryFolder();
        ModelProto proto = Protos.Linear();
        folder.Write("w.bin", proto.Graph.Initializer[0].RawData.Span);
        Protos.MakeExternal(proto.Graph.Initializer[0], "w.bin");
        TensorProto tied = proto.Graph.Initializer[0].Clone();
        tied.Name = "tied";
        proto.Graph.Initializer.Add(tied);

        ModelWriter.Write(ModelReader.Read(folder.Write("in.onnx", proto.ToByteArray())), folder.File("out.onnx"));

        Assert.Equal(WeightBytes, new FileInfo(folder.File("out.onnx.data")).Length);
    }

    [Fact]
    public void A_model_in_a_download_cache_is_a_link_and_so_are_its_data()
    {
        using var folder = new TemporaryFolder();
        ModelProto proto = Protos.Linear();
        Directory.CreateDirectory(folder.File("blobs"));
        Directory.CreateDirectory(folder.File("snapshot"));
        folder.Write("blobs/1", proto.Graph.Initializer[0].RawData.Span);
        Protos.MakeExternal(proto.Graph.Initializer[0], "model.onnx_data");
        folder.Write("blobs/2", proto.ToByteArray());
        File.CreateSymbolicLink(folder.File("snapshot/model.onnx_data"), "../blobs/1");
        File.CreateSymbolicLink(folder.File("snapshot/model.onnx"), "../blobs/2");

        Assert.True(ModelReader.Read(folder.File("snapshot/model.onnx")).HasExternalData);
    }

    [Theory]
    [InlineData("../secret.bin", "outside the model's folder")]
    [InlineData("../../../../../../../../etc/passwd", "outside the model's folder")]
    [InlineData("sub/../../secret.bin", "outside the model's folder")]
    [InlineData("/etc/passwd", "not a path inside the model's folder")]
    [InlineData("C:\\secret.bin", "not a path inside the model's folder")]
    [InlineData("link.bin", "outside the model's folder")]
    [InlineData("linked/secret.bin", "outside the model's folder")]
    [InlineData("circle", "go in circles")]
    [InlineData("missing.bin", "there is no such file")]
    [InlineData("sub", "is a folder")]
    [InlineData(".", "outside the model's folder")]
    [InlineData("empty.bin", "the file is empty")]
    [InlineData("", "does not say in which file")]
    [InlineData("a\0b", "not a path inside the model's folder")]
    public void A_location_outside_of_the_models_folder_is_refused(string location, string reason)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("model/sub"));
        folder.Write("secret.bin", new byte[WeightBytes]);
        folder.Write("model/empty.bin", []);
        File.CreateSymbolicLink(folder.File("model/link.bin"), folder.File("secret.bin"));
        File.CreateSymbolicLink(folder.File("model/linked"), "..");
        File.CreateSymbolicLink(folder.File("model/circle"), "circle");
        ModelProto proto = Protos.Linear();
        Protos.MakeExternal(proto.Graph.Initializer[0], location);
        string path = folder.Write("model/m.onnx", proto.ToByteArray());

        var error = Assert.Throws<ModelError>(() => ModelReader.Read(path));

        Assert.Contains(reason, error.Message);
        Assert.Contains("'w'", error.Message);
    }

    [Theory]
    [InlineData("offset", "1")]
    [InlineData("offset", "-4")]
    [InlineData("offset", "9223372036854775807")]
    [InlineData("offset", "99999999999999999999")]
    [InlineData("length", "4")]
    [InlineData("length", "-1")]
    [InlineData("length", "9223372036854775807")]
    [InlineData("length", "many")]
    [InlineData("location", "w.bin")]
    public void Offsets_and_lengths_that_do_not_fit_are_refused(string key, string value)
    {
        using var folder = new TemporaryFolder();
        folder.Write("w.bin", new byte[WeightBytes]);
        ModelProto proto = Protos.Linear();
        Protos.MakeExternal(proto.Graph.Initializer[0], "w.bin", (key, value));
        string path = folder.Write("m.onnx", proto.ToByteArray());

        Assert.Contains("'w'", Assert.Throws<ModelError>(() => ModelReader.Read(path)).Message);
    }

    [Fact]
    [Trait("Category", Categories.Slow)]
    public void A_model_over_two_gigabytes_is_read_and_written()
    {
        using var folder = new TemporaryFolder();
        const long Rows = 300_000;
        const long Columns = 2048;
        using (FileStream sparse = File.Create(folder.File("big.bin")))
        {
            sparse.SetLength((Rows * Columns * 4) + 4096);
            sparse.Position = Rows * Columns * 4;
            sparse.Write(Enumerable.Repeat((byte)7, 4096).ToArray());
        }
        ModelProto proto = Protos.Linear();
        var big = new TensorProto { Name = "big", DataType = 1, Dims = { Rows, Columns } };
        Protos.MakeExternal(big, "big.bin", ("offset", "0"), ("length", $"{Rows * Columns * 4}"));
        var tail = new TensorProto { Name = "tail", DataType = 1, Dims = { 1024 } };
        Protos.MakeExternal(tail, "big.bin", ("offset", $"{Rows * Columns * 4}"), ("length", "4096"));
        proto.Graph.Initializer.Add([big, tail]);
        Model model = ModelReader.Read(folder.Write("in.onnx", proto.ToByteArray()));

        ModelWriter.Write(model, folder.File("out.onnx"));

        Model again = ModelReader.Read(folder.File("out.onnx"));
        Assert.Equal(Rows * Columns * 4, again.Graph.Find("big")!.Initializer!.Storage.Length);
        Assert.Equal(7, again.Graph.Find("tail")!.Initializer!.Bytes[4095]);
        Assert.Throws<OutputError>(() => ModelWriter.ToBytes(model));
    }
}
