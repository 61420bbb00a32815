using SiDT.Backend.Hook.Expressions;
using SiDT.Backend.Hook.Operators;
using SiDT.Backend.Hook.Weights;
using SiDT.Frontend;

namespace SiDT.Backend.Hook.Recognition;

/// <summary>y = x W + b with a stored matrix: MatMul and Add in either order of operands, Gemm, or an Einsum that contracts the last axis.</summary>
internal static class LinearRecogniser
{
    public static Step? Find(Value value, Translation t)
    {
        Node node = value.Producer!;
        if (node.Is("Add"))
            return Biased(value, node, 0, t) ?? Biased(value, node, 1, t);
        if (Product(value, t) is { } product)
            return Make(value, product, null, t);
        return node.Is("Gemm") ? Gemm(value, node, t) : null;
    }

    private static Step? Biased(Value value, Node node, int at, Translation t)
    {
        Value bias = node.Inputs[at]!, made = node.Inputs[1 - at]!;
        if (!t.IsConstant(bias) || made.Uses.Count != 1 || made.IsOutput || Product(made, t) is not { } product)
            return null;
        if (t.Source(bias) is not { IsTrainable: true } source || t.Shape(value) is not { } shape || t.Shape(made) is not { } own || shape.Length != own.Length)
            return null;
        // a number for each column
        if (source.Dims.Length == 0 || source.Dims[^1] != product.Columns || source.Dims[..^1].Any(d => d != 1))
            return null;
        return Make(value, product, source, t);
    }

    private sealed record Found(Node Node, Value X, WeightSource Weight, long Columns);

    private static Found? Product(Value value, Translation t)
    {
        if (value.Producer is not { } node)
            return null;
        bool contracts = node.Is("MatMul") || (node.Is("Einsum") && IsLast(node.Text("equation", "")));
        if (!contracts || node.Inputs.Count != 2 || t.IsConstant(node.Inputs[0]!) || !t.IsConstant(node.Inputs[1]!))
            return null;
        return t.Source(node.Inputs[1]!) is { Dims.Length: 2 } weight && t.Rank(node.Inputs[0]!) > 1 ? new Found(node, node.Inputs[0]!, weight, weight.Dims[1]) : null;
    }

    // btd,df->btf
    private static bool IsLast(string equation)
    {
        string[] sides = equation.Replace(" ", "", StringComparison.Ordinal).Split("->");
        return sides.Length == 2 && sides[0].Split(',') is [var x, { Length: 2 } w] && x.Length > 1 && x[^1] == w[0] && !x.Contains(w[1]) && sides[1] == x[..^1] + w[1];
    }

    private static Step? Gemm(Value value, Node node, Translation t)
    {
        if (node.Float("alpha", 1) != 1 || node.Float("beta", 1) != 1 || node.Int("transA", 0) != 0 || t.IsConstant(node.Inputs[0]!) || !t.IsConstant(node.Inputs[1]!))
            return null;
        WeightSource? bias = null;
        if (node.Input(2) is { } c && (bias = t.Source(c)) is not { IsTrainable: true })
            return null;
        if (t.Source(node.Inputs[1]!) is not { } weight)
            return null;
        bool stored = node.Int("transB", 0) != 0;
        return ProductExpressions.Linear(t, node, weight, stored, bias) is { } layer
            ? new Step(node, Code.Of($"{layer}.forward({node.Inputs[0]!:,})"), Level.Primary, value) { Kind = StepKind.Linear }
            : null;
    }

    private static Step? Make(Value value, Found product, WeightSource? bias, Translation t)
    {
        return ProductExpressions.Linear(t, product.Node, product.Weight, stored: false, bias) is { } layer
            ? new Step(value.Producer!, Code.Of($"{layer}.forward({product.X:,})"), Level.Primary, value) { Kind = StepKind.Linear }
            : null;
    }
}
