using SiDT.Frontend;

namespace SiDT.Passes.Rewriting;

/// <summary>
/// Numbers stored in fewer bits stay so: Gather(DequantizeLinear(W, s, z), i) => DequantizeLinear(Gather(W, i), Gather(s, i), Gather(z, i)),
/// and the same for Slice, Transpose, and for Cast in place of DequantizeLinear.
/// </summary>
internal static class WideningExchange
{
    public static bool Run(Node node)
    {
        if (node.Domain.Length > 0 || node.OpType is not ("Gather" or "Slice" or "Transpose") || node.Result.IsOutput)
            return false;
        Value data = node.Inputs[0]!;
        if (data.Producer is not { } widening || data.IsOutput || !(widening.Is("DequantizeLinear") || widening.Is("Cast")) || widening.Int("block_size", 0) != 0
            || widening.Inputs.Any(i => i is not null && i.Constant is null) || node.Inputs.Skip(1).Any(i => i is not null && i.Constant is null))
            return false;
        // others that read the whole would keep it too
        if (!data.Uses.All(u => u.Index == 0 && u.Node.OpType is "Gather" or "Slice" or "Transpose"))
            return false;
        Tensor stored = widening.Inputs[0]!.Constant!;
        int rank = stored.Rank;
        bool perAxis = widening.Is("DequantizeLinear") && widening.Inputs[1]!.Constant!.Count > 1;
        int axis = perAxis ? Operators.NodeView.Positive(widening.Int("axis", 1), rank) : -1;
        if (node.Is("Gather") && node.Inputs[1]!.Constant!.Rank != 1)
            return false;
        Graph graph = node.Graph;
        var inputs = new List<Value?> { Moved(node, widening.Inputs[0]!) };
        for (int i = 1; i < widening.Inputs.Count; i++)
        {
            Value? parameter = widening.Inputs[i];
            if (parameter is null || !perAxis || node.Is("Transpose"))
            {
                inputs.Add(parameter);
                continue;
            }
            if (Along(node, parameter, axis, rank) is not { } part)
                return false;
            inputs.Add(part);
        }
        Node wide = graph.Add(widening.OpType, "", $"{node.Result.Name}_wide", inputs).SetAs(widening);
        if (perAxis && node.Is("Transpose"))
        {
            long[] perm = node.Ints("perm") ?? [.. Enumerable.Range(0, rank).Reverse().Select(i => (long)i)];
            wide.Set("axis", Array.IndexOf(perm, axis));
        }
        Value old = node.Result;
        node.SetOutput(0, null);
        wide.SetOutput(0, old);
        graph.Remove(node);
        old.Info = null;
        return true;
    }

    private static Value Moved(Node node, Value data) => node.Graph.Add(node.OpType, "", $"{data.Name}_part", [data, .. node.Inputs.Skip(1)]).SetAs(node).Result;

    /// <summary>The scales of the positions that are taken, if positions are taken on their axis.</summary>
    private static Value? Along(Node node, Value parameter, int axis, int rank)
    {
        if (node.Is("Gather"))
        {
            if (Operators.NodeView.Positive(node.Int("axis", 0), rank) != axis)
                return parameter;
            return node.Graph.Add("Gather", "", $"{parameter.Name}_part", [parameter, node.Inputs[1]]).Set("axis", 0).Result;
        }
        long[]? axes = node.Ints("axes") ?? node.Input(3)?.Constant?.ToInt64s();
        if (axes is null || axes.Any(a => Operators.NodeView.Positive(a, rank) == axis))
            return axes is null ? null : Only(node, parameter, axes, axis, rank);
        return parameter;
    }

    private static Value? Only(Node node, Value parameter, long[] axes, int axis, int rank)
    {
        if (axes.Length != 1 || Operators.NodeView.Positive(axes[0], rank) != axis || node.Input(1) is null)
            return null;
        Value zero = node.Graph.NewInitializer($"{parameter.Name}_axis", Tensor.Vector(0));
        return node.Graph.Add("Slice", "", $"{parameter.Name}_part", [parameter, node.Inputs[1], node.Inputs[2], zero, node.Input(4)]).Result;
    }
}
