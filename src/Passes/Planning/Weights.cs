using SiDT.Frontend;

namespace SiDT.Passes.Planning;

/// <summary>Which constants of a graph are weights.</summary>
internal static class Weights
{
    /// <summary>
    /// The constants that count as parameters, each once: floating-point or quantised numbers of one axis or more that a node reads from
    /// which an output can be reached. Integers of 32 bits count where they are quantised numbers (biases), shapes and indices never.
    /// </summary>
    public static IReadOnlyList<Value> Of(IReadOnlyList<Node> reachable, Graph graph)
    {
        var seen = new HashSet<Value>(ReferenceEqualityComparer.Instance);
        var weights = new List<Value>();
        foreach (Value value in reachable.SelectMany(n => n.Inputs).Concat(graph.Outputs).OfType<Value>())
        {
            if (value.Constant is { Rank: > 0 } tensor && IsWeight(value, tensor) && seen.Add(value))
                weights.Add(value);
        }
        return weights;
    }

    /// <summary>Nodes from which an output of the graph can be reached, those of bodies included; a body belongs to its node.</summary>
    public static IReadOnlyList<Node> Reachable(Graph graph)
    {
        var found = new List<Node>();
        var seen = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        var open = new Stack<Node>();
        void Mark(Value? value)
        {
            if (value?.Producer is { } producer && seen.Add(producer))
                open.Push(producer);
        }
        foreach (Value output in graph.Outputs)
            Mark(output);
        while (open.TryPop(out Node? node))
        {
            found.Add(node);
            foreach (Value? input in node.Inputs)
                Mark(input);
            foreach (Value output in node.Subgraphs.Values.SelectMany(b => b.Outputs))
                Mark(output);
        }
        return found;
    }

    private static bool IsWeight(Value value, Tensor tensor) =>
        tensor.Type.IsFloating()
        || tensor.Type is ElementType.Int8 or ElementType.UInt8 or ElementType.Int4 or ElementType.UInt4 or ElementType.Int2 or ElementType.UInt2
        || (tensor.Type is ElementType.Int32 or ElementType.Int16 or ElementType.UInt16 && value.Uses.Any(u => u.Node.OpType is "DequantizeLinear" or "QLinearConv"));
}
