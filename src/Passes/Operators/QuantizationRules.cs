using SiDT.Frontend;

namespace SiDT.Passes.Operators;

/// <summary>Quantisation: scales and zero points lie along one axis of the tensor, or are scalars.</summary>
internal static class QuantizationRules
{
    public static void Register(Dictionary<string, Func<NodeView, AxisSpec?>> table)
    {
        table["QuantizeLinear"] = table["com.microsoft::QuantizeLinear"] = v => Linear(v, v.In(2)?.Type ?? (ElementType)v.Node.Int("output_dtype", (long)ElementType.UInt8));
        table["DequantizeLinear"] = table["com.microsoft::DequantizeLinear"] = v => Linear(v, v.In(1)?.Type ?? ElementType.Float32);
    }

    private static AxisSpec? Linear(NodeView view, ElementType type)
    {
        if (view.Node.Int("block_size", 0) != 0)
            return null;
        int rank = view.Rank(0);
        AxisIndex[][] x = Indices.Of(view.Shape(0));
        int axis = view.Axis("axis", 1, rank);
        AxisIndex[][]? Parameter(int i) => view.In(i) is not { } layout ? null
            : [.. layout.Shape.Select(d => d.Is(1) || axis >= x.Length ? Array.Empty<AxisIndex>() : x[axis])];
        return new AxisSpec([x, Parameter(1), .. view.Inputs > 2 ? new[] { Parameter(2) } : []], x) { Type = type };
    }
}
