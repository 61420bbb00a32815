using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Normalization;

/// <summary>
/// x + 0 => x where several nodes read the zeros. Exporters store equal tensors once, so that biases which are zero are one initializer for all
/// layers: units of different layers would have to go together for nothing.
/// </summary>
public sealed class SharedZeros : INormalization
{
    public bool Run(GraphFacts facts)
    {
        (Node Node, int Index, Tensor Zeros)[] sums = [.. In(facts.Model.Graph)];
        if (sums.Length == 0)
            return false;
        LabelFlow flow = facts.Shapes;
        bool changed = false;
        foreach ((Node node, int index, _) in sums)
            changed |= node.Is("Add") ? Skip(node, node.Inputs[1 - index], flow) : Drop(node, index);
        return changed;
    }

    /// <summary>Nodes of a graph that add zeros which others read, too, and at which input they do.</summary>
    public static IEnumerable<(Node Node, int Index, Tensor Zeros)> In(Graph graph) =>
        graph.Nodes.SelectMany(n => Addends(n).Select(i => (Node: n, Index: i, Zeros: ZerosOf(n.Input(i)))).Where(s => s.Zeros is not null))!;

    /// <summary>Inputs that are added to what the others give.</summary>
    private static int[] Addends(Node node) => node switch
    {
        { OpType: "Add", Domain: "", Inputs.Count: 2 } => [0, 1],
        { OpType: "Gemm" or "Conv", Domain: "", Inputs.Count: 3 } => [2],
        _ => [],
    };

    private static Tensor? ZerosOf(Value? value)
    {
        bool isShared = false;
        while (value is { Constant: null, Producer: { } node } && node.Is("Identity"))
        {
            isShared |= value.Uses.Count > 1;
            value = node.Input(0);
        }
        return value is { Constant: { } numbers, Uses.Count: var uses } && (isShared || uses > 1)
            && numbers.Type.IsFloating() && numbers.Bytes.IndexOfAnyExcept((byte)0) < 0 ? numbers : null;
    }

    private static bool Skip(Node sum, Value? other, LabelFlow flow)
    {
        if (other is null || sum.Result.IsOutput || flow.Of(other) is { IsUnknown: true } || flow.Of(sum.Result) is { IsUnknown: true })
            return false;
        Dim[] from = flow.Of(other).Shape, to = flow.Of(sum.Result).Shape;
        if (!from.SequenceEqual(to))
            return false; // the zeros make it larger
        sum.Result.ReplaceUsesWith(other);
        return true;
    }

    private static bool Drop(Node node, int index)
    {
        // in early versions a Gemm has to add something
        if (node.Is("Gemm") && node.Graph.Model.Opset() < 11)
            return false;
        node.TrimInputs(index);
        return true;
    }
}
