using SiDT.Frontend;
using SiDT.Passes.Analysis;

namespace SiDT.Passes.Exact.Demands;

/// <summary>Walks backwards from the outputs and finds for every value the part that somebody reads.</summary>
internal sealed class DemandAnalysis
{
    private readonly LabelFlow _flow;
    private readonly DemandRules _rules;
    private readonly Dictionary<Value, Part?> _wanted = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, Requests> _requests = new(ReferenceEqualityComparer.Instance);

    public DemandAnalysis(Graph graph, LabelFlow flow)
    {
        _flow = flow;
        _rules = new DemandRules(flow);
        foreach (Value output in graph.Outputs)
            _wanted[output] = Part.Whole;
        foreach (Node node in graph.Nodes)
            AskForBodies(node);
        for (int i = graph.Nodes.Count - 1; i >= 0; i--)
            Visit(graph.Nodes[i]);
    }

    public Requests? Of(Node node) => _requests.GetValueOrDefault(node);

    /// <summary>The part in which a value is made; whole for inputs and constants.</summary>
    public Part MadeOf(Value value)
    {
        if (value.Producer is not { } node || !_requests.TryGetValue(node, out Requests? requests))
            return Part.Whole;
        for (int i = 0; i < node.Outputs.Count; i++)
        {
            if (node.Outputs[i] == value)
                return requests.Outputs[i] ?? Part.Whole;
        }
        return Part.Whole;
    }

    // what a body reads from outside is needed as a whole
    private void AskForBodies(Node node)
    {
        foreach (Graph body in node.Subgraphs.Values)
        {
            foreach (Value output in body.Outputs)
                _wanted[output] = Part.Whole;
            foreach (Node inner in body.Nodes)
            {
                foreach (Value? input in inner.Inputs)
                {
                    if (input is not null)
                        _wanted[input] = Part.Whole;
                }
                AskForBodies(inner);
            }
        }
    }

    private void Visit(Node node)
    {
        Part?[] wanted = [.. node.Outputs.Select(o => o is null ? null : Settled(o))];
        if (wanted.All(w => w is null))
            return;
        Requests requests = _rules.Of(node, wanted);
        _requests[node] = requests;
        for (int i = 0; i < node.Inputs.Count; i++)
        {
            if (node.Inputs[i] is { } input && requests.Inputs[i] is { } part)
                _wanted[input] = Part.Join(_wanted.GetValueOrDefault(input), part);
        }
    }

    /// <summary>What all readers together want, once they have all been seen; whole where a part is not worth it.</summary>
    private Part? Settled(Value value)
    {
        Part? part = _wanted.GetValueOrDefault(value);
        if (part is null || part.IsWhole)
            return part;
        bool sizesOnly = value.Uses.Where(u => u.Node.Is("Shape")).All(u => !Reads(u.Node, part.Axis));
        return part.IsWorthwhile && sizesOnly && !_flow.Of(value).IsConstant ? part : Part.Whole;
    }

    /// <summary>Whether a Shape node is asked for the size of an axis.</summary>
    private bool Reads(Node shape, int axis)
    {
        if (!_requests.ContainsKey(shape))
            return false; // nobody reads the sizes
        int rank = _flow.Of(shape.Inputs[0]!).Rank;
        int start = Math.Clamp(Operators.NodeView.Positive(shape.Int("start", 0), rank), 0, rank);
        int end = Math.Clamp(Operators.NodeView.Positive(shape.Int("end", rank), rank), start, rank);
        if (axis < start || axis >= end)
            return false;
        return shape.Result.IsOutput || !shape.Result.Uses.All(u => u.Index == 0 && u.Node.Is("Gather") && u.Node.Inputs[1]!.Constant is { } at
            && !at.ToInt64s().Select(p => p < 0 ? p + (end - start) : p).Contains(axis - start));
    }
}
