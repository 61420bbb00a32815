using SiDT.Backend.Hook.Expressions;
using SiDT.Backend.Hook.Weights;
using SiDT.Frontend;
using SiDT.Passes.Operators;

namespace SiDT.Backend.Hook.Recognition;

/// <summary>
/// Layer and root-mean-square norms over the last axis: single nodes, and every spelling of them, because values are followed
/// algebraically (<see cref="NormForm"/>) and not compared with patterns.
/// </summary>
internal static class NormRecogniser
{
    public static Step? Find(Value value, Translation t)
    {
        Node node = value.Producer!;
        if (node.Is("LayerNormalization") || node.Is("RMSNormalization") || node.Is("SimplifiedLayerNormalization"))
            return OfNode(value, node, t);
        if (t.IsConstant(value))
            return null; // arithmetic on weights is no norm that a network has
        if (!(node.Is("Add") || node.Is("Sub") || node.Is("Mul") || node.Is("Div")) || Form(value, t, 0) is not { Kind: NormKind.Normal } form)
            return null;
        // scale and shift belong to the norm, unless others read it without them
        if (value.Uses is [{ Node: var next }] && !value.IsOutput && (next.Is("Mul") || next.Is("Add")) && Form(next.Result, t, 0) is { Kind: NormKind.Normal } wider && wider.X == form.X && Sources(wider, t) is not null)
            return null;
        return Sources(form, t) is { } tensors ? Make(value, node, form, tensors.Weight, tensors.Bias, t) : null;
    }

    private static Step? OfNode(Value value, Node node, Translation t)
    {
        int rank = t.Rank(node.Inputs[0]!);
        if (value != node.Outputs[0] || NodeView.Positive(node.Int("axis", -1), rank) != rank - 1)
            return null;
        var form = new NormForm(NormKind.Normal, node.Inputs[0]!, node.Is("LayerNormalization"), node.Float("epsilon", 1e-5f), node.Input(1), node.Input(2));
        return Sources(form, t) is { } tensors ? Make(value, node, form, tensors.Weight, tensors.Bias, t) : null;
    }

    private static (WeightSource? Weight, WeightSource? Bias)? Sources(NormForm form, Translation t)
    {
        if (t.Shape(form.X) is not { Length: > 1 } shape || !shape[^1].IsConstant)
            return null;
        long width = shape[^1].Value;
        WeightSource? Row(Value? value)
        {
            if (value is null || t.Source(value) is not { IsTrainable: true } source || source.Dims.Length == 0 || source.Dims[^1] != width || source.Dims[..^1].Any(d => d != 1))
                return null;
            return source.Dims.Length == 1 ? source : source.Then($"reshape {width}", [width], _ => 0);
        }
        WeightSource? weight = Row(form.Weight), bias = Row(form.Bias);
        if ((form.Weight is not null && weight is null) || (form.Bias is not null && bias is null) || (bias is not null && weight is null) || (!form.Centred && bias is not null))
            return null;
        return (weight, bias);
    }

    private static Step Make(Value value, Node node, NormForm form, WeightSource? weight, WeightSource? bias, Translation t)
    {
        var width = new Width(t.Shape(form.X)![^1].Value, "dim");
        string epsilon = NumberText.Of(form.Epsilon);
        if (form.Centred && weight is not null && bias is not null)
        {
            Layer norm = t.Layer("LayerNorm", Code.Of($"LayerNorm({width}, {epsilon})"), "norm", t.Names.OfLayer(node, weight, bias), new Binding("weight", weight), new Binding("bias", bias));
            return new Step(node, Code.Of($"{norm}.forward({form.X:,})"), Level.Primary, value);
        }
        if (!form.Centred && weight is not null)
        {
            Layer norm = t.Layer("RmsNorm", Code.Of($"new RmsNorm({width}, {epsilon})"), "norm", t.Names.OfLayer(node, weight), new Binding("weight", weight));
            return new Step(node, Code.Of($"{norm}.forward({form.X:,})"), Level.Primary, value);
        }
        if (!form.Centred)
            return new Step(node, Code.Of($"{form.X:*} * ({form.X}.pow(2).mean(new long[] {{ -1 }}, true) + {epsilon}).rsqrt()"), Level.Product, value);
        if (weight is null || IsOne(form.Weight!))
        {
            Layer norm = t.Layer("LayerNorm", Code.Of($"LayerNorm({width}, {epsilon}, false)"), "norm", t.Names.OfLayer(node));
            return new Step(node, Code.Of($"{norm}.forward({form.X:,})"), Level.Primary, value);
        }
        // a scale without a shift: older versions have no layer for it
        Layer scale = t.Layer("Parameter", Code.Of($"Parameter(zeros({width}))"), "scale", [.. t.Names.OfLayer(node, weight) ?? [], "scale"], new Binding("", weight));
        return new Step(node, Code.Of($"functional.layer_norm({form.X:,}, new long[] {{ {width} }}, {scale}, null, {epsilon})"), Level.Primary, value);
    }

    // a scale that several norms without a shift share and that does nothing: there for the operator's sake
    private static bool IsOne(Value weight) => weight.Uses.Count > 1 && weight.Constant is { } tensor && tensor.Type.IsFloating() && tensor.ToFloats().All(f => f == 1);

    private static NormForm? Form(Value value, Translation t, int depth)
    {
        if (value.Producer is not { Domain.Length: 0 } node || depth > 14 || t.IsConstant(value))
            return null;
        NormForm? In(int i) => node.Input(i) is { } input ? Form(input, t, depth + 1) : null;
        switch (node.OpType)
        {
            case "ReduceMean" when IsLastAxis(node, t):
                if (In(0) is { Kind: NormKind.Squares } squares)
                    return squares with { Kind = NormKind.Variance };
                return IsSquare(node.Inputs[0]!, t) is { } row ? new NormForm(NormKind.Variance, row, false) : new NormForm(NormKind.Mean, node.Inputs[0]!, true);
            case "Identity" or "Cast":
                return In(0);
            case "Pow" when t.Scalar(node.Input(1)) == 2 && In(0) is { } of:
                return Squared(of);
            case "Pow" when t.Scalar(node.Input(1)) == 0.5 && In(0) is { Kind: NormKind.Shifted } under:
                return under with { Kind = NormKind.Deviation };
            case "Pow" when t.Scalar(node.Input(1)) == -0.5 && In(0) is { Kind: NormKind.Shifted } below:
                return below with { Kind = NormKind.Inverse };
            case "Sqrt" when In(0) is { Kind: NormKind.Shifted } variance:
                return variance with { Kind = NormKind.Deviation };
            case "Reciprocal" when In(0) is { Kind: NormKind.Deviation } deviation:
                return deviation with { Kind = NormKind.Inverse };
            case "Max" or "Relu" or "Clip" when In(0) is { Kind: NormKind.Variance } positive && node.Inputs.Skip(1).All(i => i is null || t.Scalar(i) is 0 or > 1e30):
                return positive; // a variance is not negative
            case "Sub":
                return Difference(node, In(0), In(1), t);
            case "Add":
                return Sum(node, In(0), In(1), t) ?? Sum(node, In(1), In(0), t, swapped: true);
            case "Mul":
                return Product(node, In(0), In(1), t) ?? Product(node, In(1), In(0), t, swapped: true);
            case "Div":
                return Quotient(node, In(0), In(1), t);
            default:
                return null;
        }
    }

    private static NormForm? Squared(NormForm form) => form.Kind switch
    {
        NormKind.Centred => form with { Kind = NormKind.Squares },
        NormKind.Mean => form with { Kind = NormKind.MeanSquared },
        _ => null,
    };

    private static NormForm? Difference(Node node, NormForm? a, NormForm? b, Translation t)
    {
        // x - m
        if (b is { Kind: NormKind.Mean } mean && mean.X == node.Inputs[0])
            return new NormForm(NormKind.Centred, mean.X, true);
        // mean(x²) - m²
        if (a is { Kind: NormKind.Variance, Centred: false } && b is { Kind: NormKind.MeanSquared } && a.X == b.X)
            return a with { Centred = true };
        // b - m r w
        if (b is { Kind: NormKind.MeanInverse } rest && t.IsConstant(node.Inputs[0]!))
            return rest with { Kind = NormKind.Rest, Bias = node.Inputs[0] };
        // x r w - m r w
        return a is { Kind: NormKind.Scaled } && b is { Kind: NormKind.MeanInverse } && a.X == b.X && a.Weight == b.Weight ? a with { Kind = NormKind.Normal } : null;
    }

    private static NormForm? Sum(Node node, NormForm? a, NormForm? b, Translation t, bool swapped = false)
    {
        Value other = node.Inputs[swapped ? 0 : 1]!;
        if (a is { Kind: NormKind.Variance } && t.Scalar(other) is { } epsilon)
            return a with { Kind = NormKind.Shifted, Epsilon = epsilon };
        if (a is { Kind: NormKind.Scaled, Centred: true } && b is { Kind: NormKind.Rest } && a.X == b.X && a.Weight == b.Weight)
            return a with { Kind = NormKind.Normal, Bias = b.Bias };
        return a is { Kind: NormKind.Normal, Bias: null } && t.IsConstant(other) ? a with { Bias = other } : null;
    }

    private static NormForm? Product(Node node, NormForm? a, NormForm? b, Translation t, bool swapped = false)
    {
        Value mine = node.Inputs[swapped ? 1 : 0]!, other = node.Inputs[swapped ? 0 : 1]!;
        if (mine == other && a is not null)
            return Squared(a);
        if (b is { Kind: NormKind.Inverse })
        {
            if (a is { Kind: NormKind.Centred } && b.Centred && a.X == b.X)
                return b with { Kind = NormKind.Normal };
            if (a is { Kind: NormKind.Mean } && b.Centred && a.X == b.X)
                return b with { Kind = NormKind.MeanInverse };
            if (mine == b.X)
                return b with { Kind = b.Centred ? NormKind.Scaled : NormKind.Normal };
        }
        return a is { Kind: NormKind.Inverse or NormKind.Normal, Weight: null, Bias: null } && t.IsConstant(other) && t.Scalar(other) is null ? a with { Weight = other } : null;
    }

    private static NormForm? Quotient(Node node, NormForm? a, NormForm? b, Translation t)
    {
        if (b is not { Kind: NormKind.Deviation })
            return null;
        if (t.Scalar(node.Inputs[0]) == 1)
            return b with { Kind = NormKind.Inverse };
        if (a is { Kind: NormKind.Centred } && b.Centred && a.X == b.X)
            return b with { Kind = NormKind.Normal };
        return !b.Centred && node.Inputs[0] == b.X ? b with { Kind = NormKind.Normal } : null;
    }

    private static Value? IsSquare(Value value, Translation t) =>
        value.Producer is { } node && ((node.Is("Pow") && t.Scalar(node.Input(1)) == 2) || (node.Is("Mul") && node.Inputs[0] == node.Inputs[1])) ? node.Inputs[0] : null;

    private static bool IsLastAxis(Node node, Translation t) =>
        t.Shape(node.Inputs[0]!) is { } shape && node.Int("keepdims", 1) != 0
        && new NodeView(node, t.Flow.Of).Integers(1, "axes") is [var axis] && NodeView.Positive(axis, shape.Length) == shape.Length - 1;
}
