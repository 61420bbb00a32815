using System.Text.RegularExpressions;
using Google.Protobuf;
using SiDT.Backend.Hook;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Frontend.Schema;
using SiDT.Frontend.Writing;
using SiDT.Tests.Cli;
using SiDT.Tests.Frontend;
using SiDT.Tests.MiniZoo;
using SiDT.Tests.MiniZoo.Parts;
using Xunit;
using TemporaryFolder = SiDT.Tests.Runtime.TemporaryFolder;

namespace SiDT.Tests.Hook;

/// <summary>What a person reads.</summary>
public sealed partial class ModelTextTests
{
    [Fact]
    public void A_vision_transformer_reads_as_one_block_that_repeats() =>
        GoldenFile.Check("hook-model.txt", Emit(Path.Combine(Repository.Root, "models", "fashion-vit.onnx")));

    [Fact]
    public void A_graph_without_names_reads_as_one_with_names()
    {
        string original = Path.Combine(Repository.Root, "models", "fashion-vit.onnx");
        using var folder = new TemporaryFolder();
        Assert.Equal(Emit(original), Emit(Nameless.Write(original, folder.Path)));
    }

    [ZooFact]
    public void ViT_Tiny_without_names_is_one_block_that_repeats()
    {
        using var folder = new TemporaryFolder();
        string text = Emit(Nameless.Write(Path.Combine(ZooFactAttribute.Folder!, "..", "models", "vit_tiny.onnx"), folder.Path));
        Assert.InRange(text.Split('\n').Length, 40, 120);
        Assert.Single(BlockClass().Matches(text));
        Assert.Contains("new ModuleList<Block>(Enumerable.Range(0, 12)", text, StringComparison.Ordinal);
        Assert.Contains("qkv = Linear(dim, 3 * dim);", text, StringComparison.Ordinal);
    }

    [ZooFact]
    public void Parts_of_a_graph_without_names_are_named_after_what_they_do()
    {
        (string Graph, string[] Expected)[] graphs =
        [
            ("swin__op13", ["class Block", "position_bias", "class Attention", "class Mlp"]),
            ("detr__op13", ["class EncoderLayer", "class DecoderLayer", "Attention self_attn", "CrossAttn cross_attn"]),
            ("clip__op13", ["class PixelValuesEncoder", "class InputIdsEncoder", "class Block"]),
            ("mixer__op13", ["ModuleList<Block> blocks", "Mlp1 mlp1, mlp2", "LayerNorm norm1, norm2"]),
        ];
        using var folder = new TemporaryFolder();
        foreach ((string graph, string[] expected) in graphs)
        {
            string text = Emit(Nameless.Write(Path.Combine(ZooFactAttribute.Folder!, $"{graph}.onnx"), folder.Path));
            Assert.All(expected, e => Assert.Contains(e, text, StringComparison.Ordinal));
        }
    }

    [ZooFact]
    public void The_module_of_ViT_Tiny_has_at_most_120_lines_and_one_block_and_no_shape_arithmetic()
    {
        string text = Emit(Path.Combine(ZooFactAttribute.Folder!, "..", "models", "vit_tiny.onnx"));
        Assert.InRange(text.Split('\n').Length, 40, 120);
        Assert.Single(BlockClass().Matches(text));
        Assert.Contains("new ModuleList<Block>(Enumerable.Range(0, 12)", text, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"shape\[\d\] *[-+*/]", text);
        Assert.Contains("x = x + attn.forward(norm1.forward(x));", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Blocks_of_different_sizes_are_one_class()
    {
        Model model = ModelReader.Read(Path.Combine(Repository.Root, "models", "fashion-vit.onnx"));
        Model small = Cut.Unevenly(model);
        string text = new ModuleEmitter().Emit(small, "Network", "Emitted").Code;
        Assert.InRange(BlockClass().Matches(text).Count, 1, 2); // the last block computes the class token alone
        Assert.Contains("new ModuleList<Block>(\n", text, StringComparison.Ordinal);
        Assert.True(HiddenSizes().Matches(text).Select(m => m.Groups[1].Value).Distinct().Count() > 2, text);
    }

    [Fact]
    public void Heads_of_a_cut_model_are_taken_apart_as_those_of_a_whole_one()
    {
        Model small = Cut.Unevenly(ModelReader.Read(Path.Combine(Repository.Root, "models", "fashion-vit.onnx")));
        string text = new ModuleEmitter().Emit(small, "Network", "Emitted").Code;
        Assert.Matches(@"reshape\(b, n, heads, headWidth\d?\)", text);
        Assert.DoesNotMatch(@"reshape\(b, \d", text);
        Assert.Contains("x = x.narrow(1, 0, 1) + attn.forward(", text, StringComparison.Ordinal); // the class token alone, in the last block
    }

    [Fact]
    public void A_layer_that_an_exporter_renamed_stays_in_its_block()
    {
        string original = Path.Combine(Repository.Root, "models", "fashion-vit.onnx");
        using var folder = new TemporaryFolder();
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(original));
        foreach (NodeProto node in model.Graph.Node)
            node.Name = "";
        int number = 0;
        foreach (TensorProto tensor in model.Graph.Initializer.Where(t => t.Name.Contains("qkv", StringComparison.Ordinal)))
        {
            string name = $"val_{++number}";
            foreach (NodeProto reader in model.Graph.Node.Where(n => n.Input.Contains(tensor.Name)))
                reader.Input[reader.Input.IndexOf(tensor.Name)] = name;
            tensor.Name = name;
        }
        Assert.True(number > 5);
        File.WriteAllBytes(folder["fashion-vit.onnx"], model.ToByteArray());
        Assert.Equal(Emit(original), Emit(folder["fashion-vit.onnx"]));
    }

    [Fact]
    public void A_transposed_convolution_computes_what_ONNX_Runtime_computes()
    {
        var g = new GraphBuilder(new Spelling { Opset = 17 });
        string x = g.Op("ConvTranspose", [g.Input("x", [2, 6, 4, 4]), g.Weight("up.weight", 1, 6, 4, 3, 3), g.Bias("up.bias", 8)], ("group", 2L), ("strides", new long[] { 2, 2 }), ("pads", new long[] { 1, 1, 1, 1 }), ("output_padding", new long[] { 1, 1 }));
        g.Output(x, "y", 2, 8, 8, 8);
        using var folder = new TemporaryFolder();
        ModelWriter.Write(g.Build(), folder["up.onnx"]);
        var zoo = EmittedZoo.Of([folder["up.onnx"]]);
        Assert.Empty(zoo.Refused);
        Assert.InRange(zoo.Distances()["up"], 0, 1e-5);
    }

    [Fact]
    public void A_node_without_a_counterpart_is_named()
    {
        MiniZooGraph graph = MiniZooGraphs.All.First(g => g.Make().Graph.Nodes.Any(n => n.OpType is "Loop" or "If"));
        ModelError error = Assert.Throws<ModelError>(() => new ModuleEmitter().Emit(graph.Make(), "Network", "Emitted"));
        Assert.Matches("^(Loop|If) .* has no TorchSharp counterpart here, so the graph has no TorchSharp module; nothing was written$", error.Message);
    }

    [Fact]
    public void A_value_under_two_names_is_computed_once()
    {
        var g = new GraphBuilder();
        string x = g.Op("Identity", Linears.Apply(g, g.Input("x", [2, 5, 12]), "fc", 12, 12, 5));
        g.Output(g.Op("Add", g.Op("Relu", x), g.Op("Tanh", x)), "y", 2, 5, 12);
        string text = new ModuleEmitter().Emit(g.Build(), "Network", "Emitted").Code;
        Assert.Single(Regex.Matches(text, "fc.forward"));
    }

    [Fact]
    public void A_layer_that_a_graph_folds_around_a_product_reads_as_a_layer()
    {
        var g = new GraphBuilder(new Spelling { Opset = 17 });
        string x = g.Op("Reshape", g.Input("x", [2, 5, 3, 4]), g.Constant(-1, 12));
        x = g.Op("Gemm", x, g.Weight("fc.weight", 1, 12, 7));
        g.Output(g.Op("Add", g.Op("Reshape", x, g.Constant(-1, 5, 7)), g.Bias("fc.bias", 7)), "y", 2, 5, 7);
        Assert.Contains("return fc.forward(x.flatten(2));", new ModuleEmitter().Emit(g.Build(), "Network", "Emitted").Code, StringComparison.Ordinal);
    }

    [Fact]
    public void Composites_behind_others_are_taken_apart_too()
    {
        var g = new GraphBuilder(new Spelling { Opset = 17 });
        string x = g.Ms("FusedMatMul", [g.Input("x", [2, 5, 12]), g.Weight("first.weight", 1, 12, 6)]);
        x = g.Op("Reshape", x, g.Constant(2, 6, 5));
        g.Output(g.Ms("FusedMatMul", [x, g.Weight("second.weight", 1, 6, 7)], ("transA", 1)), "y", 2, 5, 7);
        Assert.Contains("transpose(", new ModuleEmitter().Emit(g.Build(), "Network", "Emitted").Code, StringComparison.Ordinal);
    }

    private static string Emit(string path) => new ModuleEmitter().Emit(ModelReader.Read(path), "Network", "Emitted").Code;

    [GeneratedRegex(@"class Block\w*")]
    private static partial Regex BlockClass();

    [GeneratedRegex(@"new Block\(.*?hidden: (\d+)")]
    private static partial Regex HiddenSizes();
}
