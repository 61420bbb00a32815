using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Exact.Folding;

/// <summary>Nodes that give back what they get: Identity, Dropout, a Concat of one, a Cast to the type that is there, a Reshape to the shape that is there.</summary>
public sealed class Idlers : IExactPass
{
    public string Name => "idle nodes";

    public bool KeepsProducts => true;

    public string? Run(GraphFacts facts)
    {
        LabelFlow flow = facts.Shapes;
        int count = 0;
        foreach (Node node in facts.Model.Graph.Nodes.ToArray())
        {
            if (node.Domain.Length > 0 || node.Outputs.Count == 0 || node.Result.IsOutput || node.Outputs.Skip(1).Any(o => o is { Uses.Count: > 0 } or { IsOutput: true }) || !IsIdle(node, flow))
                continue;
            node.Result.ReplaceUsesWith(node.Inputs[0]!);
            count++;
        }
        return count == 0 ? null : $"{count} nodes did nothing";
    }

    private static bool IsIdle(Node node, LabelFlow flow)
    {
        switch (node.OpType)
        {
            case "Identity":
                return true;
            case "Dropout":
                return node.Input(2) is null && node.Int("is_test", 1) != 0;
            case "Concat":
                return node.Inputs.Count == 1;
            case "Cast":
                return node.Inputs[0]!.Constant is { } tensor && (long)tensor.Type == node.Int("to", 1);
            case "Transpose":
                return node.Ints("perm") is { } perm && perm.SequenceEqual(Enumerable.Range(0, perm.Length).Select(i => (long)i));
            case "Reshape":
                Dim[] from = flow.Of(node.Inputs[0]!).Shape, to = flow.Of(node.Result).Shape;
                return from.Length > 0 && from.SequenceEqual(to);
            default:
                return false;
        }
    }
}
