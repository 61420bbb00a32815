using SiDT.Frontend;
using SiDT.Passes.Analysis;

namespace SiDT.Passes.Compensation.Streams;

/// <summary>Places between the nodes of a graph, and the values that cross them.</summary>
internal sealed class Cutlines
{
    // what a size counts for that is not known
    private const long Unknown = 64;

    private readonly (Value Value, int Made, int Read)[] _spans;
    private readonly GraphAnalysis _analysis;
    private readonly Dictionary<Node, int> _position = new(ReferenceEqualityComparer.Instance);

    public Cutlines(GraphAnalysis analysis)
    {
        _analysis = analysis;
        Graph graph = analysis.Graph;
        for (int i = 0; i < graph.Nodes.Count; i++)
            _position[graph.Nodes[i]] = i;
        Count = graph.Nodes.Count;
        var spans = new List<(Value, int, int)>();
        foreach (Value value in graph.Values)
        {
            bool isMade = value.Producer is not null && _position.ContainsKey(value.Producer);
            if ((!isMade && (!value.IsInput || value.Initializer is not null)) || analysis.Of(value).IsConstant)
                continue;
            int last = value.Uses.Select(u => PositionOf(u.Node)).DefaultIfEmpty(-1).Max();
            spans.Add((value, isMade ? _position[value.Producer!] : -1, value.IsOutput ? Count : last));
        }
        _spans = [.. spans];
    }

    /// <summary>Number of nodes; the place behind the last one.</summary>
    public int Count { get; }

    /// <summary>The position of a node, or of the node of the main graph in whose bodies it stands.</summary>
    public int PositionOf(Node node)
    {
        while (!_position.ContainsKey(node))
            node = node.Graph.Owner!;
        return _position[node];
    }

    /// <summary>Values that are made before <paramref name="place"/> and read at it or behind it.</summary>
    public IReadOnlyList<string> Crossing(int place) => [.. _spans.Where(s => s.Made < place && s.Read >= place).Select(s => s.Value.Name)];

    /// <summary>How many numbers cross a place, roughly: sizes that are not known count alike.</summary>
    public double Volume(int place) => _spans.Where(s => s.Made < place && s.Read >= place)
        .Sum(s => _analysis.Of(s.Value).Shape.Aggregate(1.0, (product, d) => product * (d.IsConstant ? d.Value : Unknown)));
}
