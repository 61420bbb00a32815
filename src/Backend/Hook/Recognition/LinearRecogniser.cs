using SiDT.Backend.Hook.Expressions;
using SiDT.Backend.Hook.Operators;
using SiDT.Backend.Hook.Weights;
using SiDT.Frontend;
using SiDT.Passes.Shapes;

namespace SiDT.Backend.Hook.Recognition;

/// <summary>
/// y = x W + b with a stored matrix: MatMul and Add in either order of operands, Gemm, or an Einsum that contracts the last axis;
/// also where all axes but the last are made one before it and come back after it, which the layer does by itself.
/// </summary>
internal static class LinearRecogniser
{
    public static Step? Find(Value value, Translation t)
    {
        Node node = value.Producer!;
        if (node.Is("Add") && (Biased(value, node, 0, t) ?? Biased(value, node, 1, t)) is { } biased)
            return biased;
        // the bias that follows belongs to the layer
        if (Product(value, t) is not { } product || (product.Bias is null && IsBiasedNext(value, t)))
            return null;
        return Make(value, product, t);
    }

    private static bool IsBiasedNext(Value value, Translation t) =>
        value.Uses is [{ Node: var next }] && next.Is("Add") && (Biased(next.Result, next, 0, t) ?? Biased(next.Result, next, 1, t)) is not null;

    private static Step? Biased(Value value, Node node, int at, Translation t)
    {
        Value bias = node.Inputs[at]!, made = node.Inputs[1 - at]!;
        if (!t.IsConstant(bias) || made.Uses.Count != 1 || made.IsOutput || Product(made, t) is not { Bias: null, Split: null } product)
            return null;
        if (t.Source(bias) is not { IsTrainable: true } source || t.Shape(value) is not { } shape || t.Shape(made) is not { } own || shape.Length != own.Length)
            return null;
        // a number for each column
        if (source.Dims.Length == 0 || source.Dims[^1] != product.Columns || source.Dims[..^1].Any(d => d != 1))
            return null;
        return Make(value, product with { Bias = source }, t);
    }

    /// <param name="Node">The product.</param>
    /// <param name="X">What is multiplied.</param>
    /// <param name="Flat">From which axis on the axes of X are one; -1 where it is taken as it is.</param>
    /// <param name="Weight">The stored matrix.</param>
    /// <param name="IsStored">Whether it lies [out, in].</param>
    /// <param name="Bias">[out], or null.</param>
    /// <param name="Split">Lengths where what comes out is taken apart at once (into heads); else null.</param>
    private sealed record Found(Node Node, Value X, int Flat, WeightSource Weight, bool IsStored, WeightSource? Bias, IReadOnlyList<Piece>? Split = null)
    {
        public long Columns => IsStored ? Weight.Dims[0] : Weight.Dims[1];
    }

    private static Found? Product(Value value, Translation t)
    {
        if (value.Producer is not { } node)
            return null;
        if (node.Is("Reshape") || node.Is("Unsqueeze"))
            return Unfolded(value, node, t);
        if (node.Is("Gemm"))
            return Gemm(node, t);
        bool contracts = node.Is("MatMul") || (node.Is("Einsum") && IsLast(node.Text("equation", "")));
        if (!contracts || node.Inputs.Count != 2 || t.IsConstant(node.Inputs[0]!) || !t.IsConstant(node.Inputs[1]!))
            return null;
        return t.Source(node.Inputs[1]!) is { Dims.Length: 2 } weight && t.Rank(node.Inputs[0]!) > 1 ? new Found(node, node.Inputs[0]!, -1, weight, false, null) : null;
    }

    // [b, n, d] -> [b n, d] -> product -> [b, n, e]
    private static Found? Unfolded(Value value, Node node, Translation t)
    {
        Value made = node.Inputs[0]!;
        if (made.Uses.Count != 1 || made.IsOutput || made.Producer is not { } producer || !(producer.Is("Gemm") || producer.Is("MatMul")) || Product(made, t) is not { Flat: -1 } product)
            return null;
        if (product.X.Producer is not { } folding || !(folding.Is("Reshape") || folding.Is("Flatten") || folding.Is("Squeeze")) || t.IsConstant(folding.Inputs[0]!))
            return null;
        Value x = folding.Inputs[0]!;
        if (t.Shape(x) is not { } source || t.Shape(value) is not { Length: > 1 } target || t.Shape(product.X) is not { Length: 2 } flat)
            return null;
        if (source.Length < target.Length)
            return Split(value, product with { X = x }, source, target, flat);
        int leading = target.Length - 1;
        if (!target[^1].Is(product.Columns) || !source[..leading].SequenceEqual(target[..leading]))
            return null;
        Dim rest = source[leading..].Aggregate(Dim.One, (a, b) => a * b);
        return rest.Equals(flat[1]) ? product with { X = x, Flat = source.Length == target.Length ? -1 : leading } : null;
    }

    // [b, n, d] -> [b n, d] -> product -> [b, n, h, w], with [h, w] of what comes out
    private static Found? Split(Value value, Found product, Dim[] source, Dim[] target, Dim[] flat)
    {
        int leading = source.Length - 1;
        if (leading < 1 || !source[^1].Equals(flat[1]) || !source[..leading].SequenceEqual(target[..leading]))
            return null;
        if (!target[leading..].Aggregate(Dim.One, (a, b) => a * b).Is(product.Columns))
            return null;
        Dim[] made = [.. source[..leading], Dim.Of(product.Columns)];
        return product with { Split = [.. target.Select((d, i) => new Length(d, ShapeRoles.Of(made, target, i), i < leading ? i : -1, true))] };
    }

    // btd,df->btf
    private static bool IsLast(string equation)
    {
        string[] sides = equation.Replace(" ", "", StringComparison.Ordinal).Split("->");
        return sides.Length == 2 && sides[0].Split(',') is [var x, { Length: 2 } w] && x.Length > 1 && x[^1] == w[0] && !x.Contains(w[1]) && sides[1] == x[..^1] + w[1];
    }

    private static Found? Gemm(Node node, Translation t)
    {
        if (node.Float("alpha", 1) != 1 || node.Float("beta", 1) != 1 || node.Int("transA", 0) != 0 || t.IsConstant(node.Inputs[0]!) || !t.IsConstant(node.Inputs[1]!))
            return null;
        WeightSource? bias = null;
        if (node.Input(2) is { } c && (bias = t.Source(c)) is not { IsTrainable: true })
            return null;
        return t.Source(node.Inputs[1]!) is { Dims.Length: 2 } weight ? new Found(node, node.Inputs[0]!, -1, weight, node.Int("transB", 0) != 0, bias) : null;
    }

    private static Step? Make(Value value, Found product, Translation t)
    {
        if (ProductExpressions.Linear(t, product.Node, product.Weight, product.IsStored, product.Bias) is not { } layer)
            return null;
        Code code = product.Flat < 0 ? Code.Of($"{layer}.forward({product.X:,})") : Code.Of($"{layer}.forward({product.X}.flatten({product.Flat}))");
        if (product.Split is not null)
            code = Code.Of($"{code}.reshape({product.Split})");
        return new Step(value.Producer!, code, Level.Primary, value) { Kind = StepKind.Linear };
    }
}
