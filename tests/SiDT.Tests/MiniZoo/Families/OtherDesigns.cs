using SiDT.Tests.MiniZoo.Networks;

namespace SiDT.Tests.MiniZoo.Families;

/// <summary>Hierarchies, convolutions and other ways to mix tokens.</summary>
internal static class OtherDesigns
{
    private const string Reduced = "reduced copy of the stream, its own dimension";
    private const string Groups = "equal counts in each group of a convolution";
    private static readonly Spelling Plain = new();
    private static readonly Spelling Older = new() { Opset = 13, Norm = Norm.LayerDecomposed, Shapes = Shapes.Traced, Naming = Naming.Numbered };

    public static IEnumerable<MiniZooGraph> All =>
    [
        .. Hierarchies,
        .. Convolutions,
        .. TokenMixers,
    ];

    internal static MiniZooGraph Make(string name, Spelling spelling, Action<GraphBuilder> write)
    {
        GraphBuilder Write()
        {
            var g = new GraphBuilder(spelling);
            write(g);
            return g;
        }
        return new MiniZooGraph(name, Write, []);
    }

    private static IEnumerable<MiniZooGraph> Hierarchies =>
    [
        Windows("windows", Plain, SwinHead.Classes).Agrees("windows"),
        Windows("windows-packed", Older with { Qkv = Qkv.PackedGather }, SwinHead.Classes).Agrees("windows"),
        Windows("windows-merged-by-transpose", Plain with { Naming = Naming.TensorFlow, Norm = Norm.LayerTensorFlow }, SwinHead.Classes, true),
        Windows("windows-features-out", Plain, SwinHead.Features).But(Answer.No, "feature maps are outputs", "embed"),
        Windows("windows-pyramid", Older, SwinHead.Pyramid).Yes("other", $"1x{Swin.PyramidWidth}").No("other", "1x6", "model output").Agrees("pyramid"),
        Windows("windows-pyramid-by-size", Plain, SwinHead.PyramidBySize).Yes("other", $"1x{Swin.PyramidWidth}").No("other", "1x6", "model output").Agrees("pyramid"),
        Reductions("spatial-reduction", Plain, false, false),
        Reductions("spatial-reduction-any-size", Older, true, false),
        Reductions("segmentation", Plain, false, true).Yes("other", $"2x{Pyramid.Decoder}+1x{Pyramid.Decoder + 1}", "decode head"),
        Reductions("segmentation-any-size", Older with { Opset = 17 }, true, true).Yes("other", $"2x{Pyramid.Decoder}+1x{Pyramid.Decoder + 1}", "decode head"),
        Reductions("segmentation-constant-nodes", Plain with { Storage = Storage.ConstantNode }, false, true)
            .Yes("other", $"2x{Pyramid.Decoder}+1x{Pyramid.Decoder + 1}", "decode head"),
    ];

    private static IEnumerable<MiniZooGraph> Convolutions =>
    [
        Make("bottlenecks", Plain, g => ConvNets.Bottlenecks(g)).Yes("conv", "1x10+4x6"),
        Make("bottlenecks-grouped", Plain, g => ConvNets.Bottlenecks(g, 2)).Yes("conv", "1x10").Any("conv", "4x6", Groups),
        Make("inverted-residuals", Plain with { Activation = Activation.Silu }, g => ConvNets.InvertedResiduals(g, false)).Yes("conv", "1x8+2x14"),
        Make("squeeze-excite", Plain with { Activation = Activation.HardSwish, Opset = 13 }, g => ConvNets.InvertedResiduals(g, true))
            .Yes("conv", "1x8+2x14").Any("other", "2x6", "squeezed widths"),
        Make("depth-wise-channel-norm", Plain, ConvNets.ConvNext).Yes("embed", "1x10+1x14").Yes("mlp", "1x22+1x26"),
        Make("channel-shuffle", Plain, ConvNets.ChannelShuffle).Any("conv", "1x8+1x12", Groups),
        Make("pooling-mixer-group-norm", Plain, ConvNets.PoolFormer).Any("embed", "1x10", "one group over channels and places").Yes("mlp", "1x18"),
        Make("bottleneck-then-transformer", Older, Hybrids.BottleneckThenTransformer)
            .Yes("conv", "1x10+1x6").Yes("embed", "1x12").Yes("mlp", "1x20").Yes("heads", "1x3").Yes("qk", "1x4").Yes("v", "1x4"),
        Make("batch-norm-attention", Plain, Hybrids.BatchNormedAttention)
            .Yes("embed", "1x12").Yes("conv", "1x8").Yes("mlp", "1x18").Yes("heads", "1x3").Yes("qk", "1x3").Yes("v", "1x5"),
        Make("unfolded-map", Plain with { Activation = Activation.Silu }, Hybrids.Unfolded)
            .Yes("conv", "1x8+1x14+1x9+1x8+1x10").Any("embed", "1x12", "the unfold merges channels with batch and rows")
            .Yes("mlp", "1x20").Yes("heads", "1x3").Yes("qk", "1x4").Yes("v", "1x4"),
    ];

    private static IEnumerable<MiniZooGraph> TokenMixers =>
    [
        Mixed("token-mixing", Plain, Mixers.TokenMlp).Yes("other", "2x14").No("other", "1x9", "token positions"),
        Mixed("token-mixing-gemm", Older with { Linear = Linear.Gemm }, Mixers.TokenMlp).Yes("other", "2x14").No("other", "1x9", "token positions"),
        Mixed("linear-attention", Plain, Mixers.LinearAttention).Yes("heads", "2x3").Yes("qk", "2x4").Yes("v", "2x5"),
        Mixed("linear-attention-elu", Plain, Mixers.LinearAttentionOfElu).Yes("heads", "2x3").Yes("v", "2x5")
            .Any("qk", "2x4", "elu(0)+1 is not 0: zeroed slices do not silence a unit"),
        Mixed("cross-covariance", Plain with { Qkv = Qkv.PackedGather }, Mixers.CrossCovariance).Yes("heads", "2x3")
            .Any("qk", "2x4", "channels attend to channels: the Softmax runs over them").Any("v", "2x4", "channels attend to channels"),
        Mixed("pooling-attention", Plain, Mixers.PoolingAttention).Yes("heads", "2x3")
            .Any("qk", "2x4", "pooled, normalised and added to the values").Any("v", "2x4", "pooled, normalised and added to the queries"),
        Mixed("spatial-gate", Plain, Mixers.SpatialGate).Any("other", "2x8", "two halves that multiply; may count as mlp").No("other", "1x9", "token positions"),
        Mixed("group-query-attention-node", Plain, Mixers.GroupQueryNode)
            .Any("heads", "2x2", "kv groups of a fused operator").Any("qk", "2x8", VitGraphs.Fused).Any("v", "2x8", VitGraphs.Fused),
    ];

    private static MiniZooGraph Windows(string name, Spelling spelling, SwinHead head, bool transposed = false)
    {
        string note = spelling.Qkv == Qkv.PackedGather ? VitGraphs.Apart : "";
        return Make(name, spelling, g => new Swin(g, head, transposed).Write())
            .Yes("embed", $"1x{Swin.First}+1x{Swin.Second}").Yes("mlp", $"2x{Swin.FirstHidden}+1x{Swin.SecondHidden}")
            .Yes("heads", "2x2+1x3").Yes("qk", "2x5+1x4", note).Yes("v", "2x5+1x4", note);
    }

    private static MiniZooGraph Reductions(string name, Spelling spelling, bool dynamicSize, bool decode) =>
        Make(name, spelling, g => new Pyramid(g, dynamicSize, decode).Write())
            .Yes("embed", $"1x{Pyramid.First}+1x{Pyramid.Second}").Yes("mlp", $"1x{Pyramid.FirstHidden}+1x{Pyramid.SecondHidden}")
            .Yes("heads", "1x2+1x3").Yes("qk", "2x4").Yes("v", "2x4").Yes("other", $"1x{Pyramid.First}", Reduced);

    private static MiniZooGraph Mixed(string name, Spelling spelling, Func<GraphBuilder, string, string> mixer) =>
        Make(name, spelling, g => Mixers.Network(g, mixer)).Yes("embed", $"1x{Mixers.Embed}").Yes("mlp", $"2x{Mixers.Hidden}");
}
