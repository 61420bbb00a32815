using Google.Protobuf.Collections;
using SiDT.Frontend.Schema;

namespace SiDT.Frontend.Functions;

/// <summary>
/// Gives every value that a message names another name, in bodies of control flow too, and puts the scope before the names of
/// nodes. Left-out values stay left out, nameless nodes nameless.
/// </summary>
internal sealed class MessageRenaming(string scope, Func<string, string> rename)
{
    public void Rename(NodeProto node)
    {
        Rename(node.Input);
        Rename(node.Output);
        if (node.Name.Length > 0)
            node.Name = $"{scope}/{node.Name}";
        foreach (AttributeProto attribute in node.Attribute)
        {
            if (attribute.G is not null)
                Rename(attribute.G);
            foreach (GraphProto graph in attribute.Graphs)
                Rename(graph);
        }
    }

    public void Rename(GraphProto graph)
    {
        foreach (ValueInfoProto info in graph.Input.Concat(graph.Output).Concat(graph.ValueInfo))
            info.Name = New(info.Name);
        foreach (TensorProto tensor in graph.Initializer.Concat(graph.SparseInitializer.Where(s => s.Values is not null).Select(s => s.Values)))
            tensor.Name = New(tensor.Name);
        foreach (TensorAnnotation annotation in graph.QuantizationAnnotation)
            Rename(annotation);
        foreach (NodeProto node in graph.Node)
            Rename(node);
    }

    /// <summary>The names that a graph gives to its own values, and its bodies to theirs.</summary>
    public static HashSet<string> Defined(GraphProto graph)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        Collect(graph, names);
        return names;
    }

    private static void Collect(GraphProto graph, HashSet<string> names)
    {
        names.UnionWith(graph.Input.Select(i => i.Name));
        names.UnionWith(graph.Initializer.Select(i => i.Name));
        names.UnionWith(graph.SparseInitializer.Select(s => s.Values?.Name ?? ""));
        foreach (NodeProto node in graph.Node)
        {
            names.UnionWith(node.Output);
            foreach (GraphProto body in node.Attribute.Where(a => a.G is not null).Select(a => a.G))
                Collect(body, names);
        }
    }

    private void Rename(TensorAnnotation annotation)
    {
        annotation.TensorName = New(annotation.TensorName);
        foreach (StringStringEntryProto parameter in annotation.QuantParameterTensorNames)
            parameter.Value = New(parameter.Value);
    }

    private void Rename(RepeatedField<string> names)
    {
        for (int i = 0; i < names.Count; i++)
            names[i] = New(names[i]);
    }

    private string New(string name) => name.Length == 0 ? name : rename(name);
}
