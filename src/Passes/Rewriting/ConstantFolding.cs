using SiDT.Frontend;

namespace SiDT.Passes.Rewriting;

/// <summary>
/// Constants that are only moved, cut, joined or narrowed become constants: MatMul(x, Gather(W, positions)) => MatMul(x, W').
/// What would make the file larger stays: a weight that others read as a whole, numbers of 16 bits that are widened, and quantised
/// weights, where the selection goes below the widening instead.
/// </summary>
public sealed class ConstantFolding
{
    // a copy of this many elements is cheaper than the node
    private const long Small = 1024;

    /// <summary>Folds in place; the number of nodes that are gone.</summary>
    public int Run(Graph graph)
    {
        int count = 0;
        for (int before = -1; before != count;)
        {
            before = count;
            foreach (Node node in graph.Nodes.ToArray())
            {
                foreach (Graph body in node.Subgraphs.Values)
                    count += Run(body);
                if (WideningExchange.Run(node) || (IsCandidate(node) && Pays(node) && Fold(node)))
                    count++;
            }
            graph.Sweep();
            graph.Sort();
        }
        return count;
    }

    private static bool IsCandidate(Node node) =>
        TensorMovement.Knows(node) && node.Inputs.Count > 0 && node.Inputs.All(i => i is null || i.Constant is not null) && node.Outputs.All(o => o is null or { IsOutput: false });

    /// <summary>Whether the constants that go are not smaller than those that come.</summary>
    private static bool Pays(Node node)
    {
        if (node.Is("Cast"))
            return IsNarrowing(node, node.Inputs[0]!.Constant!);
        if (node.Is("Concat"))
            return node.Inputs.All(i => i!.Constant!.Count <= Small || i.Uses.All(u => u.Node == node));
        Value data = node.Inputs[0]!;
        if (data.Constant!.Count <= Small)
            return true;
        long made = 0;
        bool alone = !data.IsOutput;
        foreach (Node user in data.Uses.Select(u => u.Node).Distinct())
        {
            bool folds = IsCandidate(user) && user.Inputs[0] == data && !user.Is("Cast") && !user.Is("Concat");
            alone &= folds;
            if (folds)
                made += TensorMovement.SizeOf(user);
        }
        return (alone && made <= data.Constant.Count) || TensorMovement.SizeOf(node) <= Small;
    }

    private static bool IsNarrowing(Node cast, Tensor tensor)
    {
        var to = (ElementType)cast.Int("to", 1);
        bool known = to.Bits() > 0 && (to.IsFloating() || (to.Bits() >= 8 && to < ElementType.Complex64 && to != ElementType.Float16));
        return known && tensor.Type.Bits() >= 8 && (tensor.Count <= Small || (to.Bits() <= tensor.Type.Bits() && cast.Inputs[0]!.Uses.Count == 1));
    }

    private static bool Fold(Node node)
    {
        Tensor?[] inputs = [.. node.Inputs.Select(i => i?.Constant)];
        if (TensorMovement.Evaluate(node, inputs) is not { } results)
            return false;
        for (int i = 0; i < results.Length; i++)
        {
            if (node.Outputs[i] is not { } output)
                continue;
            node.SetOutput(i, null);
            output.Initializer = results[i];
            output.Info = null;
        }
        node.Graph.Remove(node);
        return true;
    }
}
