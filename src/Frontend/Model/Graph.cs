using SiDT.Frontend.Schema;

namespace SiDT.Frontend;

/// <summary>
/// Nodes in topological order and the values between them; the main graph of a model or a body of control flow.
/// A body reads values of the graphs around it directly.
/// </summary>
public sealed class Graph
{
    private readonly List<Node> _nodes = [];
    private Dictionary<string, Value> _values = new(StringComparer.Ordinal);
    /// <summary>How often a name was taken already; copied with a graph, so that the same changes of two copies make the same names.</summary>
    internal int NamesMade { get; set; }

    internal Graph(Model model, Node? owner, GraphProto source)
    {
        Model = model;
        Owner = owner;
        Source = source;
        Inputs = new ValueList(this, inputs: true);
        Outputs = new ValueList(this, inputs: false);
    }

    public Model Model { get; }

    /// <summary>The node whose body this is; null for the main graph.</summary>
    public Node? Owner { get; }

    public Graph? Outer => Owner?.Graph;

    /// <summary>The message without nodes, tensors, inputs, outputs and value infos.</summary>
    public GraphProto Source { get; }

    public IReadOnlyList<Node> Nodes => _nodes;

    public ValueList Inputs { get; }

    public ValueList Outputs { get; }

    /// <summary>All values that belong to this graph (not those of outer graphs).</summary>
    public IReadOnlyCollection<Value> Values => _values.Values;

    public IEnumerable<Value> Initializers => _values.Values.Where(v => v.Initializer is not null);

    /// <summary>Value infos of the file about names that no value of this graph has, or that are said twice.</summary>
    internal List<LooseInfo> LooseInfos { get; } = [];

    /// <summary>The value of that name in this graph or around it.</summary>
    public Value? Find(string name) => _values.GetValueOrDefault(name) ?? Outer?.Find(name);

    /// <summary>A value with exactly this name; null if the name is taken in this graph.</summary>
    public Value? TryAddValue(string name)
    {
        var value = new Value(this, name);
        if (!_values.TryAdd(name, value))
            return null;
        Model.Names.Take(name);
        return value;
    }

    /// <summary>A new value whose name starts with <paramref name="hint"/> and is used nowhere in the model.</summary>
    public Value NewValue(string hint)
    {
        string name = hint;
        while (Model.Names.IsTaken(name))
            name = $"{hint}_{++NamesMade}";
        return TryAddValue(name)!;
    }

    /// <summary>A new initializer.</summary>
    public Value NewInitializer(string hint, Tensor tensor)
    {
        Value value = NewValue(hint);
        value.Initializer = tensor;
        return value;
    }

    /// <summary>Appends a node with new outputs; call <see cref="Sort"/> when all are added.</summary>
    public Node Add(string opType, string domain, string name, IEnumerable<Value?> inputs, int outputs = 1)
    {
        // named like its first output, which is unique
        Value first = NewValue(name);
        Node node = AddWithOutputs(opType, domain, first.Name, inputs, [first]);
        for (int i = 1; i < outputs; i++)
            node.AddOutput(NewValue($"{name}.{i}"));
        return node;
    }

    /// <summary>Appends a node like another one, which may be of another graph, with inputs of its own and a new output for each that the other has.</summary>
    public Node AddLike(Node like, string name, IEnumerable<Value?> inputs)
    {
        Node node = Add(like.OpType, like.Domain, name, inputs, like.Outputs.Count).SetAs(like);
        for (int i = 0; i < like.Outputs.Count; i++)
        {
            if (like.Outputs[i] is null)
                node.SetOutput(i, null);
        }
        return node;
    }

    /// <summary>Appends a standard operator with one new output and returns that output.</summary>
    public Value Op(string opType, string name, params Value?[] inputs) => Add(opType, "", name, inputs).Result;

    public Node AddWithOutputs(string opType, string domain, string name, IEnumerable<Value?> inputs, IEnumerable<Value?> outputs, NodeProto? source = null)
    {
        var node = new Node(this, opType, domain, name, source);
        int i = 0;
        foreach (Value? input in inputs)
            node.SetInput(i++, input);
        foreach (Value? output in outputs)
            node.AddOutput(output);
        _nodes.Add(node);
        return node;
    }

    /// <summary>Removes nodes and their reads; their outputs stay as values without a producer until <see cref="Sweep"/>.</summary>
    public void Remove(Predicate<Node> condition) =>
        RemoveAll(_nodes.Where(n => condition(n)).ToHashSet(ReferenceEqualityComparer.Instance));

    /// <summary>Removes one node.</summary>
    public void Remove(Node node)
    {
        node.Detach();
        _nodes.Remove(node);
    }

    /// <summary>Gives a value of this graph another name.</summary>
    /// <exception cref="ArgumentException">The name is taken in this graph.</exception>
    public void Rename(Value value, string name)
    {
        if (name == value.Name)
            return;
        if (_values.ContainsKey(name))
            throw new ArgumentException($"the name '{name}' is taken", nameof(name));
        _values.Remove(value.Name);
        Model.Names.Release(value.Name);
        value.Name = name;
        _values[name] = value;
        Model.Names.Take(name);
    }

    /// <summary>Drops nodes nobody reads, then values (initializers too) that are neither read nor inputs or outputs.</summary>
    public void Sweep() => GraphSweep.Run(this);

    /// <summary>Restores topological order, keeping the present order where it already holds.</summary>
    /// <exception cref="InvalidOperationException">The nodes form a cycle.</exception>
    public void Sort()
    {
        foreach (Graph body in _nodes.SelectMany(n => n.Subgraphs.Values))
            body.Sort();
        List<Node> sorted = GraphSort.Run(_nodes);
        _nodes.Clear();
        _nodes.AddRange(sorted);
    }

    internal void RemoveAll(HashSet<object?> nodes)
    {
        if (nodes.Count == 0)
            return;
        foreach (Node node in _nodes)
        {
            if (nodes.Contains(node))
                node.Detach();
        }
        _nodes.RemoveAll(nodes.Contains);
    }

    /// <summary>Drops values, keeping the order of the others.</summary>
    internal void RemoveValues(Predicate<Value> condition)
    {
        var kept = new Dictionary<string, Value>(_values.Count, StringComparer.Ordinal);
        foreach (Value value in _values.Values)
        {
            if (condition(value))
                Model.Names.Release(value.Name);
            else
                kept.Add(value.Name, value);
        }
        _values = kept;
    }
}
