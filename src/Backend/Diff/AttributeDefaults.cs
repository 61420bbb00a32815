using SiDT.Frontend;
using SiDT.Frontend.Schema;

namespace SiDT.Backend.Diff;

/// <summary>Attributes that say what the ONNX standard says where they are left out: writing them down changes nothing.</summary>
internal static class AttributeDefaults
{
    private static readonly Dictionary<string, double> s_numbers = new(StringComparer.Ordinal)
    {
        ["Reshape.allowzero"] = 0,
        ["Gemm.alpha"] = 1,
        ["Gemm.beta"] = 1,
        ["Gemm.transA"] = 0,
        ["Gemm.transB"] = 0,
        ["Gather.axis"] = 0,
        ["Split.axis"] = 0,
        ["Flatten.axis"] = 1,
        ["LayerNormalization.axis"] = -1,
        ["LayerNormalization.epsilon"] = 1e-5f,
        ["LayerNormalization.stash_type"] = 1,
        ["BatchNormalization.epsilon"] = 1e-5f,
        ["BatchNormalization.momentum"] = 0.9f,
        ["BatchNormalization.training_mode"] = 0,
        ["Conv.group"] = 1,
        ["Cast.saturate"] = 1,
        ["ReduceMean.keepdims"] = 1,
        ["ReduceMean.noop_with_empty_axes"] = 0,
        ["ReduceSum.keepdims"] = 1,
        ["ReduceSum.noop_with_empty_axes"] = 0,
        ["ReduceMax.keepdims"] = 1,
    };

    /// <summary>Whether an attribute says what holds without it.</summary>
    public static bool Is(Node node, AttributeProto attribute) => node.Domain.Length == 0 && s_numbers.TryGetValue($"{node.OpType}.{attribute.Name}", out double value) && attribute.Type switch
    {
        AttributeProto.Types.AttributeType.Int => attribute.I == value,
        AttributeProto.Types.AttributeType.Float => attribute.F == (float)value,
        _ => false,
    };
}
