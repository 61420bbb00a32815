using SiDT.Frontend.Schema;

namespace SiDT.Frontend.Reading;

/// <summary>Fills a <see cref="Graph"/> from its message.</summary>
internal static class GraphReader
{
    public static void Fill(Graph graph, GraphProto proto, string? folder)
    {
        foreach (ValueInfoProto input in proto.Input)
        {
            Value value = graph.TryAddValue(input.Name) ?? throw new ModelError($"the graph input '{input.Name}' is declared twice");
            value.Info = input;
            graph.Inputs.Add(value);
        }
        foreach (TensorProto tensor in proto.Initializer)
        {
            Value value = graph.TryAddValue(tensor.Name) ?? graph.Find(tensor.Name)!;
            value.Initializer = ReadTensor(tensor, folder);
        }
        foreach (SparseTensorProto sparse in proto.SparseInitializer)
        {
            Value value = graph.TryAddValue(sparse.Values.Name) ?? graph.Find(sparse.Values.Name)!;
            value.SparseInitializer = sparse;
        }
        foreach (NodeProto node in proto.Node)
        {
            foreach (string output in node.Output.Where(o => o.Length > 0))
            {
                if (graph.TryAddValue(output) is null)
                    throw new ModelError($"the name '{output}' is given to two values");
            }
        }
        foreach (NodeProto node in proto.Node)
            Add(graph, node, folder);
        foreach (ValueInfoProto output in proto.Output)
        {
            Value value = graph.Find(output.Name) ?? throw new ModelError($"nothing makes the graph output '{output.Name}'");
            if (value.Graph == graph)
                value.Info = output;
            graph.Outputs.Add(value);
        }
        foreach (ValueInfoProto info in proto.ValueInfo)
        {
            if (graph.Find(info.Name) is { } value && value.Graph == graph)
                value.Info ??= info;
        }
    }

    private static void Add(Graph graph, NodeProto proto, string? folder)
    {
        IEnumerable<Value?> inputs = proto.Input.Select(name => name.Length == 0 ? null : graph.Find(name)
            ?? throw new ModelError($"node '{proto.Name}' ({proto.OpType}) reads '{name}', which nothing makes"));
        IEnumerable<Value?> outputs = proto.Output.Select(name => name.Length == 0 ? null : graph.Find(name));
        NodeProto header = proto.Clone();
        header.Input.Clear();
        header.Output.Clear();
        header.Attribute.Clear();
        Node node = graph.AddWithOutputs(proto.OpType, proto.Domain, proto.Name, inputs.ToArray(), outputs.ToArray(), header);
        foreach (AttributeProto attribute in proto.Attribute)
        {
            node.Set(attribute);
            if (attribute.G is null)
                continue;
            var body = new Graph(graph.Model, node, ModelReader.Header(attribute.G));
            node.SetSubgraph(attribute.Name, body);
            Fill(body, attribute.G, folder);
        }
    }

    private static Tensor ReadTensor(TensorProto proto, string? folder)
    {
        if (proto.DataLocation != TensorProto.Types.DataLocation.External)
            return TensorContent.Read(proto);
        Dictionary<string, string> entries = proto.ExternalData.ToDictionary(e => e.Key, e => e.Value);
        using FileStream stream = File.OpenRead(Path.Combine(folder!, entries["location"]));
        long offset = long.Parse(entries.GetValueOrDefault("offset") ?? "0");
        long length = entries.TryGetValue("length", out string? text) ? long.Parse(text) : stream.Length - offset;
        stream.Position = offset;
        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        return new Tensor((ElementType)proto.DataType, [.. proto.Dims], new ManagedStorage(bytes), TensorContent.WithoutData(proto));
    }
}
