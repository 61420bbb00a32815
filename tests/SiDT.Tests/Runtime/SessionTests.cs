using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Frontend.Schema;
using SiDT.Runtime;
using Xunit;

namespace SiDT.Tests.Runtime;

public class SessionTests
{
    [Theory]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.Float64)]
    [InlineData(ElementType.Float16)]
    [InlineData(ElementType.BFloat16)]
    [InlineData(ElementType.Int8)]
    [InlineData(ElementType.Int16)]
    [InlineData(ElementType.Int32)]
    [InlineData(ElementType.Int64)]
    [InlineData(ElementType.UInt8)]
    [InlineData(ElementType.UInt16)]
    [InlineData(ElementType.UInt32)]
    [InlineData(ElementType.UInt64)]
    [InlineData(ElementType.Bool)]
    public void Tensors_of_every_element_type_go_in_and_come_out_unchanged(ElementType type)
    {
        using Session session = Session.Open(Graphs.OneNode("Identity", type, ("x", type, ["n", 3])));
        Tensor x = Tensor.FromFloats(type, [0, 1, 1, 1, 0, 1], 2, 3);

        Tensor y = session.Run(Feeds(("x", x)))["y"];

        Assert.Equal(type, y.Type);
        Assert.Equal([2, 3], y.Dims);
        Assert.True(x.Bytes.SequenceEqual(y.Bytes));
    }

    [Fact]
    public void Empty_tensors_and_scalars_are_tensors_too()
    {
        using Session vector = Session.Open(Graphs.OneNode("Neg", ElementType.Float32, ("x", ElementType.Float32, ["n"])));
        Assert.Equal([0], vector.Run(Feeds(("x", Tensor.Of(Array.Empty<float>(), 0))))["y"].Dims);

        using Session scalar = Session.Open(Graphs.OneNode("Neg", ElementType.Float32, ("x", ElementType.Float32, [])));
        Assert.Equal([-2f], scalar.Run(Feeds(("x", Tensor.Scalar(2f))))["y"].ToFloats());
    }

    [Fact]
    public void Ports_tell_names_types_and_sizes()
    {
        using Session session = Session.Open(Graphs.OneNode("Identity", ElementType.Float16, ("pixels", ElementType.Float16, ["batch", 3, "h", 8])));

        Port port = Assert.Single(session.Inputs);
        Assert.Equal("pixels", port.Name);
        Assert.Equal(ElementType.Float16, port.ElementType);
        Assert.Equal([null, 3L, null, 8L], port.Dims);
        Assert.Equal<string?>(["batch", null, "h", null], port.DimNames.AsEnumerable());
        Assert.Equal("[batch,3,h,8]", port.Shape);
    }

    [Fact]
    public void Only_the_outputs_that_are_asked_for_come_back()
    {
        var graph = new GraphProto { Name = "g" };
        graph.Input.Add(Graphs.Info("x", ElementType.Float32, ["n"]));
        graph.Node.Add(new NodeProto { OpType = "Neg", Input = { "x" }, Output = { "a" } });
        graph.Node.Add(new NodeProto { OpType = "Abs", Input = { "x" }, Output = { "b" } });
        graph.Output.Add(Graphs.Info("a", ElementType.Float32, ["n"]));
        graph.Output.Add(Graphs.Info("b", ElementType.Float32, ["n"]));
        using Session session = Session.Open(Graphs.Bytes(graph));

        var results = session.Run(Feeds(("x", Tensor.Of([1f, -2], 2))), ["b"]);

        Assert.Equal([1f, 2f], Assert.Single(results).Value.ToFloats());
    }

    [Fact]
    public void A_missing_or_unknown_feed_is_named()
    {
        using Session session = Session.Open(Graphs.OneNode("Neg", ElementType.Float32, ("x", ElementType.Float32, ["n"])));

        Assert.Contains("x: float32[n]", Assert.Throws<RuntimeError>(() => session.Run(Feeds())).Message);
        Tensor one = Tensor.Of([1f], 1);
        Assert.Contains("'z'", Assert.Throws<RuntimeError>(() => session.Run(Feeds(("x", one), ("z", one)))).Message);
    }

    [Fact]
    public void What_onnx_runtime_says_arrives_as_one_line()
    {
        RuntimeError load = Assert.Throws<RuntimeError>(() => Session.Open(new byte[] { 1, 2, 3 }));
        Assert.DoesNotContain('\n', load.Message);
        Assert.DoesNotContain("ErrorCode", load.Message);
        using Session session = Session.Open(Graphs.OneNode("Add", ElementType.Float32, ("a", ElementType.Float32, ["n"]), ("b", ElementType.Float32, ["m"])));

        RuntimeError run = Assert.Throws<RuntimeError>(() => session.Run(Feeds(("a", Tensor.Of([1f, 2], 2)), ("b", Tensor.Of([1, 2, 3], 3)))));

        Assert.StartsWith("the model does not run: ", run.Message);
        Assert.DoesNotContain('\n', run.Message);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        Assert.Equal("there is no model file 'nowhere.onnx'", Assert.Throws<RuntimeError>(() => Session.Open("nowhere.onnx")).Message);
    }

    [Fact]
    public void A_device_that_is_absent_is_refused_in_one_sentence()
    {
        if (OrtEnvironment.Get().GetAvailableProviders().Contains("CUDAExecutionProvider"))
            return;
        byte[] model = Graphs.OneNode("Neg", ElementType.Float32, ("x", ElementType.Float32, ["n"]));

        DeviceError error = Assert.Throws<DeviceError>(() => Session.Open(model, new SessionSettings(Device: Device.Cuda)));

        Assert.Contains("--device cpu", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_model_in_memory_runs_like_its_file()
    {
        byte[] bytes = Matrix(out float[] weights);
        Model model = ModelReader.FromProto(ModelProto.Parser.ParseFrom(bytes));
        using Session session = Session.Open(model, new SessionSettings(Optimize: false));

        float[] y = session.Run(Feeds(("x", Tensor.Of([1f, 0], 1, 2))))["y"].ToFloats();

        Assert.Equal(weights[..(weights.Length / 2)], y);
    }

    [Fact]
    public void A_model_too_large_for_one_message_keeps_its_weights_beside_it()
    {
        Model model = ModelReader.FromProto(ModelProto.Parser.ParseFrom(Matrix(out float[] weights)));
        string folder;
        using (var file = new LargeModelFile(model))
        {
            folder = Path.GetDirectoryName(file.Path)!;
            Assert.True(new FileInfo(file.Path).Length < 1000);
            using Session session = Session.Open(file.Path);
            Assert.Equal(weights[..(weights.Length / 2)], session.Run(Feeds(("x", Tensor.Of([1f, 0], 1, 2))))["y"].ToFloats());
        }
        Assert.False(Directory.Exists(folder));
        Assert.Equal(weights, model.Graph.Initializers.Single().Initializer!.ToFloats());
    }

    [Fact]
    public void Several_threads_may_run_one_session()
    {
        using Session session = Session.Open(Graphs.OneNode("Neg", ElementType.Float32, ("x", ElementType.Float32, ["n"])));
        Parallel.For(0, 200, i => Assert.Equal([-(float)i], session.Run(Feeds(("x", Tensor.Of([(float)i], 1))))["y"].ToFloats()));
    }

    [Fact]
    public void Profiling_writes_operator_times()
    {
        using Session session = Session.Open(Matrix(out _), new SessionSettings(Profile: true));
        session.Run(Feeds(("x", Tensor.Of([1f, 0], 1, 2))));
        string trace = session.EndProfile();
        try
        {
            Assert.Contains("MatMul", File.ReadAllText(trace));
        }
        finally
        {
            File.Delete(trace);
        }
    }

    private static byte[] Matrix(out float[] weights)
    {
        weights = Enumerable.Range(0, 2 * 400).Select(i => (float)i).ToArray();
        var graph = new GraphProto { Name = "g" };
        graph.Input.Add(Graphs.Info("x", ElementType.Float32, ["n", 2]));
        graph.Initializer.Add(TensorContent.Write(Tensor.Of(weights, 2, 400), "w"));
        graph.Node.Add(new NodeProto { OpType = "MatMul", Name = "mm", Input = { "x", "w" }, Output = { "y" } });
        graph.Output.Add(Graphs.Info("y", ElementType.Float32, ["n", 400]));
        return Graphs.Bytes(graph);
    }

    private static Dictionary<string, Tensor> Feeds(params (string Name, Tensor Tensor)[] feeds) => feeds.ToDictionary(f => f.Name, f => f.Tensor);
}
