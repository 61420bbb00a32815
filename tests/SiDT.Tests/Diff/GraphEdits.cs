using System.Runtime.InteropServices;
using Google.Protobuf;
using SiDT.Frontend.Schema;

namespace SiDT.Tests.Diff;

/// <summary>
/// Random edits of a message, and what a comparison must say of them: made on messages alone, with nothing of the program. Edits of
/// one graph keep away from each other, so that each has one explanation.
/// </summary>
internal sealed class GraphEdits
{
    public const string Domain = "test.edits";

    private static readonly HashSet<string> s_pointwise = ["Relu", "Erf", "Sigmoid", "Tanh", "Sqrt", "Softmax", "Gelu", "Exp"];

    private readonly Random _random;
    private readonly HashSet<string> _touched = new(StringComparer.Ordinal);
    private Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private int _made;

    public GraphEdits(ModelProto original, int seed)
    {
        _random = new Random(seed);
        Edited = original.Clone();
    }

    public ModelProto Edited { get; }

    public List<string> Done { get; } = [];

    public HashSet<string> Added { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Removed { get; } = new(StringComparer.Ordinal);

    public HashSet<string> ChangedNodes { get; } = new(StringComparer.Ordinal);

    public HashSet<string> ChangedValues { get; } = new(StringComparer.Ordinal);

    public bool IsRenamed { get; private set; }

    private GraphProto Graph => Edited.Graph;

    /// <summary>What added nodes are called after everything was renamed.</summary>
    public IEnumerable<string> AddedNames => Added.Select(n => _names.GetValueOrDefault(n, n));

    public static string NameOf(NodeProto node) => node.Name.Length > 0 ? node.Name : node.Output[0];

    /// <summary>One to three edits, then perhaps other names and another order.</summary>
    public GraphEdits Run()
    {
        Func<bool>[] edits = [ChangeValues, Insert, Remove, Fuse, ChangeAttribute, Exchange, StoreInNode];
        for (int i = _random.Next(0, 4); i > 0; i--)
        {
            Func<bool> edit = edits[_random.Next(edits.Length)];
            if (edit())
                Done.Add(edit.Method.Name);
        }
        if (_random.Next(2) == 0)
            Rename();
        if (_random.Next(2) == 0)
            Shuffle();
        return this;
    }

    private bool ChangeValues()
    {
        TensorProto[] weights = [.. Graph.Initializer.Where(t => t.DataType == 1 && t.HasRawData && t.RawData.Length >= 8 && Readers(t.Name).Any() && Free(t.Name))];
        if (weights.Length == 0)
            return false;
        TensorProto weight = weights[_random.Next(weights.Length)];
        float[] numbers = MemoryMarshal.Cast<byte, float>(weight.RawData.Span).ToArray();
        numbers[_random.Next(numbers.Length)] += 0.25f;
        weight.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(numbers));
        ChangedValues.Add(weight.Name);
        return Touch(weight.Name);
    }

    private bool Insert()
    {
        NodeProto[] readers = [.. Graph.Node.Where(n => n.Input.Count > 0 && Producer(n.Input[0]) is { OpType: not "Constant" and not "Identity" } && FreeAround(n) && n.OpType != "Identity")];
        if (readers.Length == 0)
            return false;
        NodeProto reader = readers[_random.Next(readers.Length)];
        string made = $"inserted_{++_made}";
        var node = new NodeProto { OpType = "Identity", Name = $"Inserted_{_made}" };
        node.Input.Add(reader.Input[0]);
        node.Output.Add(made);
        TouchAround(reader);
        reader.Input[0] = made;
        Graph.Node.Insert(Graph.Node.IndexOf(reader), node);
        Added.Add(node.Name);
        return true;
    }

    private bool Remove()
    {
        NodeProto[] candidates = [.. Graph.Node.Where(n => s_pointwise.Contains(n.OpType) && n.Domain.Length == 0 && !IsOutput(n.Output[0]) && FreeAround(n) && Producer(n.Input[0])?.OpType != n.OpType && ReadersAnywhere(n.Output[0]).All(r => r.OpType != n.OpType) && !ReadInBody(n.Output[0]))];
        if (candidates.Length == 0)
            return false;
        NodeProto gone = candidates[_random.Next(candidates.Length)];
        TouchAround(gone);
        foreach (NodeProto reader in Readers(gone.Output[0]).ToArray())
            Replace(reader, gone.Output[0], gone.Input[0]);
        Graph.Node.Remove(gone);
        Removed.Add(NameOf(gone));
        return true;
    }

    /// <summary>Another operator takes the place of one.</summary>
    private bool Exchange()
    {
        NodeProto[] candidates = [.. Graph.Node.Where(n => s_pointwise.Contains(n.OpType) && n.Domain.Length == 0 && FreeAround(n))];
        if (candidates.Length == 0)
            return false;
        NodeProto gone = candidates[_random.Next(candidates.Length)];
        var node = new NodeProto { OpType = "Exchanged", Domain = Domain, Name = $"Exchanged_{++_made}" };
        node.Input.AddRange(gone.Input);
        node.Output.AddRange(gone.Output);
        TouchAround(gone);
        Graph.Node[Graph.Node.IndexOf(gone)] = node;
        Removed.Add(NameOf(gone));
        Added.Add(node.Name);
        return true;
    }

    /// <summary>Numbers move from an initializer into a Constant node, which is no difference.</summary>
    private bool StoreInNode()
    {
        TensorProto[] weights = [.. Graph.Initializer.Where(t => Graph.Input.All(i => i.Name != t.Name) && Readers(t.Name).Any() && !IsOutput(t.Name) && Free(t.Name))];
        if (weights.Length == 0)
            return false;
        TensorProto weight = weights[_random.Next(weights.Length)];
        var node = new NodeProto { OpType = "Constant", Name = $"Stored_{++_made}" };
        node.Attribute.Add(new AttributeProto { Name = "value", Type = AttributeProto.Types.AttributeType.Tensor, T = weight.Clone() });
        node.Output.Add(weight.Name);
        Graph.Initializer.Remove(weight);
        Graph.Node.Insert(0, node);
        return Touch(weight.Name);
    }

    /// <summary>A product and the bias behind it become one node.</summary>
    private bool Fuse()
    {
        (NodeProto Product, NodeProto Bias)[] pairs = [.. Graph.Node.Where(n => n.OpType == "MatMul" && IsWeight(n.Input[1]) && !IsOutput(n.Output[0]) && FreeAround(n))
            .Select(p => (p, Readers(p.Output[0]).ToArray())).Where(p => p.Item2.Length == 1 && !ReadInBody(p.p.Output[0]) && p.Item2[0].OpType == "Add" && p.Item2[0].Input.Any(IsWeight) && FreeAround(p.Item2[0])).Select(p => (p.p, p.Item2[0]))];
        if (pairs.Length == 0)
            return false;
        (NodeProto product, NodeProto bias) = pairs[_random.Next(pairs.Length)];
        var node = new NodeProto { OpType = "Linear", Domain = Domain, Name = $"Fused_{++_made}" };
        node.Input.AddRange([product.Input[0], product.Input[1], bias.Input.Single(IsWeight)]);
        node.Output.Add(bias.Output[0]);
        TouchAround(product);
        TouchAround(bias);
        Graph.Node.Insert(Graph.Node.IndexOf(bias), node);
        Graph.Node.Remove(product);
        Graph.Node.Remove(bias);
        Removed.UnionWith([NameOf(product), NameOf(bias)]);
        Added.Add(node.Name);
        return true;
    }

    private bool ChangeAttribute()
    {
        NodeProto[] nodes = [.. Graph.Node.Where(n => n.Attribute.Any(a => a.Type == AttributeProto.Types.AttributeType.Float) && n.OpType != "Constant" && FreeAround(n))];
        if (nodes.Length == 0)
            return false;
        NodeProto node = nodes[_random.Next(nodes.Length)];
        node.Attribute.First(a => a.Type == AttributeProto.Types.AttributeType.Float).F += 0.125f;
        ChangedNodes.Add(NameOf(node));
        TouchAround(node);
        return true;
    }

    private void Rename()
    {
        HashSet<string> kept = [.. Graph.Input.Select(i => i.Name), .. Graph.Output.Select(o => o.Name), ""];
        _names = new Dictionary<string, string>(StringComparer.Ordinal);
        string New(string name) => kept.Contains(name) ? name : _names.TryGetValue(name, out string? known) ? known : _names[name] = $"r{_random.NextInt64():x}";
        foreach (GraphProto graph in Graphs(Graph))
        {
            if (graph != Graph)
                kept.UnionWith(graph.Input.Select(i => i.Name));
        }
        foreach (GraphProto graph in Graphs(Graph))
        {
            foreach (TensorProto tensor in graph.Initializer)
                tensor.Name = New(tensor.Name);
            foreach (SparseTensorProto tensor in graph.SparseInitializer)
                tensor.Values.Name = New(tensor.Values.Name);
            foreach (ValueInfoProto info in graph.ValueInfo.Concat(graph == Graph ? [] : graph.Output))
                info.Name = New(info.Name);
            foreach (NodeProto node in graph.Node)
            {
                node.Name = node.Name.Length > 0 ? New(node.Name) : "";
                for (int i = 0; i < node.Input.Count; i++)
                    node.Input[i] = New(node.Input[i]);
                for (int i = 0; i < node.Output.Count; i++)
                    node.Output[i] = New(node.Output[i]);
            }
        }
        IsRenamed = true;
        Done.Add(nameof(Rename));
    }

    /// <summary>Nodes in another order that holds, initializers in any.</summary>
    private void Shuffle()
    {
        List<NodeProto> left = [.. Graph.Node], order = [];
        HashSet<string> made = [.. left.SelectMany(n => n.Output)], ready = [];
        while (left.Count > 0)
        {
            NodeProto[] open = [.. left.Where(n => Reads(n).All(r => !made.Contains(r) || ready.Contains(r)))];
            NodeProto next = open[_random.Next(open.Length)];
            left.Remove(next);
            order.Add(next);
            ready.UnionWith(next.Output);
        }
        Graph.Node.Clear();
        Graph.Node.AddRange(order);
        TensorProto[] tensors = [.. Graph.Initializer.OrderBy(_ => _random.Next())];
        Graph.Initializer.Clear();
        Graph.Initializer.AddRange(tensors);
        Done.Add(nameof(Shuffle));
    }

    private static IEnumerable<GraphProto> Graphs(GraphProto graph) => graph.Node.SelectMany(n => n.Attribute).SelectMany(a => a.G is null ? a.Graphs : a.Graphs.Append(a.G)).SelectMany(Graphs).Append(graph);

    private static IEnumerable<string> Reads(NodeProto node) => node.Input.Concat(node.Attribute.Where(a => a.G is not null).SelectMany(a => Graphs(a.G)).SelectMany(g => g.Node.SelectMany(n => n.Input).Concat(g.Output.Select(o => o.Name))));

    private IEnumerable<NodeProto> Readers(string value) => Graph.Node.Where(n => n.Input.Contains(value));

    private IEnumerable<NodeProto> ReadersAnywhere(string value) => Graphs(Graph).SelectMany(g => g.Node).Where(n => n.Input.Contains(value));

    private bool ReadInBody(string value) => Graph.Node.Any(n => !n.Input.Contains(value) && Reads(n).Contains(value)) || ReadersAnywhere(value).Any(n => !Graph.Node.Contains(n));

    private NodeProto? Producer(string value) => Graph.Node.FirstOrDefault(n => n.Output.Contains(value));

    private bool IsWeight(string value) => Graph.Initializer.Any(t => t.Name == value && t.Dims.Count > 0 && t.Dims.Aggregate(1L, (a, b) => a * b) > 1);

    private bool IsOutput(string value) => Graph.Output.Any(o => o.Name == value);

    private static void Replace(NodeProto node, string from, string to)
    {
        for (int i = 0; i < node.Input.Count; i++)
        {
            if (node.Input[i] == from)
                node.Input[i] = to;
        }
    }

    private bool Free(string value) => !_touched.Contains(value);

    private bool Touch(string value) => _touched.Add(value);

    private bool FreeAround(NodeProto node) => Around(node).All(Free);

    private void TouchAround(NodeProto node) => _touched.UnionWith(Around(node).ToArray());

    /// <summary>Values of a node, of its producers and of its readers.</summary>
    private IEnumerable<string> Around(NodeProto node) => node.Input.Concat(node.Output)
        .Concat(node.Input.Select(Producer).OfType<NodeProto>().SelectMany(n => n.Input)).Concat(node.Output.SelectMany(Readers).SelectMany(n => n.Output)).Where(v => v.Length > 0);
}
