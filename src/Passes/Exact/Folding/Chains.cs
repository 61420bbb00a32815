using SiDT.Frontend;

namespace SiDT.Passes.Exact.Folding;

/// <summary>Walks along values that only one reader has, through nodes that move numbers without changing them.</summary>
internal static class Chains
{
    public static bool Moves(Node node) =>
        node.Domain.Length == 0 && node.OpType is "Reshape" or "Transpose" or "Squeeze" or "Unsqueeze" or "Identity" or "Flatten";

    /// <summary>The layer whose numbers arrive here unchanged but moved; every value on the way has one reader.</summary>
    public static Linear? Source(Value value)
    {
        while (Single(value))
        {
            if (Linear.Making(value) is { } linear)
                return linear;
            if (value.Producer is not { } node || !Moves(node))
                return null;
            value = node.Inputs[0]!;
        }
        return null;
    }

    /// <summary>The only reader behind movements.</summary>
    public static Use? Reader(Value value)
    {
        while (Single(value))
        {
            Use use = value.Uses[0];
            if (!Moves(use.Node) || use.Index != 0)
                return use;
            value = use.Node.Result;
        }
        return null;
    }

    public static bool Single(Value value) => value.Uses.Count == 1 && !value.IsOutput;

    /// <summary>The number of a constant with one element.</summary>
    public static double? Scalar(Value? value) => value?.Constant is { Count: 1 } tensor && tensor.Type.IsFloating() ? tensor.ToFloats()[0] : null;

    public static bool IsProductOfActivations(Node node) => node.Is("MatMul") && node.Inputs.All(i => i!.Constant is null);
}
