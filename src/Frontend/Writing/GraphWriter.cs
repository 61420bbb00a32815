using SiDT.Frontend.Schema;

namespace SiDT.Frontend.Writing;

/// <summary>The message of a graph, in the order of its nodes and values.</summary>
internal static class GraphWriter
{
    public static GraphProto Write(Graph graph)
    {
        GraphProto proto = graph.Source.Clone();
        foreach (Node node in graph.Nodes)
            proto.Node.Add(Write(node));
        proto.Input.AddRange(graph.Inputs.Select(Info));
        proto.Output.AddRange(graph.Outputs.Select(Info));
        var boundary = new HashSet<Value>(graph.Inputs.Concat(graph.Outputs));
        foreach (Value value in graph.Values)
        {
            if (value.Initializer is { } tensor)
                proto.Initializer.Add(TensorContent.Write(tensor, value.Name));
            if (value.SparseInitializer is { } sparse)
                proto.SparseInitializer.Add(sparse);
            if (value.Info is { } info && !boundary.Contains(value))
                proto.ValueInfo.Add(Info(value));
        }
        return proto;
    }

    private static ValueInfoProto Info(Value value)
    {
        ValueInfoProto info = value.Info?.Clone() ?? new ValueInfoProto();
        info.Name = value.Name;
        return info;
    }

    private static NodeProto Write(Node node)
    {
        NodeProto proto = node.Source?.Clone() ?? new NodeProto();
        if (node.Name.Length > 0 || node.Source is null)
            proto.Name = node.Name;
        proto.OpType = node.OpType;
        if (node.Domain.Length > 0)
            proto.Domain = node.Domain;
        proto.Input.AddRange(node.Inputs.Select(i => i?.Name ?? ""));
        proto.Output.AddRange(node.Outputs.Select(o => o?.Name ?? ""));
        foreach (AttributeProto attribute in node.Attributes.Values)
        {
            if (!node.Subgraphs.TryGetValue(attribute.Name, out Graph? body))
            {
                proto.Attribute.Add(attribute);
                continue;
            }
            AttributeProto copy = attribute.Clone();
            copy.G = Write(body);
            proto.Attribute.Add(copy);
        }
        return proto;
    }
}
