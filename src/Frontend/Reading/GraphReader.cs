using SiDT.Frontend.Schema;

namespace SiDT.Frontend.Reading;

/// <summary>Fills a <see cref="Graph"/> from its message, which is used up: its header stays as <see cref="Graph.Source"/>.</summary>
internal sealed class GraphReader(ModelSource source, TensorReader tensors)
{
    /// <summary>Moves everything out of <paramref name="proto"/>, which is the source of <paramref name="graph"/>, into the graph.</summary>
    public void Fill(Graph graph, GraphProto proto)
    {
        AddInputs(graph, Taken(proto.Input));
        AddInitializers(graph, Taken(proto.Initializer));
        AddSparse(graph, Taken(proto.SparseInitializer));
        NodeProto[] nodes = Taken(proto.Node);
        foreach (NodeProto node in nodes)
        {
            foreach (string output in node.Output)
            {
                if (output.Length > 0 && graph.TryAddValue(output) is null)
                    throw source.Error($"the name '{output}' is given to two values, one of them made by {Name(node)}");
            }
        }
        foreach (NodeProto node in nodes)
            AddNode(graph, node);
        AddOutputs(graph, Taken(proto.Output));
        AddInfos(graph, Taken(proto.ValueInfo));
        try
        {
            graph.Sort();
        }
        catch (InvalidOperationException e)
        {
            throw source.Error(e.Message);
        }
    }

    /// <summary>Adds one node; the values it names must be there.</summary>
    public Node AddNode(Graph graph, NodeProto proto)
    {
        if (proto.OpType.Length == 0)
            throw source.Error($"{Name(proto)} does not say which operator it is");
        Value?[] inputs = [.. proto.Input.Select(name => name.Length == 0 ? null : graph.Find(name)
            ?? throw source.Error($"{Name(proto)} reads '{name}', which nothing makes"))];
        Value?[] outputs = [.. proto.Output.Select(name => name.Length == 0 ? null : graph.Find(name))];
        AttributeProto[] attributes = Taken(proto.Attribute);
        proto.Input.Clear();
        proto.Output.Clear();
        Node node = graph.AddWithOutputs(proto.OpType, proto.Domain, proto.Name, inputs, outputs, proto);
        foreach (AttributeProto attribute in attributes)
        {
            if (node.Has(attribute.Name))
                throw source.Error($"{node} has two attributes '{attribute.Name}'");
            AddAttribute(node, attribute);
        }
        return node;
    }

    private void AddAttribute(Node node, AttributeProto attribute)
    {
        GraphProto? body = attribute.G;
        attribute.G = null;
        foreach (TensorProto tensor in MessageTensors.Of(attribute))
            tensors.Settle(tensor, $"the attribute '{attribute.Name}' of {node}");
        attribute.G = body;
        node.Set(attribute);
        if (body is null)
            return;
        var graph = new Graph(node.Graph.Model, node, body);
        node.SetSubgraph(attribute.Name, graph);
        Fill(graph, body);
    }

    private void AddInputs(Graph graph, ValueInfoProto[] inputs)
    {
        foreach (ValueInfoProto input in inputs)
        {
            if (input.Name.Length == 0)
                throw source.Error($"an input of {Name(graph)} has no name");
            Value value = graph.TryAddValue(input.Name) ?? throw source.Error($"the input '{input.Name}' of {Name(graph)} is there twice");
            value.Declare(input);
            graph.Inputs.Add(value);
        }
    }

    private void AddInitializers(Graph graph, TensorProto[] initializers)
    {
        for (int i = 0; i < initializers.Length; i++)
        {
            TensorProto tensor = initializers[i];
            Value value = InitializerValue(graph, tensor.Name, i);
            value.Initializer = tensors.Take(tensor, $"the initializer '{tensor.Name}'");
        }
    }

    private void AddSparse(Graph graph, SparseTensorProto[] initializers)
    {
        for (int i = 0; i < initializers.Length; i++)
        {
            SparseTensorProto sparse = initializers[i];
            string name = sparse.Values?.Name ?? "";
            Value value = InitializerValue(graph, name, i);
            foreach (TensorProto tensor in MessageTensors.Of(sparse))
                tensors.Settle(tensor, $"the sparse initializer '{name}'");
            value.SparseInitializer = sparse;
        }
    }

    private Value InitializerValue(Graph graph, string name, int order)
    {
        if (name.Length == 0)
            throw source.Error($"an initializer of {Name(graph)} has no name");
        Value value = graph.TryAddValue(name) ?? graph.Find(name)!;
        if (value.Initializer is not null || value.SparseInitializer is not null)
            throw source.Error($"the initializer '{name}' of {Name(graph)} is there twice");
        value.Declarations.InitializerOrder = order;
        return value;
    }

    private void AddOutputs(Graph graph, ValueInfoProto[] outputs)
    {
        foreach (ValueInfoProto output in outputs)
        {
            Value? value = graph.Find(output.Name);
            if (value is null || output.Name.Length == 0)
                throw source.Error($"nothing makes the output '{output.Name}' of {Name(graph)}");
            if (value.Graph != graph)
                throw source.Error($"the output '{output.Name}' of {Name(graph)} is made outside of it", "put an Identity node between them");
            if (value.IsOutput && (graph.Owner is null || !(value.Declarations.Output ?? value.Info)!.Equals(output)))
                throw source.Error($"the output '{output.Name}' of {Name(graph)} is there twice");
            if (value.Info is null)
                value.Declare(output);
            else if (!value.Info.Equals(output))
                value.Declarations.Output = output;
            graph.Outputs.Add(value);
        }
    }

    private static void AddInfos(Graph graph, ValueInfoProto[] infos)
    {
        for (int i = 0; i < infos.Length; i++)
        {
            ValueInfoProto info = infos[i];
            Value? value = graph.Find(info.Name);
            if (value is null || value.Graph != graph || value.Declarations.Listed)
            {
                graph.LooseInfos.Add(new LooseInfo(i, info));
                continue;
            }
            value.Declarations.Listed = true;
            value.Declarations.InfoOrder = i;
            if (value.Info is null)
                value.Declare(info);
            else if (!value.Info.Equals(info))
                value.Declarations.Inner = info;
        }
    }

    private static string Name(Graph graph) => graph.Owner is null ? "the graph" : $"a body of {graph.Owner}";

    private static string Name(NodeProto node) =>
        node.Name.Length > 0 ? $"node '{node.Name}' ({node.OpType})" : $"the node that makes '{node.Output.FirstOrDefault(o => o.Length > 0)}' ({node.OpType})";

    private static T[] Taken<T>(Google.Protobuf.Collections.RepeatedField<T> field)
    {
        T[] items = [.. field];
        field.Clear();
        return items;
    }
}
