namespace SiDT.Frontend;

/// <summary>Finds what the outputs of a graph need, starting from them, and drops the rest. Linear in the size of the graph.</summary>
internal static class GraphSweep
{
    public static void Run(Graph graph)
    {
        foreach (Node node in graph.Nodes)
        {
            foreach (Graph body in node.Subgraphs.Values)
                Run(body);
        }
        HashSet<object?> alive = Alive(graph);
        if (alive.Count < graph.Nodes.Count)
            graph.RemoveAll(graph.Nodes.Where(n => !alive.Contains(n)).ToHashSet(ReferenceEqualityComparer.Instance));
        graph.RemoveValues(v => v.Uses.Count == 0 && v.InputSlots == 0 && v.OutputSlots == 0 && !IsMade(v));
    }

    private static HashSet<object?> Alive(Graph graph)
    {
        var alive = new HashSet<object?>(ReferenceEqualityComparer.Instance);
        var open = new Stack<Node>();
        foreach (Value output in graph.Outputs)
            Mark(output.Producer);
        // A node of ours that another graph's body reads is alive through the node that owns the body: see Reads.
        while (open.TryPop(out Node? node))
        {
            foreach (Value value in Reads(node))
                Mark(value.Producer);
        }
        return alive;

        void Mark(Node? node)
        {
            if (node is not null && node.Graph == graph && alive.Add(node))
                open.Push(node);
        }
    }

    /// <summary>Everything that a node and its bodies read.</summary>
    internal static IEnumerable<Value> Reads(Node node)
    {
        foreach (Value? input in node.Inputs)
        {
            if (input is not null)
                yield return input;
        }
        foreach (Graph body in node.Subgraphs.Values)
        {
            foreach (Value output in body.Outputs)
                yield return output;
            foreach (Node inner in body.Nodes)
            {
                foreach (Value value in Reads(inner))
                    yield return value;
            }
        }
    }

    private static bool IsMade(Value value) => value.Producer is { } producer && producer.Graph == value.Graph && producer.Outputs.Contains(value);
}
