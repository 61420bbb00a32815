using SiDT.Frontend.Reading;
using SiDT.Frontend.Schema;
using SiDT.Frontend.Writing;

namespace SiDT.Frontend.Functions;

/// <summary>One call of a function: adds the nodes of its body behind those of the graph that the call is in.</summary>
internal sealed class FunctionCall(Node call, FunctionProto function, string scope, ModelSource source, GraphReader reader)
{
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GraphProto> _bodies = new(StringComparer.Ordinal);

    /// <summary>The new nodes. The call is detached: what it made is now made by them.</summary>
    public IReadOnlyList<Node> Expand()
    {
        Value?[] inputs = [.. call.Inputs];
        Value?[] outputs = [.. call.Outputs];
        if (inputs.Length > function.Input.Count || outputs.Length > function.Output.Count)
            throw Error($"is called by {call} with {inputs.Length} inputs and {outputs.Length} outputs, but has {function.Input.Count} and {function.Output.Count}");
        if (function.Node.SelectMany(n => n.Output).GroupBy(o => o).FirstOrDefault(g => g.Key.Length > 0 && (g.Count() > 1 || function.Input.Contains(g.Key))) is { } twice)
            throw Error($"makes '{twice.Key}' twice");
        NodeProto[] body = [.. function.Node.Select(n => n.Clone())];
        foreach ((string name, Graph graph) in call.Subgraphs)
            _bodies[name] = new GraphWriter(new TensorPlacement()).Write(graph);
        call.Detach();
        for (int i = 0; i < function.Input.Count; i++)
            _names[function.Input[i]] = i < inputs.Length ? inputs[i]?.Name ?? "" : "";
        for (int i = 0; i < outputs.Length; i++)
        {
            if (outputs[i] is not null)
                _names.TryAdd(function.Output[i], outputs[i]!.Name);
        }
        foreach (string name in body.SelectMany(n => n.Output))
        {
            if (name.Length > 0 && !_names.ContainsKey(name))
                _names[name] = call.Graph.NewValue($"{scope}/{name}").Name;
        }

        var added = new List<Node>();
        var renaming = new MessageRenaming(scope, name => _names.GetValueOrDefault(name) ?? $"{scope}/{name}");
        foreach (NodeProto node in body)
        {
            renaming.Rename(node);
            SetAttributes(node);
            added.Add(reader.AddNode(call.Graph, node));
        }
        AddPassedThrough(outputs, added);
        AddInfos();
        return added;
    }

    /// <summary>A function may return one of its inputs, or one value twice.</summary>
    private void AddPassedThrough(Value?[] outputs, List<Node> added)
    {
        for (int i = 0; i < outputs.Length; i++)
        {
            if (outputs[i] is not { Producer: null } output)
                continue;
            string name = function.Output[i];
            if (!_names.TryGetValue(name, out string? actual) || actual == output.Name || call.Graph.Find(actual) is not { } made)
                throw Error($"does not make its output '{name}'");
            added.Add(call.Graph.AddWithOutputs("Identity", "", $"{scope}/{name}", [made], [output]));
        }
    }

    private void AddInfos()
    {
        foreach (ValueInfoProto info in function.ValueInfo)
        {
            if (!_names.TryGetValue(info.Name, out string? name) || call.Graph.Find(name) is not { Info: null } value || value.Graph != call.Graph)
                continue;
            ValueInfoProto copy = info.Clone();
            copy.Name = name;
            value.Declare(copy);
        }
    }

    /// <summary>Replaces attributes that refer to parameters of the function: by what the call says, else by the default, else by nothing.</summary>
    private void SetAttributes(NodeProto node)
    {
        for (int i = node.Attribute.Count - 1; i >= 0; i--)
        {
            AttributeProto attribute = node.Attribute[i];
            if (attribute.RefAttrName.Length > 0)
            {
                if (Argument(attribute.RefAttrName) is { } argument)
                {
                    argument.Name = attribute.Name;
                    node.Attribute[i] = argument;
                }
                else
                {
                    node.Attribute.RemoveAt(i);
                }
                continue;
            }
            if (attribute.G is not null)
                SetAttributes(attribute.G);
            foreach (GraphProto graph in attribute.Graphs)
                SetAttributes(graph);
        }
    }

    private void SetAttributes(GraphProto graph)
    {
        foreach (NodeProto node in graph.Node)
            SetAttributes(node);
    }

    private AttributeProto? Argument(string name)
    {
        if (!call.Attributes.TryGetValue(name, out AttributeProto? given))
            return function.AttributeProto.FirstOrDefault(a => a.Name == name)?.Clone();
        AttributeProto argument = given.Clone();
        if (_bodies.TryGetValue(name, out GraphProto? body))
        {
            // A graph that the caller passes in may be put into several places: what it makes is renamed, what it reads is not.
            argument.G = body.Clone();
            HashSet<string> defined = MessageRenaming.Defined(argument.G);
            new MessageRenaming(scope, n => defined.Contains(n) ? $"{scope}/{n}" : n).Rename(argument.G);
        }
        return argument;
    }

    private ModelError Error(string fault) => source.Error($"the function '{function.Name}' of '{function.Domain}' {fault}");
}
