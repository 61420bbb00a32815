using SiDT.Frontend;
using SiDT.Tests.MiniZoo.Networks;

namespace SiDT.Tests.MiniZoo.Families;

/// <summary>The same network with its matrices, norms, numbers and names written in other ways.</summary>
internal static class LinearSpellings
{
    public static IEnumerable<MiniZooGraph> All =>
    [
        Same("bias-first", new Spelling { Linear = Linear.BiasFirst }),
        Same("gemm-on-flat-tokens", new Spelling { Linear = Linear.Gemm, Norm = Norm.LayerTensorFlow, Naming = Naming.TensorFlow, Opset = 13 }),
        Same("gemm-transposed", new Spelling { Linear = Linear.GemmTransposed, Qkv = Qkv.PackedGather }),
        Same("pointwise-convolutions", new Spelling { Linear = Linear.Convolution }),
        Same("weight-on-the-left", new Spelling { Linear = Linear.LeftMultiplied, Qkv = Qkv.PackedGatherAxis2 }),
        Same("einsum-matrices", new Spelling { Linear = Linear.Einsum }),
        Same("fused-matmul", new Spelling { Linear = Linear.FusedMatMul }),
        Same("opset-9", new Spelling { Opset = 9, Norm = Norm.LayerDecomposed, Shapes = Shapes.Traced, Naming = Naming.Numbered, Qkv = Qkv.PackedGather }),
        Same("opset-10-inputs-too", new Spelling { Opset = 10, Ir = 3, Norm = Norm.LayerDecomposed, InitializersAsInputs = true }),
        Same("opset-11-static", new Spelling { Opset = 11, Norm = Norm.LayerDecomposed, Shapes = Shapes.Static }),
        Same("opset-20-gelu", new Spelling { Opset = 20, Activation = Activation.GeluNode, Qkv = Qkv.PackedGather }),
        Same("opset-22", new Spelling { Opset = 22, Scale = Scale.OnBoth, Shapes = Shapes.Static }),
        Same("initializers-as-inputs", new Spelling { InitializersAsInputs = true, Qkv = Qkv.PackedSplitChannels }),
        Same("odd-names", new Spelling { Naming = Naming.Odd, Qkv = Qkv.PackedGather }),
        Same("external-data", new Spelling { External = true }),
        Same("constant-nodes", new Spelling { Storage = Storage.ConstantNode }),
        Same("behind-transpose", new Spelling { Storage = Storage.TransposeNode, Qkv = Qkv.PackedGather }),
        Same("behind-concat", new Spelling { Storage = Storage.ConcatNode }),
        Same("behind-identity", new Spelling { Storage = Storage.IdentityNode, Opset = 13, Norm = Norm.LayerDecomposed }),
        Same("training-left-overs", new Spelling { NoOps = true, Opset = 12, Norm = Norm.LayerDecomposed }),
        Same("behind-reshape", new Spelling { Storage = Storage.ReshapeNode, Qkv = Qkv.PackedSplitChannels }),
        Same("functions", new Spelling { Functions = true, Opset = 18 }),
        Same("functions-packed", new Spelling { Functions = true, Qkv = Qkv.PackedGather, Activation = Activation.GeluErf, Norm = Norm.LayerDecomposed }),
        Same("ms-bias-gelu", new Spelling { Activation = Activation.BiasGelu, Norm = Norm.LayerSkip }),
        Same("ms-gelu", new Spelling { Activation = Activation.GeluMs, Core = Core.MsMultiHeadAttention }),
        Rounded("float16-behind-cast", new Spelling { Storage = Storage.CastFromFloat16 }, 1e-2),
        Rounded("bfloat16-behind-cast", new Spelling { Storage = Storage.CastFromBFloat16, Qkv = Qkv.PackedGather }, 0.1),
        Rounded("vit__f16", new Spelling { Type = ElementType.Float16, Norm = Norm.LayerDecomposed }, 3e-2),
        Rounded("qdq-weights", new Spelling { Storage = Storage.QuantizedPerChannel }, 5e-2).But(Answer.Any, VitGraphs.Quantized),
        Rounded("qdq-fully", new Spelling { Storage = Storage.QuantizedFully, Linear = Linear.GemmTransposed }, 0.3).But(Answer.Any, "quantized activations"),
        Rounded("int4-weights", new Spelling { Linear = Linear.MatMulNBits }, 0.8).But(Answer.Any, "four-bit weights"),
        VitGraphs.Make("float64", new Spelling { Type = ElementType.Float64, Activation = Activation.GeluTanh, Qkv = Qkv.PackedGather, Norm = Norm.LayerDecomposed }, Cut),
        VitGraphs.Make("tanh-gelu", new Spelling { Activation = Activation.GeluTanh }).Agrees("tanh-gelu"),
        VitGraphs.Make("tanh-gelu-node", new Spelling { Activation = Activation.GeluTanhNode, Opset = 20 }).Agrees("tanh-gelu"),
        VitGraphs.Make("ms-fast-gelu", new Spelling { Activation = Activation.FastGelu, Core = Core.MsAttention }).Agrees("tanh-gelu"),
        VitGraphs.Make("quick-gelu", new Spelling { Activation = Activation.QuickGelu }).Agrees("quick-gelu"),
        VitGraphs.Make("ms-quick-gelu", new Spelling { Activation = Activation.QuickGeluMs }).Agrees("quick-gelu"),
        VitGraphs.Make("relu", new Spelling { Activation = Activation.Relu }).Agrees("relu"),
        VitGraphs.Make("fused-gemm-relu", new Spelling { Activation = Activation.FusedGemmRelu, Linear = Linear.FusedMatMul }).Agrees("relu"),
        VitGraphs.Make("squared-relu-rms", new Spelling { Activation = Activation.SquaredRelu, Norm = Norm.RmsDecomposed }, VitGraphs.Gap).Agrees("rms"),
        VitGraphs.Make("rms-node", new Spelling { Activation = Activation.SquaredRelu, Norm = Norm.Rms, Opset = 23, Core = Core.OnnxAttention4 }, VitGraphs.Gap).Agrees("rms"),
        VitGraphs.Make("rms-simplified", new Spelling { Activation = Activation.SquaredRelu, Norm = Norm.RmsSimplified }, VitGraphs.Gap).Agrees("rms"),
        VitGraphs.Make("rms-skip", new Spelling { Activation = Activation.SquaredRelu, Norm = Norm.RmsSkip }, VitGraphs.Gap).Agrees("rms"),
        VitGraphs.Make("rms-l2", new Spelling { Activation = Activation.SquaredRelu, Norm = Norm.RmsL2 }, VitGraphs.Gap).Agrees("rms")
            .But(Answer.Any, "the norm is x/|x| times sqrt(width): a sum over the stream; the twin keeps the constant", "embed"),
        VitGraphs.Make("deduplicated", new Spelling { Deduplicated = true }),
        VitGraphs.Make("deduplicated-packed", new Spelling { Deduplicated = true, Qkv = Qkv.PackedGather }, new VitPlan { Hidden = 12 }),
    ];

    private static VitPlan Cut => new() { Patches = PatchEmbedding.ReshapedLinear };

    private static MiniZooGraph Same(string name, Spelling spelling) => VitGraphs.Make(name, spelling).Agrees("vit");

    private static MiniZooGraph Rounded(string name, Spelling spelling, double tolerance) => Same(name, spelling) with { Tolerance = tolerance };
}
