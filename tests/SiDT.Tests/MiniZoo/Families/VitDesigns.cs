using SiDT.Tests.MiniZoo.Networks;
using SiDT.Tests.MiniZoo.Parts;

namespace SiDT.Tests.MiniZoo.Families;

/// <summary>Plain transformers that differ in design: pooling, tokens, biases, gates, grouped queries, rotary tables, colliding sizes.</summary>
internal static class VitDesigns
{
    private const string Normalised = "normalised per head with weights common to the heads: statistics over kept channels";

    public static IEnumerable<MiniZooGraph> All =>
    [
        .. Tokens,
        .. Biases,
        .. Gates,
        .. GroupedQueries,
        .. Collisions,
        .. OutputsInside,
    ];

    private static IEnumerable<MiniZooGraph> Tokens =>
    [
        VitGraphs.Make("mean-pooling", new Spelling(), VitGraphs.Gap).Agrees("gap"),
        VitGraphs.Make("global-average-pool", new Spelling { Opset = 13, Norm = Norm.LayerDecomposed }, new VitPlan { Pooling = Pooling.GlobalAverage }).Agrees("gap"),
        VitGraphs.Make("class-token-slice", new Spelling(), new VitPlan { Pooling = Pooling.ClassTokenSlice }).Agrees("vit"),
        VitGraphs.Make("channels-last-input", new Spelling { Naming = Naming.TensorFlow, Norm = Norm.LayerTensorFlow }, new VitPlan { Patches = PatchEmbedding.ChannelsLastConv }),
        VitGraphs.Make("patches-by-reshape", new Spelling(), new VitPlan { Patches = PatchEmbedding.ReshapedLinear }),
        VitGraphs.Make("positions-by-gather", new Spelling(), new VitPlan { PositionsByGather = true }),
        VitGraphs.Make("registers-layer-scale", new Spelling { Qkv = Qkv.PackedGather }, new VitPlan { Registers = 2, LayerScale = true }),
        VitGraphs.Make("distilled", new Spelling { Qkv = Qkv.HeadsOutermostSlice }, new VitPlan { Distilled = true }),
        VitGraphs.Make("flat-head", new Spelling(), new VitPlan { Pooling = Pooling.Flat }),
        VitGraphs.Make("attention-pooling", new Spelling(), new VitPlan { Pooling = Pooling.Attention }),
        VitGraphs.Make("tied-blocks", new Spelling(), new VitPlan { Tied = true }),
    ];

    private static IEnumerable<MiniZooGraph> Biases =>
    [
        VitGraphs.Make("talking-heads", new Spelling(), new VitPlan { TalkingHeads = true, LayerScale = true })
            .But(Answer.Any, "talking heads: logits and weights are mixed across heads", "heads").Any("other", "2x3", "the mixed head axis between two matrices"),
        VitGraphs.Make("relative-bias-gather", new Spelling { Qkv = Qkv.PackedSplitChannels }, Relative).Agrees("relative"),
        VitGraphs.Make("relative-bias-attention-node", new Spelling { Core = Core.OnnxAttention4, Opset = 23 }, Relative).Agrees("relative"),
        VitGraphs.Make("relative-bias-multi-head", new Spelling { Core = Core.MsMultiHeadAttention }, Relative).Agrees("relative"),
        VitGraphs.Make("relative-bias-direct", new Spelling(), new VitPlan { DirectBias = true }),
        VitGraphs.Make("relative-bias-shared", new Spelling(), new VitPlan { SharedRelativeBias = true }),
        VitGraphs.Make("key-without-bias", new Spelling { Qkv = Qkv.PackedSplitChannels }, new VitPlan { KeyBias = false, RelativeBias = true, LayerScale = true }),
        VitGraphs.Make("slopes-by-head", new Spelling(), new VitPlan { HeadMask = true }),
        VitGraphs.Make("padding-mask", new Spelling { Qkv = Qkv.PackedSlicedChannels }, new VitPlan { PaddingMask = true }),
        VitGraphs.Make("query-key-norm", new Spelling { Norm = Norm.RmsDecomposed }, new VitPlan { QkNorm = true }).But(Answer.Any, Normalised, "qk"),
        VitGraphs.Make("query-key-layer-norm", new Spelling { Norm = Norm.Layer }, new VitPlan { QkNorm = true }).But(Answer.Any, Normalised, "qk"),
    ];

    private static IEnumerable<MiniZooGraph> Gates =>
    [
        Gated("glu-split", Mlp.GluSplit, new Spelling()),
        Gated("glu-slice", Mlp.GluSlice, new Spelling()),
        Gated("glu-stacked", Mlp.GluStacked, new Spelling { Norm = Norm.RmsDecomposed }),
        Gated("glu-separate", Mlp.GluSeparate, new Spelling { Norm = Norm.Rms, Opset = 23 }, bias: false),
        Inner("glu-inner-norm", new Spelling()).Agrees("inner-norm"),
        Inner("glu-inner-norm-decomposed", new Spelling { Norm = Norm.LayerDecomposed, Opset = 13 }).Agrees("inner-norm"),
        Inner("glu-inner-norm-of-squares", new Spelling { Norm = Norm.LayerOfSquares }).Agrees("inner-norm"),
        Inner("glu-inner-norm-tensorflow", new Spelling { Norm = Norm.LayerTensorFlow, Opset = 13 }).Agrees("inner-norm"),
        Inner("glu-inner-norm-rms", new Spelling { Norm = Norm.RmsDecomposed }),
        VitGraphs.Make("depth-wise-mlp", new Spelling(), new VitPlan { Mlp = Mlp.DepthWise, Pooling = Pooling.Mean, Image = 12 }),
    ];

    private static MiniZooGraph Inner(string name, Spelling spelling) =>
        Gated(name, Mlp.GluSeparateInnerNorm, spelling).But(Answer.Yes, "an inner norm: what goes counts as zeros in its statistics", "mlp");

    private static IEnumerable<MiniZooGraph> GroupedQueries =>
    [
        Grouped("grouped-expand", new Spelling { Norm = Norm.RmsDecomposed }, KvRepeat.Expand).Agrees("grouped"),
        Grouped("grouped-tile", new Spelling { Norm = Norm.RmsDecomposed, Scale = Scale.Runtime }, KvRepeat.Tile).Agrees("grouped"),
        Grouped("grouped-concat", new Spelling { Norm = Norm.RmsDecomposed, Qkv = Qkv.PackedSplitChannels }, KvRepeat.Concat).Agrees("grouped"),
        Grouped("grouped-broadcast", new Spelling { Norm = Norm.RmsDecomposed, Qkv = Qkv.PackedSlicedChannels }, KvRepeat.Broadcast).Agrees("grouped"),
        Grouped("grouped-attention-node", new Spelling { Norm = Norm.Rms, Core = Core.OnnxAttention4, Opset = 23 }, KvRepeat.Expand).Agrees("grouped"),
        Grouped("grouped-attention-node-3d", new Spelling { Norm = Norm.Rms, Core = Core.OnnxAttention3, Opset = 24 }, KvRepeat.Expand).Agrees("grouped"),
        Grouped("one-key-head", new Spelling { Norm = Norm.RmsDecomposed }, KvRepeat.Expand, 1),
        Turned("rotary-half", RotaryStyle.Half, new Spelling { Qkv = Qkv.PackedGather }).Agrees("rotary-half"),
        Turned("rotary-node", RotaryStyle.Node, new Spelling { Opset = 23 }).Agrees("rotary-half"),
        Turned("rotary-ms", RotaryStyle.MsNode, new Spelling()).Agrees("rotary-half"),
        Turned("rotary-interleaved", RotaryStyle.Interleaved, new Spelling()).Agrees("rotary-interleaved"),
        Turned("rotary-node-interleaved", RotaryStyle.NodeInterleaved, new Spelling { Opset = 23, Core = Core.OnnxAttention4 }).Agrees("rotary-interleaved"),
        VitGraphs.Make("rotary-partial", new Spelling(), new VitPlan { Rotary = RotaryStyle.PartialHalf, Qk = 8, V = 4 }).But(Answer.Any, "a rotated and an unrotated part", "qk"),
        VitGraphs.Make("rotary-grouped-query-key-norm", new Spelling { Norm = Norm.RmsDecomposed }, new VitPlan
        {
            Rotary = RotaryStyle.Half, Heads = 4, KvHeads = 2, QkNorm = true, Mlp = Mlp.GluSeparate, QkvBias = false, MlpBias = false,
        }).But(Answer.Any, Normalised, "qk"),
    ];

    private static IEnumerable<MiniZooGraph> Collisions =>
    [
        VitGraphs.Make("equal-embed-hidden", new Spelling(), new VitPlan { Hidden = 12 }),
        VitGraphs.Make("equal-heads-width", new Spelling { Qkv = Qkv.PackedGather }, new VitPlan { Embed = 16, Heads = 4, Qk = 4, V = 4 }),
        VitGraphs.Make("equal-tokens-heads", new Spelling { Qkv = Qkv.PackedGather }, new VitPlan { Heads = 5, Embed = 20 }),
        VitGraphs.Make("equal-tokens-width", new Spelling { Qkv = Qkv.PackedGatherAxis2 }, new VitPlan { Qk = 5, V = 5, Embed = 15 }),
        VitGraphs.Make("equal-tokens-embed-hidden", new Spelling(), new VitPlan { Image = 16, Pooling = Pooling.Mean, Embed = 16, Hidden = 16, Heads = 2, Qk = 8, V = 8 }),
        VitGraphs.Make("equal-all", new Spelling { Qkv = Qkv.PackedGather }, new VitPlan { Image = 16, Pooling = Pooling.Mean, Embed = 16, Hidden = 16, Heads = 4, Classes = 16 }),
        VitGraphs.Make("equal-batch-heads", new Spelling { Shapes = Shapes.Static }, new VitPlan { Heads = 2, Qk = 6, V = 6 }),
        VitGraphs.Make("equal-batch-heads-merged", new Spelling { Shapes = Shapes.Static, Core = Core.SequenceFirst }, new VitPlan { Heads = 2, Qk = 6, V = 6 }),
        VitGraphs.Make("equal-classes-embed", new Spelling(), new VitPlan { Classes = 12 }),
        VitGraphs.Make("equal-three-heads-stack", new Spelling { Qkv = Qkv.HeadsOutermostStacked }, new VitPlan { Qk = 3, V = 3, Embed = 9, Hidden = 9 }),
    ];

    private static IEnumerable<MiniZooGraph> OutputsInside =>
    [
        VitGraphs.Make("tokens-out", new Spelling(), new VitPlan { Pooling = Pooling.None }).But(Answer.No, "the stream is a model output", "embed"),
        VitGraphs.Make("hidden-states-out", new Spelling(), new VitPlan { HiddenStatesOut = true }).But(Answer.No, "the hidden states are a model output", "embed"),
        VitGraphs.Make("attention-weights-out", new Spelling(), new VitPlan { AttentionOut = true, Blocks = 1 })
            .But(Answer.No, "the attention weights of every head are a model output", "heads"),
    ];

    private static VitPlan Relative => new() { RelativeBias = true };

    private static MiniZooGraph Gated(string name, Mlp mlp, Spelling spelling, bool bias = true) =>
        VitGraphs.Make(name, spelling, new VitPlan { Mlp = mlp, Hidden = 10, MlpBias = bias });

    private static MiniZooGraph Grouped(string name, Spelling spelling, KvRepeat repeat, int kvHeads = 2) =>
        VitGraphs.Make(name, spelling, new VitPlan
        {
            Heads = 4,
            KvHeads = kvHeads,
            Repeat = repeat,
            QkvBias = false,
            MlpBias = false,
            Mlp = Mlp.GluSeparate,
            Pooling = Pooling.Mean,
        });

    private static MiniZooGraph Turned(string name, RotaryStyle style, Spelling spelling) =>
        VitGraphs.Make(name, spelling, new VitPlan { Rotary = style }).But(Answer.Yes, "pairs of rotary channels go together, the same in every head", "qk");
}
