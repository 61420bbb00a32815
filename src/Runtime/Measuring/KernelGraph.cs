using Google.Protobuf;
using SiDT.Frontend;
using SiDT.Frontend.Schema;

namespace SiDT.Runtime;

/// <summary>
/// A model of kernels side by side, each a node that is called by its number. What a node makes stays inside (its size alone is read),
/// so that memory is used again from node to node as in a whole network.
/// </summary>
internal sealed class KernelGraph
{
    private const int Opset = 17, Pattern = 1 << 16;

    private static readonly float[] s_pattern = MakePattern();

    private readonly GraphProto _graph = new() { Name = "kernels" };
    private readonly Dictionary<string, Tensor> _feeds = new(StringComparer.Ordinal);
    private readonly List<string> _sizes = [];

    /// <summary>Bytes of weights so far.</summary>
    public long WeightBytes { get; private set; }

    public int Count { get; private set; }

    /// <summary>What the graph reads.</summary>
    public IReadOnlyDictionary<string, Tensor> Feeds => _feeds;

    /// <summary>The name of the node that computes a kernel.</summary>
    public static string NameOf(int number) => $"k{number}";

    public void Add(Kernel kernel, int number)
    {
        IReadOnlyList<long> s = kernel.Sizes;
        NodeProto node = kernel.Operator switch
        {
            KernelKinds.Linear => Node("MatMul", Feed(kernel.Type, s[0], s[1]), Weight(number, kernel.Type, s[1], s[2])),
            KernelKinds.MatMul => Node("MatMul", Feed(kernel.Type, s[0], s[1], s[2]), Feed(kernel.Type, s[0], s[2], s[3])),
            KernelKinds.Conv => Convolution(kernel.Type, s, number),
            KernelKinds.Norm => Node("LayerNormalization", Feed(kernel.Type, s[0], s[1]), Weight(number, kernel.Type, s[1])),
            KernelKinds.Softmax => Node("Softmax", Feed(kernel.Type, s[0], s[1])),
            KernelKinds.Transpose => Node("Transpose", Feed(kernel.Type, [1, .. Split(s[0])])),
            KernelKinds.Add => Node("Add", Feed(kernel.Type, s[0]), Feed(kernel.Type, s[0])),
            KernelKinds.Erf => Node("Erf", Feed(kernel.Type, s[0])),
            _ => throw new ArgumentException($"'{kernel.Operator}' is no operator of cost tables", nameof(kernel)),
        };
        if (node.OpType == "Transpose")
            node.Attribute.Add(Ints("perm", 0, 2, 1, 3));
        node.Name = NameOf(number);
        string result = $"r{number}", size = $"s{number}";
        node.Output.Add(result);
        _graph.Node.Add(node);
        var look = Node("Size", result);
        look.Output.Add(size);
        _graph.Node.Add(look);
        _sizes.Add(size);
        Count++;
    }

    public byte[] ToBytes()
    {
        // one small output, so that what a run hands out costs nothing
        var join = new NodeProto { OpType = "Sum" };
        foreach (string size in _sizes)
        {
            var cast = Node("Cast", size);
            cast.Attribute.Add(new AttributeProto { Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = (long)ElementType.Float32 });
            cast.Output.Add($"{size}f");
            _graph.Node.Add(cast);
            join.Input.Add($"{size}f");
        }
        join.Output.Add("sizes");
        _graph.Node.Add(join);
        _graph.Output.Add(Info("sizes", ElementType.Float32, []));
        var model = new ModelProto { IrVersion = 8, Graph = _graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = Opset });
        return model.ToByteArray();
    }

    private NodeProto Convolution(ElementType type, IReadOnlyList<long> s, int number)
    {
        long side = Math.Max(1, (long)Math.Round(Math.Sqrt(s[4]))), rows = Math.Max(1, (long)Math.Sqrt(s[1])), columns = Math.Max(1, s[1] / rows);
        NodeProto node = Node("Conv", Feed(type, 1, s[0] * s[2], rows + side - 1, columns + side - 1), Weight(number, type, s[0] * s[3], s[2], side, side));
        node.Attribute.Add(new AttributeProto { Name = "group", Type = AttributeProto.Types.AttributeType.Int, I = s[0] });
        return node;
    }

    // rows of 64 numbers are moved past each other, as heads are
    private static long[] Split(long elements)
    {
        long inner = Math.Min(64, elements), outer = Math.Max(1, elements / inner);
        long heads = Math.Max(1, Math.Min(4, outer));
        return [Math.Max(1, outer / heads), heads, inner];
    }

    private static NodeProto Node(string opType, params string[] inputs)
    {
        var node = new NodeProto { OpType = opType };
        node.Input.AddRange(inputs);
        return node;
    }

    private string Feed(ElementType type, params long[] dims)
    {
        string name = $"x_{string.Join('_', dims)}_{(int)type}";
        if (_feeds.TryAdd(name, Tensor.FromFloats(type, Numbers(dims), dims)))
            _graph.Input.Add(Info(name, type, dims));
        return name;
    }

    private string Weight(int number, ElementType type, params long[] dims)
    {
        Tensor tensor = Tensor.FromFloats(type, Numbers(dims), dims);
        var message = new TensorProto { Name = $"w{number}", DataType = (int)type, RawData = ByteString.CopyFrom(tensor.Bytes) };
        message.Dims.AddRange(dims);
        _graph.Initializer.Add(message);
        WeightBytes += tensor.Bytes.Length;
        return message.Name;
    }

    private static AttributeProto Ints(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }

    private static ValueInfoProto Info(string name, ElementType type, long[] dims)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(dims.Select(d => new TensorShapeProto.Types.Dimension { DimValue = d }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } } };
    }

    private static float[] Numbers(long[] dims)
    {
        var numbers = new float[dims.Aggregate(1L, (a, b) => a * b)];
        for (int at = 0; at < numbers.Length; at += Pattern)
            s_pattern.AsSpan(0, Math.Min(Pattern, numbers.Length - at)).CopyTo(numbers.AsSpan(at));
        return numbers;
    }

    private static float[] MakePattern()
    {
        var random = new Random(0);
        var numbers = new float[Pattern];
        foreach (ref float number in numbers.AsSpan())
            number = random.NextSingle() - 0.5f;
        return numbers;
    }
}
