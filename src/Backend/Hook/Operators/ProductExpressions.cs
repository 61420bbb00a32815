using SiDT.Backend.Hook.Expressions;
using SiDT.Backend.Hook.Weights;
using SiDT.Frontend;

namespace SiDT.Backend.Hook.Operators;

/// <summary>Products, of activations and with weights, and softmax.</summary>
internal static class ProductExpressions
{
    public static void Register(Dictionary<string, Func<OperatorView, Step>> table)
    {
        table["MatMul"] = v => v.Make($"{v.X}.matmul({v.In(1):,})", kind: StepKind.Product);
        table["Gemm"] = Gemm;
        table["Einsum"] = v => v.Make($"einsum(\"{v.Node.Text("equation", "").Replace(" ", "", StringComparison.Ordinal)}\", {Operands(v)})", kind: StepKind.Product);
        table["Softmax"] = v => Softmax(v, "softmax");
        table["LogSoftmax"] = v => Softmax(v, "log_softmax");
    }

    private static IEnumerable<Piece> Operands(OperatorView v) => v.Node.Inputs.Select(i => new Operand(i!, Level.Sum));

    private static Step Gemm(OperatorView v)
    {
        float alpha = v.Node.Float("alpha", 1), beta = v.Node.Float("beta", 1);
        Code a = v.Node.Int("transA", 0) != 0 ? Code.Of($"{v.X}.transpose(0, 1)") : Code.Of($"{v.X}");
        Code b = v.Node.Int("transB", 0) != 0 ? Code.Of($"{v.In(1)}.transpose(0, 1)") : Code.Of($"{v.In(1):,}");
        Code product = Code.Of($"{a}.matmul({b})");
        if (alpha != 1)
            product = Code.Of($"{product} * {(double)alpha}");
        if (v.Has(2))
            return v.Make(beta == 1 ? Code.Of($"{product} + {v.In(2):*}") : Code.Of($"{product} + {v.In(2):*} * {(double)beta}"), Level.Sum, StepKind.Product);
        return v.Make(product, alpha == 1 ? Level.Primary : Level.Product, StepKind.Product);
    }

    private static Step Softmax(OperatorView v, string method)
    {
        int rank = v.Rank(v.X);
        bool old = v.Node.Graph.Model.Opset() < 13;
        int axis = v.Axis("axis", old ? 1 : -1, rank);
        // before opset 13 all axes from this one on counted as one
        if (old && axis != rank - 1)
            return v.Make($"{v.X}.flatten({axis}).{method}(-1).reshape({v.Lengths(v.X, infer: true)})", kind: StepKind.Softmax);
        return v.Make($"{v.X}.{method}({(axis == rank - 1 ? -1 : axis)})", kind: StepKind.Softmax);
    }

    /// <summary>A layer <c>Linear</c> that a product with a stored matrix is.</summary>
    /// <param name="t">The translation.</param>
    /// <param name="node">The product.</param>
    /// <param name="weight">[in, out], or [out, in] where <paramref name="stored"/> says so.</param>
    /// <param name="stored">Whether the matrix lies as TorchSharp has it.</param>
    /// <param name="bias">[out], or null.</param>
    public static Layer? Linear(Translation t, Node node, WeightSource weight, bool stored, WeightSource? bias)
    {
        if (weight.Dims.Length != 2)
            return null;
        long[] dims = stored ? weight.Dims : [weight.Dims[1], weight.Dims[0]];
        WeightSource? laid = stored ? weight : weight.Then("transpose 1 0", dims, a => 1 - a);
        if (laid is null || !laid.IsTrainable && laid.Parts.All(p => p.Scale is null))
            return null;
        if (bias is not null)
        {
            if (bias.Dims.Aggregate(1L, (a, b) => a * b) != dims[0])
                return null;
            bias = bias.Dims.Length == 1 ? bias : bias.Then($"reshape {dims[0]}", [dims[0]], _ => 0);
            if (bias is null)
                return null;
        }
        Code construct = bias is null
            ? Code.Of($"Linear({new Width(dims[1], "dim")}, {new Width(dims[0], "width")}, false)")
            : Code.Of($"Linear({new Width(dims[1], "dim")}, {new Width(dims[0], "width")})");
        var tensors = new List<Binding> { new("weight", laid) };
        if (bias is not null)
            tensors.Add(new Binding("bias", bias));
        return t.Layer("Linear", construct, "linear", t.Names.OfLayer(node, weight, bias), [.. tensors]);
    }
}
