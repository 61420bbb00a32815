using SiDT.Frontend;

namespace SiDT.Backend.Diff;

/// <summary>What stands at an input of a node.</summary>
internal enum OperandKind
{
    /// <summary>An optional input that is left out.</summary>
    None,

    /// <summary>An input of the graph, or of a body.</summary>
    Input,

    /// <summary>An initializer, or the output of a Constant node: how a file holds its numbers is no difference.</summary>
    Tensor,

    /// <summary>What another node makes.</summary>
    Node,
}

/// <param name="Kind">What stands there.</param>
/// <param name="Value">The value; null for <see cref="OperandKind.None"/>.</param>
/// <param name="Node">Number of the node that makes it.</param>
/// <param name="Slot">Which of its outputs.</param>
internal readonly record struct Operand(OperandKind Kind, Value? Value, int Node = -1, int Slot = 0);

/// <param name="Node">Number of the node that reads.</param>
/// <param name="Index">At which of its operands.</param>
internal readonly record struct Reading(int Node, int Index);

/// <summary>
/// A graph as it is compared: nodes of the graph and of its bodies in one list, in the order of a walk from the outputs, which
/// the order in the file has no influence on. Outputs of bodies are operands of the node that owns the body.
/// </summary>
internal sealed class GraphView
{
    private const int MostArguments = 64;

    private readonly List<Node> _nodes = [];
    private readonly Dictionary<Node, int> _numbers = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, List<Reading>> _readings = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, (Node? Owner, int Index)> _inputs = new(ReferenceEqualityComparer.Instance);

    public GraphView(Model model)
    {
        Model = model;
        Number(model.Graph, null);
        Operands = [.. _nodes.Select(n => OperandsOf(n).ToArray())];
        var tensors = new HashSet<Value>(ReferenceEqualityComparer.Instance);
        for (int n = 0; n < _nodes.Count; n++)
        {
            for (int i = 0; i < Operands[n].Length; i++)
            {
                if (Operands[n][i].Value is not { } value)
                    continue;
                if (!_readings.TryGetValue(value, out List<Reading>? readings))
                    _readings[value] = readings = [];
                readings.Add(new Reading(n, i));
                if (Operands[n][i].Kind == OperandKind.Tensor)
                    tensors.Add(value);
            }
        }
        foreach (Value output in model.Graph.Outputs.Where(o => o.Constant is not null))
            tensors.Add(output);
        // an initializer that nothing reads is in the file all the same
        foreach (Value initializer in model.Graph.Initializers)
            tensors.Add(initializer);
        Tensors = [.. tensors];
    }

    public Model Model { get; }

    /// <summary>All nodes but Constant ones.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>For each node its inputs, then the outputs of its bodies.</summary>
    public Operand[][] Operands { get; }

    /// <summary>Initializers and constants, each once.</summary>
    public IReadOnlyList<Value> Tensors { get; }

    /// <summary>Who reads a value.</summary>
    public IReadOnlyList<Reading> ReadingsOf(Value value) => _readings.GetValueOrDefault(value) ?? [];

    /// <summary>The number of a node.</summary>
    public int NumberOf(Node node) => _numbers[node];

    /// <summary>Which input of which graph a value is; the owner of the main graph is null.</summary>
    public (Node? Owner, int Index) InputPlace(Value value) => _inputs.GetValueOrDefault(value, (null, -1));

    /// <summary>
    /// Whether a constant is an argument of the nodes that read it, like an attribute: a shape, a list of axes, a single number.
    /// Older operator sets have attributes where newer ones have such inputs.
    /// </summary>
    public static bool IsArgument(Value value) => value.Constant is { } tensor && (tensor.Type.IsFloating() ? tensor.Count <= 1 : tensor.Count <= MostArguments);

    private void Number(Graph graph, Node? owner)
    {
        Note(graph, owner);
        var done = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        foreach (Value output in graph.Outputs)
            Visit(output.Producer, done);
        foreach (Node node in AllNodes(graph))
            Visit(node, done);
    }

    private void Note(Graph graph, Node? owner)
    {
        for (int i = 0; i < graph.Inputs.Count; i++)
            _inputs[graph.Inputs[i]] = (owner, i);
        foreach (Node node in graph.Nodes)
        {
            foreach (Graph body in node.Subgraphs.Values)
                Note(body, node);
        }
    }

    // operands before the node, without recursion: graphs are deep
    private void Visit(Node? root, HashSet<Node> done)
    {
        if (root is null || !done.Add(root))
            return;
        var stack = new Stack<(Node Node, IEnumerator<Node> Before)>();
        stack.Push((root, Before(root).GetEnumerator()));
        while (stack.TryPeek(out (Node Node, IEnumerator<Node> Before) top))
        {
            if (top.Before.MoveNext())
            {
                Node next = top.Before.Current;
                if (done.Add(next))
                    stack.Push((next, Before(next).GetEnumerator()));
                continue;
            }
            stack.Pop();
            if (!IsConstant(top.Node))
            {
                _numbers[top.Node] = _nodes.Count;
                _nodes.Add(top.Node);
            }
        }
    }

    private static IEnumerable<Node> Before(Node node) =>
        node.Inputs.Concat(BodyOutputs(node)).Select(v => v?.Producer).OfType<Node>();

    private static IEnumerable<Value?> BodyOutputs(Node node) =>
        node.Subgraphs.OrderBy(s => s.Key, StringComparer.Ordinal).SelectMany(s => s.Value.Outputs);

    private static IEnumerable<Node> AllNodes(Graph graph) =>
        graph.Nodes.SelectMany(n => n.Subgraphs.Values.SelectMany(AllNodes).Append(n));

    private static bool IsConstant(Node node) => node.ConstantTensor is not null;

    private IEnumerable<Operand> OperandsOf(Node node) => node.Inputs.Concat(BodyOutputs(node)).Select(Of);

    private Operand Of(Value? value)
    {
        if (value is null)
            return new Operand(OperandKind.None, null);
        if (value.Constant is not null)
            return new Operand(OperandKind.Tensor, value);
        if (value.Producer is not { } producer || !_numbers.TryGetValue(producer, out int number))
            return new Operand(OperandKind.Input, value);
        return new Operand(OperandKind.Node, value, number, IndexOf(producer.Outputs, value));
    }

    private static int IndexOf(IReadOnlyList<Value?> values, Value value)
    {
        for (int i = 0; i < values.Count; i++)
        {
            if (values[i] == value)
                return i;
        }
        return -1;
    }
}
