using SiDT.Tests.MiniZoo.Networks;

namespace SiDT.Tests.MiniZoo.Families;

/// <summary>Several streams in one network, and what a pruner must leave alone.</summary>
internal static class StreamsAndOddities
{
    private const string Embeds = "joint embeddings are model outputs";
    private static readonly Spelling Plain = new();
    private static readonly Spelling Packed = new() { Opset = 14, Norm = Norm.LayerDecomposed, Shapes = Shapes.Traced, Qkv = Qkv.PackedGather };

    public static IEnumerable<MiniZooGraph> All =>
    [
        .. Streams,
        .. Oddest,
    ];

    private static IEnumerable<MiniZooGraph> Streams =>
    [
        Towers("two-towers", Packed, false).Agrees("towers"),
        Towers("two-towers-one-hot", Plain, true).Agrees("towers"),
        Towers("two-towers-sequence-first", Plain with { Core = Core.SequenceFirst }, false).Agrees("towers"),
        Queries("queries-on-encoder", Plain).Agrees("queries"),
        Queries("queries-on-encoder-traced", Packed with { Qkv = Qkv.Separate, Naming = Naming.Numbered }).Agrees("queries"),
        Queries("queries-on-encoder-attention-node", Plain with { Opset = 23, Core = Core.OnnxAttention4 }).Agrees("queries"),
        Queries("queries-on-encoder-multi-head", Plain with { Core = Core.MsMultiHeadAttention }).But(Answer.Any, VitGraphs.Fused, "qk", "v").Agrees("queries"),
        Queries("queries-on-encoder-odd-names", Plain with { Naming = Naming.Odd, Linear = Linear.Gemm }).Agrees("queries"),
        OtherDesigns.Make("masked-encoder", Packed, Decoders.MaskedEncoder)
            .Yes("embed", "1x12+1x8").Yes("mlp", "1x20+1x16").Yes("heads", "1x3+1x2").Yes("qk", "1x4+1x3", VitGraphs.Apart).Yes("v", "1x4+1x3", VitGraphs.Apart),
        OtherDesigns.Make("class-attention", Plain, Decoders.ClassAttention)
            .Yes("embed", "1x12").Yes("mlp", "1x20+1x16").Yes("heads", "1x3+1x2").Yes("qk", "1x4+1x5").Yes("v", "1x4+1x6"),
        Modulated("modulated-split", Plain, true).Agrees("modulated"),
        Modulated("modulated-stacked", Packed with { Qkv = Qkv.Separate }, false).Agrees("modulated"),
        Words("words-on-image", Plain),
        Words("words-on-image-embed-norm", Plain with { Norm = Norm.LayerSkip, Activation = Activation.BiasGelu }),
    ];

    private static IEnumerable<MiniZooGraph> Oddest =>
    [
        Block("branches", Plain, Oddities.Branches)
            .Any("embed", "1x12", "written inside the branches of an If").Yes("mlp", "1x20").Any("mlp", "1x16", "read inside the branches of an If"),
        Block("loop", Plain, Oddities.Repeated)
            .Any("embed", "1x12", "carried by a Loop").Yes("mlp", "1x20").Any("mlp", "1x16", "inside a Loop body"),
        Block("recurrent-head", Plain, g => Oddities.Recurrent(g, false))
            .Any("embed", "1x12", "read by a recurrence").Yes("mlp", "1x20").Any("other", "1x6", "recurrent state"),
        Block("recurrent-head-both-ways", Plain, g => Oddities.Recurrent(g, true))
            .Any("embed", "1x12", "read by a recurrence").Yes("mlp", "1x20").Any("other", "2x6", "recurrent state"),
        Block("operator-without-rule", Plain, Oddities.WithoutRule).Any("embed", "1x12", "read by an operator without a rule").Yes("mlp", "1x20"),
        OtherDesigns.Make("function-of-own-domain", Plain, Oddities.OwnDomain)
            .Yes("embed", "1x12").Yes("mlp", "1x20").Any("mlp", "1x8", "adapter").Any("other", "1x8", "adapter, if it does not count as mlp"),
        OtherDesigns.Make("functions-in-functions", Plain with { Functions = true }, Hybrids.BottleneckThenTransformer)
            .Yes("conv", "1x10+1x6").Yes("embed", "1x12").Yes("mlp", "1x20").Yes("heads", "1x3").Yes("qk", "1x4").Yes("v", "1x4"),
        OtherDesigns.Make("tokens-chosen-from-data", Plain, Oddities.ChosenTokens).Any("embed", "1x12", "gathered by indices computed from data")
            .Yes("mlp", "2x20").Yes("heads", "2x3").Yes("qk", "2x4").Yes("v", "2x4"),
        Block("any-image-size", Plain, Oddities.AnyImageSize).Yes("embed", "1x12").Yes("mlp", "1x20"),
        Block("any-image-size-traced", Plain with { Shapes = Shapes.TracedWidths, Opset = 13, Norm = Norm.LayerDecomposed }, Oddities.AnyImageSize).Yes("embed", "1x12").Yes("mlp", "1x20"),
    ];

    private static MiniZooGraph Towers(string name, Spelling spelling, bool oneHot)
    {
        string note = spelling.Qkv == Qkv.PackedGather ? VitGraphs.Apart : "";
        return OtherDesigns.Make(name, spelling, g => new TwoTowers(g, oneHot).Write())
            .Yes("embed", "1x12+1x10").Yes("mlp", "1x20+1x18").Yes("heads", "1x3+1x2")
            .Yes("qk", "1x4+1x5", note).Yes("v", "1x4+1x5", note).No("other", $"1x{TwoTowers.Joint}", Embeds);
    }

    private static MiniZooGraph Queries(string name, Spelling spelling) => OtherDesigns.Make(name, spelling, Decoders.QueriesOnEncoder)
        .Yes("embed", "2x12").Yes("mlp", "2x20+1x14").Yes("heads", "3x3").Yes("qk", "3x4").Yes("v", "3x4");

    private static MiniZooGraph Modulated(string name, Spelling spelling, bool split) => OtherDesigns.Make(name, spelling, g => Decoders.Modulated(g, split))
        .Yes("embed", "1x12", "also reached by the modulation matrices").Yes("other", "1x10+1x14", "conditioning width").Any("other", "1x6", "frequencies")
        .Yes("mlp", "1x20").Yes("heads", "1x3").Yes("qk", "1x4").Yes("v", "1x4");

    private static MiniZooGraph Words(string name, Spelling spelling) => OtherDesigns.Make(name, spelling, Decoders.WordsOnImage)
        .Yes("embed", "1x12+1x10").Yes("mlp", "1x20+1x16+1x18").Yes("heads", "1x3+2x2").Yes("qk", "1x4+1x5+1x6").Yes("v", "2x4+1x3");

    private static MiniZooGraph Block(string name, Spelling spelling, Action<GraphBuilder> write) =>
        OtherDesigns.Make(name, spelling, write).Yes("heads", "1x3").Yes("qk", "1x4").Yes("v", "1x4");
}
