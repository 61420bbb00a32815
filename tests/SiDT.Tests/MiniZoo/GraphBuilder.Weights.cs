using SiDT.Frontend;

namespace SiDT.Tests.MiniZoo;

/// <summary>Constants and weights in the storage that the spelling wants.</summary>
public sealed partial class GraphBuilder
{
    private readonly Dictionary<string, string> _weights = [];
    private readonly Dictionary<string, string> _contents = [];

    /// <summary>A constant that is part of the wiring: a Constant node.</summary>
    public string Constant(Tensor tensor)
    {
        string name = ValueName("Constant", 0);
        Emit("Constant", "", [], [name], ("value", TensorContent.Write(tensor, "")));
        return name;
    }

    public string Constant(params long[] values) => Constant(Tensor.Vector(values));

    /// <summary>A scalar of the model's element type.</summary>
    public string Number(double value) => Constant(Tensor.FromFloats(Spelling.Type, [(float)value]));

    /// <summary>A table of integers.</summary>
    public string Table(string name, long[] values, params long[] dims) => Initializer(Path(name), Tensor.Of(values.AsSpan(), dims));

    /// <summary>A vector or table that is neither bias nor norm weight: positions, tokens, relative positions, masks.</summary>
    public string Weight(string name, double scale, params long[] dims) =>
        Store(Path(name), Numbers.Normal(Path(name), dims.Aggregate(1L, (a, b) => a * b), scale), dims);

    /// <summary>Given numbers as a weight.</summary>
    public string Weight(string name, float[] data, params long[] dims) => Store(Path(name), data, dims);

    /// <summary>A bias: small random numbers, or zeros where equal initializers are to be merged.</summary>
    public Matrix BiasNumbers(string name, int width) =>
        new(1, width, Spelling.Deduplicated ? new float[width] : Numbers.Normal(Path(name), width, 0.25));

    public string Bias(string name, int width) => Store(Path(name), BiasNumbers(name, width).Data, width);

    /// <summary>A norm weight around one.</summary>
    public string Gain(string name, int width) =>
        Store(Path(name), Spelling.Deduplicated ? [.. Enumerable.Repeat(1f, width)] : Numbers.Normal(Path(name), width, 0.2, 1), width);

    /// <summary>The numbers of a linear layer in the present scope.</summary>
    public Matrix MatrixNumbers(string name, int inputs, int outputs, double gain = 1.2) => Numbers.Matrix(Path(name), inputs, outputs, gain);

    /// <summary>
    /// A matrix of a linear layer with the given dimensions (row-major numbers), stored as the spelling says;
    /// <paramref name="outputAxis"/> is the axis that quantization has scales for.
    /// </summary>
    public string Kernel(string name, float[] data, long[] dims, int outputAxis = 0)
    {
        string path = Path(name);
        if (_weights.TryGetValue(path, out string? known) && !_frames.Peek().IsFunction)
            return known;
        string value = Spelling.Storage switch
        {
            Storage.TransposeNode when dims.Length == 2 => Op("Transpose", [Initializer(path, Floats(Swap(data, dims), dims[1], dims[0]))], ("perm", new long[] { 1, 0 })),
            Storage.ConcatNode when dims[0] > 1 => Halves(path, data, dims),
            Storage.ReshapeNode => Op("Reshape", Initializer(path, Floats(data, data.Length)), Constant(dims)),
            Storage.QuantizedPerChannel or Storage.QuantizedFully => Quantized(path, data, dims, outputAxis),
            _ => Store(path, data, dims),
        };
        _weights[path] = value;
        return value;
    }

    /// <summary>An initializer exactly as given, shared by name and, where the spelling says so, by content.</summary>
    public string Initializer(string name, Tensor tensor)
    {
        string stored = InitializerName(name);
        if (Spelling.Deduplicated)
        {
            string key = $"{tensor.Type} {string.Join(',', tensor.Dims)} {Convert.ToBase64String(tensor.Bytes)}";
            if (_contents.TryGetValue(key, out string? same))
                return Reference(same);
            _contents[key] = stored;
        }
        if (_graph.Initializer.All(t => t.Name != stored))
            _graph.Initializer.Add(TensorContent.Write(tensor, stored));
        _taken.Add(stored);
        return Reference(stored);
    }

    private string Store(string path, float[] data, params long[] dims)
    {
        ElementType narrow = Spelling.Storage == Storage.CastFromFloat16 ? ElementType.Float16 : ElementType.BFloat16;
        switch (Spelling.Storage)
        {
            case Storage.ConstantNode:
                if (!_weights.TryGetValue(path, out string? known))
                    _weights[path] = known = Constant(Floats(data, dims));
                return known;
            case Storage.CastFromFloat16 or Storage.CastFromBFloat16:
                return Op("Cast", [Initializer(path, Tensor.FromFloats(narrow, data, dims))], ("to", (int)Spelling.Type));
            case Storage.IdentityNode:
                return Op("Identity", Initializer(path, Floats(data, dims)));
            default:
                return Initializer(path, Floats(data, dims));
        }
    }

    private Tensor Floats(float[] data, params long[] dims) => Tensor.FromFloats(Spelling.Type, data, dims);

    private string Halves(string path, float[] data, long[] dims)
    {
        int first = (int)(dims[0] / 2), row = (int)(data.Length / dims[0]);
        string Part(string suffix, int start, long count) =>
            Initializer(path + suffix, Floats(data[(start * row)..((start + (int)count) * row)], [count, .. dims[1..]]));
        return Op("Concat", [Part(".0", 0, first), Part(".1", first, dims[0] - first)], ("axis", 0));
    }

    /// <summary>Signed bytes with one scale for each position of one axis.</summary>
    private string Quantized(string path, float[] data, long[] dims, int axis)
    {
        int channels = (int)dims[axis], inner = (int)dims[(axis + 1)..].Aggregate(1L, (a, b) => a * b);
        var scales = new float[channels];
        for (int i = 0; i < data.Length; i++)
            scales[i / inner % channels] = Math.Max(scales[i / inner % channels], Math.Abs(data[i]) / 127);
        long[] bytes = [.. data.Select((x, i) => (long)MathF.Round(x / scales[i / inner % channels]))];
        string quantized = Initializer(path + "_quantized", Tensor.FromInt64s(ElementType.Int8, bytes, dims));
        string scale = Initializer(path + "_scale", Tensor.Of(scales.AsSpan(), channels));
        string zero = Initializer(path + "_zero_point", Tensor.FromInt64s(ElementType.Int8, new long[channels], channels));
        return Op("DequantizeLinear", [quantized, scale, zero], ("axis", axis));
    }

    private static float[] Swap(float[] data, long[] dims) => new Matrix((int)dims[0], (int)dims[1], data).Transposed().Data;

    private string InitializerName(string path)
    {
        if (Spelling.Naming == Naming.Odd)
            return $"w {path.Aggregate(7u, (h, c) => (h * 33) + c):x}?{path[^3..]}";
        if (Spelling.Naming == Naming.TensorFlow)
            return $"model/{path.Replace('.', '/')}/ReadVariableOp:0";
        return path;
    }
}
