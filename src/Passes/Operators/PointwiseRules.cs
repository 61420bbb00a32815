using SiDT.Frontend;

namespace SiDT.Passes.Operators;

/// <summary>Operators that work position by position, with broadcasting.</summary>
internal static class PointwiseRules
{
    private static readonly string[] s_nonlinear =
    [
        "Abs", "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Celu", "Cos", "Cosh", "Elu", "Erf", "Exp", "Gelu", "HardSigmoid", "HardSwish",
        "LeakyRelu", "Log", "Mish", "Reciprocal", "Relu", "Selu", "Sigmoid", "Shrink", "Sin", "Sinh", "Softplus", "Softsign", "Sqrt", "Swish", "Tan", "Tanh",
        "ThresholdedRelu", "PRelu", "com.microsoft::Gelu", "com.microsoft::QuickGelu",
    ];

    private static readonly string[] s_linear = ["Identity", "Neg", "Floor", "Ceil", "Round", "Sign", "Not", "BitwiseNot"];

    private static readonly string[] s_first = ["Cast", "CastLike", "Clip", "Dropout", "IsInf", "IsNaN"];

    private static readonly string[] s_many =
    [
        "Sub", "Mul", "Div", "Pow", "Max", "Min", "Mean", "Mod", "And", "Or", "Xor", "BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor",
        "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Where",
    ];

    public static void Register(Dictionary<string, Func<NodeView, AxisSpec?>> table)
    {
        foreach (string name in s_nonlinear)
            table[name] = v => Broadcast(v, pointwise: true);
        foreach (string name in s_linear.Concat(s_many))
            table[name] = v => Broadcast(v);
        foreach (string name in s_first)
            table[name] = First;
        table["Add"] = v => Broadcast(v, sum: true);
        table["Sum"] = v => Broadcast(v, sum: true);
        table["com.microsoft::BiasGelu"] = v => Broadcast(v, pointwise: true);
        table["com.microsoft::FastGelu"] = v => Broadcast(v, pointwise: true);
        table["com.microsoft::BiasSplitGelu"] = _ => null;
    }

    private static AxisSpec Broadcast(NodeView view, bool pointwise = false, bool sum = false)
    {
        int[] present = [.. Enumerable.Range(0, view.Inputs).Where(i => view.In(i) is not null)];
        (AxisIndex[][][] operands, AxisIndex[][] result) = Indices.Broadcast([.. present.Select(view.Shape)]);
        var inputs = new AxisIndex[][]?[view.Inputs];
        for (int k = 0; k < present.Length; k++)
            inputs[present[k]] = operands[k];
        return new AxisSpec(inputs, result) { IsPointwise = pointwise, IsSum = sum, Type = TypeOf(view) };
    }

    private static AxisSpec First(NodeView view)
    {
        AxisIndex[][] axes = Indices.Of(view.Shape(0));
        var inputs = new AxisIndex[][]?[view.Inputs];
        inputs[0] = axes;
        return new AxisSpec(inputs, axes, axes) { Type = TypeOf(view) };
    }

    private static ElementType? TypeOf(NodeView view) => view.Node.OpType switch
    {
        "Cast" => (ElementType)view.Node.Int("to", 1),
        "CastLike" => view.In(1)?.Type,
        "Where" => view.In(1)?.Type,
        "Equal" or "Greater" or "GreaterOrEqual" or "Less" or "LessOrEqual" or "And" or "Or" or "Xor" or "Not" or "IsInf" or "IsNaN" => ElementType.Bool,
        _ => null,
    };
}
