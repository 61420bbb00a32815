using SiDT.Frontend;

namespace SiDT.Tests.MiniZoo;

/// <summary>Operators whose spelling depends on the version of the operator set.</summary>
public sealed partial class GraphBuilder
{
    public string Add(string a, string b) => Op("Add", a, b);

    public string Sub(string a, string b) => Op("Sub", a, b);

    public string Mul(string a, string b) => Op("Mul", a, b);

    public string Div(string a, string b) => Op("Div", a, b);

    public string MatMul(string a, string b) => Op("MatMul", a, b);

    public string Transpose(string x, params long[] perm) => Op("Transpose", [x], ("perm", perm));

    public string Concat(int axis, params string[] parts) => Op("Concat", parts, ("axis", axis));

    public string Softmax(string x, int axis = -1) => Op("Softmax", [x], ("axis", axis));

    public string Einsum(string equation, params string[] inputs) => Op("Einsum", inputs, ("equation", equation));

    public string Gather(string x, long index, int axis) => Op("Gather", [x, Constant(Tensor.Scalar(index))], ("axis", axis));

    public string Gather(string x, long[] indices, int axis) => Op("Gather", [x, Constant(indices)], ("axis", axis));

    /// <summary>Reshapes; 0 stands for the batch (axis 0 of <paramref name="x"/>) and -1 for what follows from the rest.</summary>
    public string Reshape(string x, params long[] dims) => Spelling.Shapes switch
    {
        Shapes.Traced or Shapes.TracedWidths when dims[0] == 0 => Op("Reshape", x, ShapeOf(dims, BatchOf(x))),
        Shapes.Static when dims[0] == 0 => Op("Reshape", x, Constant([StaticBatch, .. dims[1..]])),
        _ => Op("Reshape", x, Constant(dims)),
    };

    /// <summary>Number of samples in static spellings.</summary>
    public const int StaticBatch = 2;

    /// <summary>One extent of a value as a vector of one element, by Shape and Gather.</summary>
    public string Extent(string x, int axis) => Unsqueeze(ExtentScalar(x, axis), 0);

    public string ExtentScalar(string x, int axis) => Gather(Op("Shape", x), axis, 0);

    /// <summary>The batch as the first input says it, or as the value itself does.</summary>
    public string BatchOf(string x) => Extent(x, 0);

    /// <summary>A shape of constants behind a batch that is known at run time.</summary>
    public string ShapeOf(long[] dims, string batch)
    {
        string[] rest = Opset >= 13 ? [.. dims.Skip(1).Select(d => Constant(d))] : [Constant([.. dims.Skip(1)])];
        return Concat(0, [batch, .. rest]);
    }

    public string Unsqueeze(string x, params long[] axes) => Opset >= 13 ? Op("Unsqueeze", x, Constant(axes)) : Op("Unsqueeze", [x], ("axes", axes));

    public string Squeeze(string x, params long[] axes) => Opset >= 13 ? Op("Squeeze", x, Constant(axes)) : Op("Squeeze", [x], ("axes", axes));

    public string[] Split(string x, int axis, params long[] sizes)
    {
        bool equal = sizes.Distinct().Count() == 1;
        if (Opset >= 18 && equal)
            return Ops("Split", "", [x], sizes.Length, ("axis", axis), ("num_outputs", sizes.Length));
        if (Opset >= 13)
            return Ops("Split", "", [x, Constant(sizes)], sizes.Length, ("axis", axis));
        return Ops("Split", "", [x], sizes.Length, ("axis", axis), ("split", sizes));
    }

    public string Slice(string x, int axis, long start, long end, long step = 1)
    {
        if (Opset >= 10)
            return Op("Slice", x, Constant(start), Constant(end), Constant((long)axis), Constant(step));
        return Op("Slice", [x], ("axes", new long[] { axis }), ("starts", new[] { start }), ("ends", new[] { end }));
    }

    public string ReduceMean(string x, bool keep, params long[] axes) => Reduce("ReduceMean", 18, x, keep, axes);

    public string ReduceMax(string x, bool keep, params long[] axes) => Reduce("ReduceMax", 18, x, keep, axes);

    public string ReduceL2(string x, bool keep, params long[] axes) => Reduce("ReduceL2", 18, x, keep, axes);

    public string ReduceSum(string x, bool keep, params long[] axes) => Reduce("ReduceSum", 13, x, keep, axes);

    public string Clip(string x, double low, double high)
    {
        if (Opset >= 11)
            return Op("Clip", x, Number(low), Number(high));
        return Op("Clip", [x], ("min", (float)low), ("max", (float)high));
    }

    /// <summary>Zeros around the last two axes.</summary>
    public string Pad(string x, params long[] pads) =>
        Opset >= 11 ? Op("Pad", x, Constant(pads), Number(0)) : Op("Pad", [x], ("pads", pads));

    /// <summary>What <c>torch.roll</c> becomes: two slices joined the other way round.</summary>
    public string Roll(string x, int axis, long shift) =>
        Concat(axis, Slice(x, axis, -shift, long.MaxValue), Slice(x, axis, 0, -shift));

    public string Cast(string x, ElementType type) => Op("Cast", [x], ("to", (int)type));

    /// <summary>What training had here and inference leaves as it is.</summary>
    public string Unchanged(string x) => Spelling.NoOps ? Cast(Op("Identity", Op("Dropout", x)), Spelling.Type) : x;

    /// <summary>Convolution with a weight named in the present scope; numbers by name.</summary>
    public string Conv(string x, string name, int inputs, int outputs, int kernel, int stride = 1, int pad = 0, int groups = 1, bool bias = true)
    {
        int fan = inputs / groups * kernel * kernel;
        float[] numbers = Numbers.Normal(Path(name + ".weight"), (long)outputs * fan, 1.3 / Math.Sqrt(fan));
        string weight = Kernel(name + ".weight", numbers, [outputs, inputs / groups, kernel, kernel]);
        return Op("Conv", bias ? [x, weight, Bias(name + ".bias", outputs)] : [x, weight],
            ("kernel_shape", new long[] { kernel, kernel }), ("strides", new long[] { stride, stride }),
            ("pads", new long[] { pad, pad, pad, pad }), ("dilations", new long[] { 1, 1 }), ("group", groups));
    }

    public string BatchNorm(string x, string name, int width)
    {
        float[] variance = [.. Numbers.Normal(Path(name + ".running_var"), width, 0.2, 1).Select(v => Math.Abs(v) + 0.1f)];
        return Op("BatchNormalization",
            [x, Gain(name + ".weight", width), Bias(name + ".bias", width), Weight(name + ".running_mean", 0.2, width), Weight(name + ".running_var", variance, width)],
            ("epsilon", 1e-5f));
    }

    private string Reduce(string type, int inputSince, string x, bool keep, long[] axes) => Opset >= inputSince
        ? Op(type, [x, Constant(axes)], ("keepdims", keep ? 1 : 0))
        : Op(type, [x], ("axes", axes), ("keepdims", keep ? 1 : 0));
}
