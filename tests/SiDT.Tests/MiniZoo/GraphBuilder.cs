using Google.Protobuf;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Frontend.Schema;

namespace SiDT.Tests.MiniZoo;

/// <summary>What a caller may feed: integers inclusive, a first column of ones for masks.</summary>
public sealed record InputRange(string Name, ElementType Type, long[] Shape, double Low, double High);

/// <summary>
/// Makes ONNX models in a few lines: <c>var g = new GraphBuilder(new Spelling { Opset = 17 });
/// g.Output(Linears.Apply(g, g.Input("x", [2, 5, 12]), "fc", 12, 24, 5), "y", 2, 5, 24); Model m = g.Build();</c>
/// Values are names. Weights depend on the seed and their name alone.
/// </summary>
public sealed partial class GraphBuilder
{
    private readonly GraphProto _graph = new() { Name = "mini" };
    private readonly List<InputRange> _inputs = [];
    private readonly HashSet<string> _domains = [];
    private readonly HashSet<string> _taken = [];
    private readonly Dictionary<string, string> _aliases = [];
    private readonly Stack<Frame> _frames = new();
    private readonly Stack<string> _scopes = new();
    private int _count;
    private int _nodes;

    public GraphBuilder(Spelling? spelling = null)
    {
        Spelling = spelling ?? new Spelling();
        Numbers = new Numbers(Spelling.Seed);
        _frames.Push(new Frame(_graph.Node, isFunction: false));
        _scopes.Push("");
    }

    public Spelling Spelling { get; }

    public Numbers Numbers { get; }

    public int Opset => Spelling.Opset;

    public IReadOnlyList<InputRange> Inputs => _inputs;

    public IEnumerable<string> Outputs => _graph.Output.Select(o => o.Name);

    public bool DynamicSize { get; private set; }

    public bool DynamicBatch { get; private set; }

    /// <summary>A graph input; <paramref name="dynamic"/> lists axes that are symbols (axis 0 is one unless the spelling is static).</summary>
    public string Input(string name, long[] shape, double low = -1, double high = 1, ElementType? type = null, params int[] dynamic)
    {
        ElementType element = type ?? Spelling.Type;
        _inputs.Add(new InputRange(name, element, shape, low, high));
        ValueInfoProto info = Info(name, element, shape);
        bool batch = Spelling.DynamicBatch && shape.Length > 0 && dynamic.All(a => a >= 0);
        IEnumerable<int> symbols = dynamic.Where(a => a > 0);
        foreach (int axis in batch ? symbols.Append(0) : symbols)
            info.Type.TensorType.Shape.Dim[axis].DimParam = axis == 0 ? "batch" : $"{name}_{axis}";
        DynamicBatch |= batch;
        DynamicSize |= dynamic.Any(a => a > 1);
        _graph.Input.Add(info);
        _taken.Add(name);
        return name;
    }

    /// <summary>Makes a value a graph output under a name of its own.</summary>
    public void Output(string value, string name, params long[] shape) => Output(value, name, Spelling.Type, shape);

    public void Output(string value, string name, ElementType type, long[] shape)
    {
        if (!Rename(value, name))
            Emit("Identity", "", [value], [name]);
        Declare(name, type, shape);
    }

    /// <summary>What is done to the finished message: by an optimizer, or by an exporter that notes every shape.</summary>
    public Func<ModelProto, ModelProto>? Afterwards { get; set; }

    /// <summary>Makes a value a graph output as it is called already.</summary>
    public void Declare(string value, ElementType type, long[] shape)
    {
        ValueInfoProto info = Info(value, type, shape);
        for (int i = 0; i < shape.Length; i++)
        {
            if (shape[i] < 0)
                info.Type.TensorType.Shape.Dim[i].DimParam = i == 0 ? "batch" : $"{value}_{i}";
        }
        _graph.Output.Add(info);
    }

    /// <summary>Names made until the scope is disposed start with <paramref name="name"/>; weights too.</summary>
    public IDisposable Scope(string name)
    {
        _scopes.Push(Path(name));
        return new Popper(_scopes);
    }

    /// <summary>What is written inside a scope.</summary>
    public string Scoped(string name, Func<string> write)
    {
        using IDisposable scope = Scope(name);
        return write();
    }

    /// <summary>The full name of a weight in the present scope.</summary>
    public string Path(string name) => _scopes.Peek().Length == 0 ? name : $"{_scopes.Peek()}.{name}";

    /// <summary>A node of the standard operators with one output.</summary>
    public string Op(string type, params string?[] inputs) => Ops(type, "", inputs, 1)[0];

    public string Op(string type, string?[] inputs, params (string Name, object Value)[] attributes) => Ops(type, "", inputs, 1, attributes)[0];

    /// <summary>A node of ONNX Runtime's own operators with one output.</summary>
    public string Ms(string type, string?[] inputs, params (string Name, object Value)[] attributes) => Ops(type, "com.microsoft", inputs, 1, attributes)[0];

    /// <summary>A node of any domain with any number of outputs.</summary>
    public string[] Ops(string type, string domain, string?[] inputs, int outputs, params (string Name, object Value)[] attributes)
    {
        string[] names = [.. Enumerable.Range(0, outputs).Select(i => ValueName(type, i))];
        Emit(type, domain, inputs, names, attributes);
        return names;
    }

    /// <summary>A name for an output of <see cref="Emit"/>.</summary>
    public string Fresh(string type) => ValueName(type, 0);

    /// <summary>The model as the object model reads it.</summary>
    public Model Build()
    {
        if (!Spelling.External)
            return ModelReader.FromProto(ToProto());
        string folder = Directory.CreateTempSubdirectory("sidt-minizoo-").FullName;
        string path = System.IO.Path.Combine(folder, "model.onnx");
        Save(path);
        return ModelReader.Read(path);
    }

    /// <summary>Writes the model, with its weights beside it when the spelling says so.</summary>
    public void Save(string path)
    {
        ModelProto proto = ToProto();
        if (Spelling.External)
            MoveOut(proto.Graph, path + ".data");
        using FileStream stream = File.Create(path);
        proto.WriteTo(stream);
    }

    public ModelProto ToProto()
    {
        var proto = new ModelProto
        {
            IrVersion = Spelling.Ir > 0 ? Spelling.Ir : IrOf(Opset),
            ProducerName = "minizoo",
            Graph = _graph.Clone(),
        };
        if (Spelling.Naming == Naming.Odd)
            Shuffle(proto.Graph);
        if (Spelling.InitializersAsInputs)
            proto.Graph.Input.AddRange(proto.Graph.Initializer.Select(t => Info(t.Name, (ElementType)t.DataType, [.. t.Dims])));
        proto.Functions.AddRange(_functions.Values);
        proto.OpsetImport.AddRange(Imports());
        return Afterwards?.Invoke(proto) ?? proto;
    }

    /// <summary>A node written as given, its outputs named by the caller.</summary>
    public void Emit(string type, string domain, string?[] inputs, string[] outputs, params (string Name, object Value)[] attributes)
    {
        var node = new NodeProto { OpType = type, Name = NodeName(type) };
        if (domain.Length > 0)
        {
            node.Domain = domain;
            _domains.Add(domain);
        }
        int last = Array.FindLastIndex(inputs, i => i is not null);
        node.Input.AddRange(inputs.Take(last + 1).Select(i => i is null ? "" : _aliases.GetValueOrDefault(i, i)));
        node.Output.AddRange(outputs);
        node.Attribute.AddRange(attributes.Select(a => Attribute(a.Name, a.Value)));
        _frames.Peek().Nodes.Add(node);
    }

    internal static ValueInfoProto Info(string name, ElementType type, long[] shape)
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = new TensorShapeProto() };
        tensor.Shape.Dim.AddRange(shape.Select(d => d < 0 ? new TensorShapeProto.Types.Dimension() : new TensorShapeProto.Types.Dimension { DimValue = d }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }

    private static int IrOf(int opset) => opset switch
    {
        <= 9 => 4,
        <= 11 => 6,
        <= 14 => 7,
        <= 18 => 8,
        <= 20 => 9,
        <= 22 => 10,
        _ => 11,
    };

    private static AttributeProto Attribute(string name, object value)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value)
        {
            case int i:
                (attribute.Type, attribute.I) = (AttributeProto.Types.AttributeType.Int, i);
                break;
            case long l:
                (attribute.Type, attribute.I) = (AttributeProto.Types.AttributeType.Int, l);
                break;
            case float f:
                (attribute.Type, attribute.F) = (AttributeProto.Types.AttributeType.Float, f);
                break;
            case string s:
                (attribute.Type, attribute.S) = (AttributeProto.Types.AttributeType.String, ByteString.CopyFromUtf8(s));
                break;
            case long[] list:
                attribute.Type = AttributeProto.Types.AttributeType.Ints;
                attribute.Ints.AddRange(list);
                break;
            case TensorProto tensor:
                (attribute.Type, attribute.T) = (AttributeProto.Types.AttributeType.Tensor, tensor);
                break;
            case GraphProto graph:
                (attribute.Type, attribute.G) = (AttributeProto.Types.AttributeType.Graph, graph);
                break;
            default:
                throw new ArgumentException($"no attribute holds a {value.GetType().Name}");
        }
        return attribute;
    }

    private static void Shuffle(GraphProto graph)
    {
        TensorProto[] tensors = [.. graph.Initializer.OrderBy(t => t.Name.Aggregate(17u, (h, c) => (h * 31) + c))];
        graph.Initializer.Clear();
        graph.Initializer.AddRange(tensors);
    }

    private static void MoveOut(GraphProto graph, string path)
    {
        using FileStream data = File.Create(path);
        foreach (TensorProto tensor in graph.Initializer)
        {
            void Note(string key, string value) => tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
            Note("location", System.IO.Path.GetFileName(path));
            Note("offset", $"{data.Position}");
            Note("length", $"{tensor.RawData.Length}");
            tensor.RawData.WriteTo(data);
            data.SetLength((data.Length + 63) / 64 * 64);
            data.Position = data.Length;
            tensor.ClearRawData();
            tensor.DataLocation = TensorProto.Types.DataLocation.External;
        }
    }

    /// <summary>Gives a value that a node makes its name as a graph output; false if it has one already or no node makes it.</summary>
    private bool Rename(string value, string name)
    {
        if (_aliases.ContainsKey(value) || _graph.Node.All(n => !n.Output.Contains(value)))
            return false;
        foreach (NodeProto node in _graph.Node)
        {
            for (int i = 0; i < node.Input.Count; i++)
                node.Input[i] = node.Input[i] == value ? name : node.Input[i];
            for (int i = 0; i < node.Output.Count; i++)
                node.Output[i] = node.Output[i] == value ? name : node.Output[i];
        }
        _aliases[value] = name;
        return true;
    }

    private IEnumerable<OperatorSetIdProto> Imports() =>
        _domains.Order(StringComparer.Ordinal).Select(d => new OperatorSetIdProto { Domain = d, Version = 1 })
            .Prepend(new OperatorSetIdProto { Domain = "", Version = Opset });

    private string NodeName(string type) => Spelling.Naming switch
    {
        Naming.Odd => "",
        Naming.Numbered => $"{type}_{_nodes++}",
        Naming.TensorFlow => $"StatefulPartitionedCall/model/{_scopes.Peek().Replace('.', '/')}/{type}__{_nodes++}",
        _ => $"{SlashScope()}/{type}_{_nodes++}",
    };

    private string ValueName(string type, int output)
    {
        string name = Spelling.Naming switch
        {
            Naming.Odd => $" {++_count}: größe/{type[..1]}*",
            Naming.Numbered => $"{++_count}",
            Naming.TensorFlow => $"StatefulPartitionedCall/model/{_scopes.Peek().Replace('.', '/')}/{type}__{++_count}:{output}",
            _ => $"{SlashScope()}/{type}_output_{output}",
        };
        string unique = name;
        while (!_taken.Add(unique))
            unique = $"{name}_{++_count}";
        return unique;
    }

    private string SlashScope() => _scopes.Peek().Length == 0 ? "" : "/" + _scopes.Peek();

    private sealed class Popper(Stack<string> scopes) : IDisposable
    {
        public void Dispose() => scopes.Pop();
    }
}
