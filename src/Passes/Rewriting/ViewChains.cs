using SiDT.Frontend;

namespace SiDT.Passes.Rewriting;

/// <summary>
/// What taking a stack apart leaves behind: an axis of size one that is made by a Reshape, moved by a Transpose and squeezed away,
/// and transposes in a row.
/// Reshape(x, [.., 1, ..]) -> Transpose -> Squeeze  =>  Reshape(x, [.., ..]) -> Transpose;
/// Transpose(Transpose(x, p), q)  =>  Transpose(x, p[q]).
/// </summary>
public static class ViewChains
{
    /// <summary>Shortens the chains in place; true if there were any.</summary>
    public static bool Run(Graph graph)
    {
        bool changed = false;
        foreach (Node node in graph.Nodes.ToArray())
        {
            if (node.Is("Squeeze"))
                changed |= DropUnitAxis(node);
        }
        for (bool again = true; again;)
        {
            again = false;
            foreach (Node node in graph.Nodes.ToArray())
            {
                if (node.Is("Transpose"))
                    again |= Merge(node);
            }
            changed |= again;
        }
        if (changed)
        {
            graph.Sweep();
            graph.Sort();
        }
        return changed;
    }

    private static bool DropUnitAxis(Node squeeze)
    {
        if (AxesOf(squeeze) is not [var axis] || squeeze.Result.IsOutput)
            return false;
        if (Only(squeeze.Inputs[0]) is not { } transpose || !transpose.Is("Transpose") || transpose.Ints("perm") is not { } perm)
            return false;
        if (axis < 0)
            axis += perm.Length;
        if (Only(transpose.Inputs[0]) is not { } reshape || !reshape.Is("Reshape") || reshape.Input(1)?.Constant?.ToInt64s() is not { } shape || shape.Length != perm.Length)
            return false;
        long gone = perm[axis];
        // a size copied from the input by position (0) must keep its position
        if (shape[gone] != 1 || shape.Skip((int)gone + 1).Contains(0))
            return false;
        Graph graph = squeeze.Graph;
        long[] left = [.. shape.Where((_, i) => i != gone)];
        Node view = graph.Add("Reshape", "", $"{reshape.Result.Name}_view", [reshape.Inputs[0], graph.NewInitializer($"{reshape.Result.Name}_view_shape", Tensor.Vector(left))]);
        if (reshape.Int("allowzero", 0) != 0)
            view.Set("allowzero", 1);
        Node turn = graph.Add("Transpose", "", $"{transpose.Result.Name}_view", [view.Result]).Set("perm", perm.Where(p => p != gone).Select(p => p > gone ? p - 1 : p));
        squeeze.Result.ReplaceUsesWith(turn.Result);
        return true;
    }

    private static bool Merge(Node second)
    {
        if (second.Result.IsOutput || second.Result.Uses.Count == 0 || second.Inputs[0]?.Producer is not { } first || !first.Is("Transpose"))
            return false;
        if (second.Ints("perm") is not { } q || first.Ints("perm") is not { } p || p.Length != q.Length || first.Result.Uses.Count != 1 || first.Result.IsOutput)
            return false;
        if (SwapsLastTwo(q) && !SwapsLastTwo(p))
            return false; // the runtime reads a matrix either way round: the swap costs nothing where it stands
        long[] both = [.. q.Select(i => p[i])];
        Value result = Enumerable.Range(0, both.Length).All(i => both[i] == i)
            ? first.Inputs[0]!
            : second.Graph.Add("Transpose", "", $"{second.Result.Name}_view", [first.Inputs[0]]).Set("perm", both).Result;
        second.Result.ReplaceUsesWith(result);
        second.Graph.Remove(second);
        return true;
    }

    private static bool SwapsLastTwo(long[] perm) =>
        perm.Length >= 2 && perm[^1] == perm.Length - 2 && perm[^2] == perm.Length - 1 && perm.SkipLast(2).Select((p, i) => p == i).All(same => same);

    private static long[]? AxesOf(Node squeeze) => squeeze.Ints("axes") ?? squeeze.Input(1)?.Constant?.ToInt64s();

    /// <summary>The producer of a value that nobody else reads.</summary>
    private static Node? Only(Value? value) => value is { Uses.Count: 1, IsOutput: false } ? value.Producer : null;
}
