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
    ];

    private static MiniZooGraph Same(string name, Spelling spelling, VitPlan? plan = null) => VitGraphs.Make(name, spelling, plan).Agrees("vit");
}
