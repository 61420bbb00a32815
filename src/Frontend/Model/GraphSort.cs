namespace SiDT.Frontend;

/// <summary>Topological order by depth-first search; nodes that are in order already stay where they are.</summary>
internal static class GraphSort
{
    public static List<Node> Run(IReadOnlyList<Node> nodes)
    {
        var done = new Dictionary<Node, bool>(nodes.Count, ReferenceEqualityComparer.Instance); // false while its inputs are looked at
        var sorted = new List<Node>(nodes.Count);
        var stack = new Stack<(Node Node, IEnumerator<Value> Reads)>();
        foreach (Node root in nodes)
        {
            if (!done.TryAdd(root, false))
                continue;
            stack.Push((root, GraphSweep.Reads(root).GetEnumerator()));
            while (stack.Count > 0)
            {
                (Node node, IEnumerator<Value> reads) = stack.Peek();
                if (!reads.MoveNext())
                {
                    done[node] = true;
                    sorted.Add(node);
                    stack.Pop();
                    continue;
                }
                Node? producer = reads.Current.Producer;
                if (producer is null || producer.Graph != root.Graph)
                    continue;
                if (done.TryAdd(producer, false))
                    stack.Push((producer, GraphSweep.Reads(producer).GetEnumerator()));
                else if (!done[producer])
                    throw new InvalidOperationException($"the graph has a cycle through {producer}");
            }
        }
        return sorted;
    }
}
