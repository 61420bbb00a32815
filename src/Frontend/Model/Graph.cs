using SiDT.Frontend.Schema;

namespace SiDT.Frontend;

/// <summary>
/// Nodes in topological order and the values between them; the main graph of a model or a body of control flow.
/// A body reads values of the graphs around it directly.
/// </summary>
public sealed class Graph
{
    private readonly List<Node> _nodes = [];
    private readonly Dictionary<string, Value> _values = new(StringComparer.Ordinal);
    private int _fresh;

    internal Graph(Model model, Node? owner, GraphProto source)
    {
        Model = model;
        Owner = owner;
        Source = source;
    }

    public Model Model { get; }

    /// <summary>The node whose body this is; null for the main graph.</summary>
    public Node? Owner { get; }

    public Graph? Outer => Owner?.Graph;

    /// <summary>The message without nodes, tensors, inputs, outputs and value infos.</summary>
    public GraphProto Source { get; }

    public IReadOnlyList<Node> Nodes => _nodes;

    public List<Value> Inputs { get; } = [];

    public List<Value> Outputs { get; } = [];

    /// <summary>All values that belong to this graph (not those of outer graphs).</summary>
    public IReadOnlyCollection<Value> Values => _values.Values;

    public IEnumerable<Value> Initializers => _values.Values.Where(v => v.Initializer is not null);

    /// <summary>The value of that name in this graph or around it.</summary>
    public Value? Find(string name) => _values.GetValueOrDefault(name) ?? Outer?.Find(name);

    /// <summary>A value with exactly this name; null if the name is taken in this graph.</summary>
    public Value? TryAddValue(string name)
    {
        var value = new Value(this, name);
        return _values.TryAdd(name, value) ? value : null;
    }

    /// <summary>A new value whose name starts with <paramref name="hint"/> and is used nowhere.</summary>
    public Value NewValue(string hint)
    {
        string name = hint;
        while (IsTaken(name))
            name = $"{hint}_{++_fresh}";
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
        Node node = AddWithOutputs(opType, domain, name, inputs, []);
        for (int i = 0; i < outputs; i++)
            node.AddOutput(NewValue(name + (i == 0 ? "" : $".{i}")));
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
    public void Remove(Predicate<Node> condition)
    {
        foreach (Node node in _nodes.Where(n => condition(n)).ToArray())
            node.Detach();
        _nodes.RemoveAll(n => condition(n) || (n.Inputs.Count == 0 && n.Outputs.All(o => o is null || o.Producer != n) && n.Outputs.Count > 0));
    }

    /// <summary>Removes one node.</summary>
    public void Remove(Node node)
    {
        node.Detach();
        _nodes.Remove(node);
    }

    /// <summary>Drops nodes nobody reads, then values (initializers too) that are neither read nor inputs or outputs.</summary>
    public void Sweep()
    {
        for (int i = _nodes.Count - 1; i >= 0; i--)
        {
            Node node = _nodes[i];
            foreach (Graph body in node.Subgraphs.Values)
                body.Sweep();
            if (node.Outputs.All(o => o is null || (o.Uses.Count == 0 && !o.IsOutput)))
            {
                node.Detach();
                _nodes.RemoveAt(i);
            }
        }
        foreach (Value value in _values.Values.ToArray())
        {
            if (value.Uses.Count == 0 && !Inputs.Contains(value) && !Outputs.Contains(value) && (value.Producer is null || value.Producer.Graph != this || !value.Producer.Outputs.Contains(value)))
                _values.Remove(value.Name);
        }
    }

    /// <summary>Restores topological order, keeping the present order where it already holds.</summary>
    /// <exception cref="InvalidOperationException">The nodes form a cycle.</exception>
    public void Sort()
    {
        var state = new Dictionary<Node, bool>(ReferenceEqualityComparer.Instance); // false: open, true: done
        var sorted = new List<Node>(_nodes.Count);
        var stack = new Stack<(Node Node, IEnumerator<Node> Before)>();
        foreach (Node root in _nodes)
        {
            if (state.ContainsKey(root))
                continue;
            state[root] = false;
            stack.Push((root, Before(root).GetEnumerator()));
            while (stack.Count > 0)
            {
                (Node node, IEnumerator<Node> before) = stack.Peek();
                if (before.MoveNext())
                {
                    Node next = before.Current;
                    if (!state.TryGetValue(next, out bool done))
                    {
                        state[next] = false;
                        stack.Push((next, Before(next).GetEnumerator()));
                    }
                    else if (!done)
                    {
                        throw new InvalidOperationException($"the graph has a cycle through {next}");
                    }
                }
                else
                {
                    state[node] = true;
                    sorted.Add(node);
                    stack.Pop();
                }
            }
        }
        _nodes.Clear();
        _nodes.AddRange(sorted);
    }

    /// <summary>The nodes of this graph that make what <paramref name="node"/> and its bodies read.</summary>
    private IEnumerable<Node> Before(Node node)
    {
        foreach (Value? input in node.Inputs)
        {
            if (input?.Producer is { } producer && producer.Graph == this)
                yield return producer;
        }
        foreach (Graph body in node.Subgraphs.Values)
        {
            foreach (Value output in body.Outputs)
            {
                if (output.Producer is { } producer && producer.Graph == this)
                    yield return producer;
            }
            foreach (Node inner in body.Nodes)
            {
                foreach (Node outer in Before(inner))
                    yield return outer;
            }
        }
    }

    internal void Rename(Value value, string name)
    {
        _values.Remove(value.Name);
        value.Name = name;
        _values[name] = value;
    }

    private bool IsTaken(string name)
    {
        for (Graph? graph = this; graph is not null; graph = graph.Outer)
        {
            if (graph._values.ContainsKey(name))
                return true;
        }
        return false;
    }
}
