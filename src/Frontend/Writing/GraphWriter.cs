using SiDT.Frontend.Schema;

namespace SiDT.Frontend.Writing;

/// <summary>The message of a graph, in the order of its nodes and values; what came from a file keeps the order it had there.</summary>
internal sealed class GraphWriter(TensorPlacement placement)
{
    public GraphProto Write(Graph graph)
    {
        GraphProto proto = graph.Source.Clone();
        foreach (Node node in graph.Nodes)
            proto.Node.Add(Write(node));
        proto.Input.AddRange(graph.Inputs.Select(v => Named(v.Info, v.Name)));
        proto.Output.AddRange(graph.Outputs.Select(v => Named(v.Declarations.Output ?? v.Info, v.Name)));
        foreach (Value value in graph.Values.Where(v => v.Initializer is not null).OrderBy(v => v.Declarations.InitializerOrder))
            proto.Initializer.Add(placement.Place(value.Initializer!, value.Name));
        foreach (Value value in graph.Values.Where(v => v.SparseInitializer is not null).OrderBy(v => v.Declarations.InitializerOrder))
            proto.SparseInitializer.Add(Sparse(value.SparseInitializer!, value.Name));
        proto.ValueInfo.AddRange(Infos(graph).OrderBy(i => i.Order).Select(i => i.Info));
        return proto;
    }

    private static IEnumerable<LooseInfo> Infos(Graph graph)
    {
        foreach (LooseInfo loose in graph.LooseInfos)
        {
            // A second statement about a value whose type or shape has changed since would contradict the first.
            if (graph.Find(loose.Info.Name) is not { } value || value.Graph != graph || !value.Declarations.Replaced)
                yield return loose;
        }
        foreach (Value value in graph.Values)
        {
            bool listed = value.Declarations.Listed || (!value.IsInput && !value.IsOutput);
            if (listed && (value.Declarations.Inner ?? value.Info) is { } info)
                yield return new LooseInfo(value.Declarations.InfoOrder, Named(info, value.Name));
        }
    }

    private static ValueInfoProto Named(ValueInfoProto? info, string name)
    {
        if (info?.Name == name)
            return info;
        ValueInfoProto copy = info?.Clone() ?? new ValueInfoProto();
        copy.Name = name;
        return copy;
    }

    private SparseTensorProto Sparse(SparseTensorProto sparse, string name)
    {
        SparseTensorProto copy = sparse.Clone();
        if (copy.Values.Name != name)
            copy.Values.Name = name;
        placement.PlaceAll(Reading.MessageTensors.Of(copy));
        return copy;
    }

    private NodeProto Write(Node node)
    {
        NodeProto proto = node.Source?.Clone() ?? new NodeProto { Name = node.Name };
        if (proto.Name != node.Name)
            proto.Name = node.Name;
        if (proto.OpType != node.OpType)
            proto.OpType = node.OpType;
        if ((proto.Domain == "ai.onnx" ? "" : proto.Domain) != node.Domain)
            proto.Domain = node.Domain;
        proto.Input.AddRange(node.Inputs.Select(i => i?.Name ?? ""));
        proto.Output.AddRange(node.Outputs.Select(o => o?.Name ?? ""));
        foreach (AttributeProto attribute in node.Attributes.Values)
        {
            if (!node.Subgraphs.TryGetValue(attribute.Name, out Graph? body))
            {
                proto.Attribute.Add(placement.Place(attribute));
                continue;
            }
            AttributeProto copy = placement.Place(attribute).Clone();
            copy.G = Write(body);
            proto.Attribute.Add(copy);
        }
        return proto;
    }
}
