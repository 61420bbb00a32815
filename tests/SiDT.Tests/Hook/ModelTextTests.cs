using System.Text.RegularExpressions;
using SiDT.Backend.Hook;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Tests.Cli;
using SiDT.Tests.Frontend;
using SiDT.Tests.MiniZoo;
using Xunit;

namespace SiDT.Tests.Hook;

/// <summary>What a person reads.</summary>
public sealed partial class ModelTextTests
{
    [Fact]
    public void A_vision_transformer_reads_as_one_block_that_repeats() =>
        GoldenFile.Check("hook-model.txt", Emit(Path.Combine(Repository.Root, "models", "fashion-vit.onnx")));

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
    public void A_node_without_a_counterpart_is_named()
    {
        MiniZooGraph graph = MiniZooGraphs.All.First(g => g.Make().Graph.Nodes.Any(n => n.OpType is "Loop" or "If"));
        ModelError error = Assert.Throws<ModelError>(() => new ModuleEmitter().Emit(graph.Make(), "Network", "Emitted"));
        Assert.Matches("^(Loop|If) .* has no TorchSharp counterpart here, so the graph has no TorchSharp module; nothing was written$", error.Message);
    }

    private static string Emit(string path) => new ModuleEmitter().Emit(ModelReader.Read(path), "Network", "Emitted").Code;

    [GeneratedRegex(@"class Block\w*")]
    private static partial Regex BlockClass();

    [GeneratedRegex(@"new Block\(.*?hidden: (\d+)")]
    private static partial Regex HiddenSizes();
}
