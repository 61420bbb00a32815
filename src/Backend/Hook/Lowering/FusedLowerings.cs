using SiDT.Frontend;
using SiDT.Frontend.Schema;

namespace SiDT.Backend.Hook.Lowering;

/// <summary>What ONNX Runtime's optimiser and newer operator sets write as one node.</summary>
internal static class FusedLowerings
{
    public static void Register(Dictionary<string, Func<Lowered, Value?[]>> table)
    {
        table["com.microsoft::FusedMatMul"] = l => [FusedMatMul(l)];
        table["com.microsoft::FusedGemm"] = l => [Activated(l, Plain(l, "Gemm", "alpha", "beta", "transA", "transB"))];
        table["com.microsoft::FusedConv"] = l => [FusedConv(l)];
        table["com.microsoft::BiasGelu"] = l => [Gelu(l, l.Op("Add", l.X, l.In(1)))];
        table["com.microsoft::Gelu"] = l => [Gelu(l, l.X)];
        table["com.microsoft::FastGelu"] = l => [TanhGelu(l, l.In(1) is { } bias ? l.Op("Add", l.X, bias) : l.X)];
        table["com.microsoft::QuickGelu"] = l => [l.Op("Mul", l.X, l.Op("Sigmoid", l.Times(l.X, l.Node.Float("alpha", 1.702f))))];
        table["Gelu"] = l => [l.Node.Text("approximate", "none") == "tanh" ? TanhGelu(l, l.X) : Gelu(l, l.X)];
        table["com.microsoft::SkipLayerNormalization"] = l => Skip(l, "LayerNormalization", l.In(2), l.In(3), l.In(4));
        table["com.microsoft::SkipSimplifiedLayerNormalization"] = l => Skip(l, "SimplifiedLayerNormalization", l.In(2), null, l.In(3));
        table["com.microsoft::EmbedLayerNormalization"] = Embed;
    }

    private static Value Plain(Lowered l, string op, params string[] attributes)
    {
        Value value = l.Op(op, [.. l.Node.Inputs]);
        foreach (string name in attributes)
        {
            if (l.Node.Attributes.TryGetValue(name, out AttributeProto? attribute))
                value.Producer!.Set(attribute);
        }
        value.Producer!.Name = l.Node.Name;
        return value;
    }

    private static Value Activated(Lowered l, Value x)
    {
        string activation = l.Node.Text("activation", "");
        return activation switch
        {
            "" => x,
            "Relu" or "Sigmoid" or "Tanh" => l.Op(activation, x),
            "HardSigmoid" when l.Node.Attributes.TryGetValue("activation_params", out AttributeProto? a) => l.Op("HardSigmoid", n => n.Set("alpha", a.Floats[0]).Set("beta", a.Floats[1]), x),
            _ => throw l.Fault($"its activation {activation} is not supported"),
        };
    }

    private static Value FusedConv(Lowered l)
    {
        Value? sum = l.In(3);
        Value x = l.Op("Conv", [.. l.Node.Inputs.Take(3)]);
        foreach (string name in new[] { "auto_pad", "dilations", "group", "kernel_shape", "pads", "strides" })
        {
            if (l.Node.Attributes.TryGetValue(name, out AttributeProto? attribute))
                x.Producer!.Set(attribute);
        }
        x.Producer!.Name = l.Node.Name;
        return Activated(l, sum is null ? x : l.Op("Add", x, sum));
    }

    private static Value FusedMatMul(Lowered l)
    {
        if (l.Node.Int("transBatchA", 0) != 0 || l.Node.Int("transBatchB", 0) != 0)
            throw l.Fault("transposed batches are not supported");
        Value Turned(int index, string flag)
        {
            Value x = l.In(index)!;
            int rank = l.Shape(x).Length;
            if (l.Node.Int(flag, 0) == 0)
                return x;
            long[] order = [.. Enumerable.Range(0, rank).Select(i => (long)i)];
            (order[^1], order[^2]) = (order[^2], order[^1]);
            return l.Transpose(x, order);
        }
        Value product = l.Op("MatMul", Turned(0, "transA"), Turned(1, "transB"));
        product.Producer!.Name = l.Node.Name;
        return l.Times(product, l.Node.Float("alpha", 1));
    }

    private static Value Gelu(Lowered l, Value x) =>
        l.Op("Mul", l.Op("Mul", x, l.Number(0.5f)), l.Op("Add", l.Op("Erf", l.Op("Mul", x, l.Number(0.70710677f))), l.Number(1)));

    private static Value TanhGelu(Lowered l, Value x)
    {
        Value cubic = l.Op("Mul", l.Op("Pow", x, l.Number(3)), l.Number(0.044715f));
        Value bend = l.Op("Tanh", l.Op("Mul", l.Op("Add", x, cubic), l.Number(0.7978846f)));
        return l.Op("Mul", l.Op("Mul", x, l.Number(0.5f)), l.Op("Add", bend, l.Number(1)));
    }

    private static Value?[] Skip(Lowered l, string norm, Value? scale, Value? shift, Value? bias)
    {
        Value sum = l.Op("Add", l.X, l.In(1));
        if (bias is not null)
            sum = l.Op("Add", sum, bias);
        Value normed = l.Op(norm, n => n.Set("epsilon", l.Node.Float("epsilon", 1e-12f)).Set("axis", -1L), shift is null ? [sum, scale] : [sum, scale, shift]);
        normed.Producer!.Name = l.Node.Name;
        return [normed, null, null, sum];
    }

    private static Value?[] Embed(Lowered l)
    {
        Value sum = l.Op("Gather", l.In(2), l.X);
        int length = (int)l.Shape(l.X)[1].Value;
        Value positions = l.In(8) is { } given
            ? l.Op("Gather", l.In(3), given)
            : l.Opset >= 10 ? l.Op("Slice", l.In(3), l.Whole(0), l.Whole(length), l.Whole(0)) : throw l.Fault("positions are not given");
        sum = l.Op("Add", sum, positions);
        if (l.In(1) is { } segments)
            sum = l.Op("Add", sum, l.Op("Gather", l.In(4), segments));
        Value normed = l.Op("LayerNormalization", n => n.Set("epsilon", l.Node.Float("epsilon", 1e-12f)).Set("axis", -1L), sum, l.In(5), l.In(6));
        normed.Producer!.Name = l.Node.Name;
        return [normed, null, sum];
    }
}
