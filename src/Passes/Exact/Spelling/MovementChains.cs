using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Exact.Spelling;

/// <summary>
/// Chains of movements in as few nodes as they need, at most Reshape, Transpose, Reshape:
/// Squeeze(Transpose(Reshape(x, [0, 197, 1, 3, 64]))) => Transpose(Reshape(x, [0, 197, 3, 64])).
/// </summary>
public sealed class MovementChains : IExactPass
{
    public string Name => "movements";

    public bool KeepsProducts => true;

    public string? Run(GraphFacts facts)
    {
        LabelFlow flow = facts.Shapes;
        int gone = 0;
        foreach (Node node in facts.Model.Graph.Nodes.ToArray())
        {
            // the last of a chain: its result goes to something else, or to several
            if (IsMovement(node) && !node.Result.IsOutput && !(node.Result.Uses is [{ Node: var next, Index: 0 }] && IsMovement(next)))
                gone += Shorten(node, flow);
        }
        return gone == 0 ? null : $"{gone} nodes that move numbers are gone";
    }

    private static bool IsMovement(Node node) => node.Domain.Length == 0 && node.OpType is "Reshape" or "Transpose" or "Squeeze" or "Unsqueeze" or "Flatten";

    private static int Shorten(Node last, LabelFlow flow)
    {
        List<Node> chain = [last];
        while (chain[0].Inputs[0] is { Producer: { } before, IsOutput: false, Uses.Count: 1 } && IsMovement(before))
            chain.Insert(0, before);
        Value source = chain[0].Inputs[0]!;
        Dim[] from = flow.Of(source).Shape, to = flow.Of(last.Result).Shape;
        if (flow.Of(source).IsConstant || from.Length == 0)
            return 0;
        var movement = new Movement(from);
        if (!chain.All(n => movement.Follow(n, flow)))
            return 0;
        (Dim[] apart, long[] perm) = movement.Normal();
        bool turns = !perm.SequenceEqual(Enumerable.Range(0, perm.Length).Select(i => (long)i));
        Dim[] turned = turns ? [.. perm.Select(p => apart[p])] : from;
        // an axis of size one in front of others does not matter to a transposition
        bool reshapesFirst = turns && !apart.SequenceEqual(from), reshapesLast = !turned.SequenceEqual(to);
        int needed = (reshapesFirst ? 1 : 0) + (turns ? 1 : 0) + (reshapesLast ? 1 : 0);
        if (needed >= chain.Count || (reshapesFirst && !IsStated(from, apart)) || (reshapesLast && !IsStated(turned, to)))
            return 0;
        Graph graph = last.Graph;
        string name = last.Result.Name;
        Value value = source;
        if (reshapesFirst)
            value = Reshape(graph, name, value, from, apart);
        if (turns)
            value = graph.Add("Transpose", "", $"{name}_moved", [value]).Set("perm", perm).Result;
        if (reshapesLast)
            value = Reshape(graph, name, value, turned, to);
        last.Result.ReplaceUsesWith(value);
        return chain.Count - needed;
    }

    private static bool IsStated(Dim[] from, Dim[] to) => PlainShapes.Entries(from, to).All(e => e is not null);

    internal static Value Reshape(Graph graph, string name, Value value, Dim[] from, Dim[] to)
    {
        Value shape = graph.NewInitializer($"{name}_shape", Tensor.Vector([.. PlainShapes.Entries(from, to).Select(e => e!.Value)]));
        return graph.Op("Reshape", $"{name}_shaped", value, shape);
    }
}
