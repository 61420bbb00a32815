using SiDT.Tests.MiniZoo.Networks;

namespace SiDT.Tests.MiniZoo.Families;

/// <summary>One network in every way that query, key and value are taken out of the stream; all give the same outputs.</summary>
internal static class PackedProjections
{
    public static IEnumerable<MiniZooGraph> All =>
    [
        Same("separate", new Spelling()),
        Same("packed-gather", new Spelling { Qkv = Qkv.PackedGather, Opset = 13, Norm = Norm.LayerDecomposed, Shapes = Shapes.Traced, Naming = Naming.Numbered }),
        Same("packed-gather-axis2", new Spelling { Qkv = Qkv.PackedGatherAxis2 }),
        Same("packed-split-channels", new Spelling { Qkv = Qkv.PackedSplitChannels, Opset = 18 }),
        Same("packed-slice-squeeze", new Spelling { Qkv = Qkv.PackedSliceSqueeze, Opset = 14, Norm = Norm.LayerDecomposed }),
        Same("packed-split-squeeze", new Spelling { Qkv = Qkv.PackedSplitSqueeze, Opset = 18, Scale = Scale.OnBoth }),
        Same("packed-slice-channels", new Spelling { Qkv = Qkv.PackedSlicedChannels, Scale = Scale.OnQuery }),
        Same("heads-outermost-split", new Spelling { Qkv = Qkv.HeadsOutermostSplit }),
        Same("heads-outermost-stacked", new Spelling { Qkv = Qkv.HeadsOutermostStacked }),
        Same("heads-outermost-slice", new Spelling { Qkv = Qkv.HeadsOutermostSlice, Opset = 11, Norm = Norm.LayerDecomposed }),
        Same("heads-before-stack", new Spelling { Qkv = Qkv.HeadsBeforeStack }),
        Same("batch-with-heads", new Spelling { Core = Core.BatchedMatMul3, Scale = Scale.OnQuery }),
        Same("packed-batch-with-heads", new Spelling { Core = Core.BatchedMatMul3, Qkv = Qkv.PackedGather }),
        Same("sequence-first", new Spelling { Core = Core.SequenceFirst, Scale = Scale.OnQuery }),
        Same("sequence-first-packed", new Spelling { Core = Core.SequenceFirst, Qkv = Qkv.PackedGather, Scale = Scale.OnBoth }),
        Same("flax-einsum", new Spelling { Core = Core.FlaxEinsum, Linear = Linear.Einsum, Norm = Norm.LayerOfSquares, Naming = Naming.TensorFlow }),
        Same("flax-einsum-reshaped-kernels", new Spelling { Core = Core.FlaxEinsum, Storage = Storage.ReshapeNode, Norm = Norm.LayerOfSquares }),
        Same("channels-first-einsum", new Spelling { Core = Core.NchwEinsum, Linear = Linear.Convolution }),
        Same("channels-first-grouped", new Spelling { Core = Core.NchwGrouped, Linear = Linear.Convolution, Opset = 13, Norm = Norm.LayerDecomposed }),
        Same("attention-node-4d", new Spelling { Core = Core.OnnxAttention4, Opset = 23 }),
        Same("attention-node-3d", new Spelling { Core = Core.OnnxAttention3, Opset = 24 }),
        Same("ms-attention", new Spelling { Core = Core.MsAttention, Norm = Norm.LayerSkip }),
        Same("ms-multi-head-attention", new Spelling { Core = Core.MsMultiHeadAttention, Norm = Norm.LayerSkip }),
        Same("logits-divided", new Spelling { Scale = Scale.Divided }),
        Same("scale-at-run-time", new Spelling { Scale = Scale.Runtime }),
        Same("scale-at-run-time-on-query", new Spelling { Scale = Scale.RuntimeOnQuery }),
        Same("traced-widths", new Spelling { Shapes = Shapes.TracedWidths, Opset = 12, Norm = Norm.LayerDecomposed }),
        VitGraphs.Make("narrow-qk", new Spelling { Qkv = Qkv.PackedSplitChannels }, new VitPlan { Qk = 3, V = 5 }),
        VitGraphs.Make("wide-v-heads-outermost", new Spelling { Qkv = Qkv.HeadsOutermostSplit }, new VitPlan { Qk = 4, V = 6 }),
        VitGraphs.Make("without-output-matrix", new Spelling(), new VitPlan { Project = false })
            .But(Answer.Any, "the stream is made of heads", "embed").But(Answer.No, "the concatenated heads are the stream", "heads", "v"),
    ];

    private static MiniZooGraph Same(string name, Spelling spelling) => VitGraphs.Make(name, spelling).Agrees("vit");
}
