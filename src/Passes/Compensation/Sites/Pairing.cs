using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;

namespace SiDT.Passes.Compensation.Sites;

/// <summary>
/// A product of two activations that contracts units: scores = q k'. Axes of the operands in the order [batch..., rows, units].
/// </summary>
/// <param name="Node">The product.</param>
/// <param name="Query">The operand whose rows stay when a Softmax weighs the other's.</param>
/// <param name="Key">The other operand.</param>
/// <param name="QueryOrder">Axes of the query as [batch..., rows, units].</param>
/// <param name="KeyOrder">Axes of the key likewise.</param>
/// <param name="Scores">What a Softmax over the key's rows makes of the product, if there is one.</param>
/// <param name="ScoreOrder">Its axes as [batch..., query rows, key rows].</param>
internal sealed record Pairing(Node Node, Value Query, Value Key, int[] QueryOrder, int[] KeyOrder, Value? Scores, int[] ScoreOrder)
{
    /// <summary>Null if the operands do not have single axes of units and rows and the same batch axes.</summary>
    public static Pairing? Of(Node node, GraphAnalysis analysis)
    {
        if (!analysis.Flow.Macs.ContainsKey(node) || node.Graph != analysis.Graph || OperatorTable.Describe(new NodeView(node, analysis.Of)) is not { Product: var (left, right) } spec)
            return null;
        if (spec.IsSpatial || spec.IsPointwise || analysis.Of(node.Inputs[left]!).IsConstant || analysis.Of(node.Inputs[right]!).IsConstant)
            return null;
        AxisIndex[][] a = spec.Inputs[left]!, b = spec.Inputs[right]!, y = spec.Outputs[0]!;
        if (a.Concat(b).Concat(y).Any(x => x.Length > 1))
            return null;
        AxisIndex?[] inA = [.. a.Select(x => x.FirstOrDefault())], inB = [.. b.Select(x => x.FirstOrDefault())], inY = [.. y.Select(x => x.FirstOrDefault())];
        AxisIndex[] units = [.. inA.OfType<AxisIndex>().Where(i => inB.Contains(i) && !inY.Contains(i))];
        AxisIndex[] batch = [.. inY.OfType<AxisIndex>().Where(i => inA.Contains(i) && inB.Contains(i))];
        AxisIndex[] rowsA = [.. inA.OfType<AxisIndex>().Except(units).Except(batch)], rowsB = [.. inB.OfType<AxisIndex>().Except(units).Except(batch)];
        if (units.Length != 1 || rowsA.Length > 1 || rowsB.Length > 1)
            return null;
        // a single row (one query is enough where one token is read) has no index: any axis of size one is it
        AxisIndex? rowA = rowsA.FirstOrDefault(), rowB = rowsB.FirstOrDefault();
        if (Singles(inA, rowA) < 0 || Singles(inB, rowB) < 0 || Singles(inY, rowA, rowB) < 0)
            return null;
        int[] Order(AxisIndex?[] axes, params AxisIndex?[] last)
        {
            var free = new Stack<int>(Enumerable.Range(0, axes.Length).Where(i => axes[i] is null));
            int[] order = [.. batch.Concat(last).Select(i => i is null ? free.Pop() : Array.IndexOf(axes, i))];
            // axes of size one stand in front
            return [.. Enumerable.Range(0, axes.Length).Except(order), .. order];
        }
        (Value? scores, long axis) = Softmax(node.Result);
        int softmaxed = (int)(axis < 0 ? axis + inY.Length : axis);
        if (scores is not null && (analysis.Of(scores).Rank != inY.Length || (node.Graph.Model.Opset() < 13 && softmaxed != inY.Length - 1)))
            scores = null;
        bool swap = scores is not null && rowA is not null && inY[softmaxed] == rowA;
        if (scores is not null && !swap && (rowB is null || inY[softmaxed] != rowB))
            scores = null;
        int[] orderA = Order(inA, rowA, units[0]), orderB = Order(inB, rowB, units[0]);
        return swap
            ? new Pairing(node, node.Inputs[right]!, node.Inputs[left]!, orderB, orderA, scores, Order(inY, rowB, rowA))
            : new Pairing(node, node.Inputs[left]!, node.Inputs[right]!, orderA, orderB, scores, Order(inY, rowA, rowB));
    }

    // axes of size one that are left when each row without an index took one
    private static int Singles(AxisIndex?[] axes, params AxisIndex?[] rows) => axes.Count(i => i is null) - rows.Count(r => r is null);

    // along operators that keep every position where it is
    private static (Value? Scores, long Axis) Softmax(Value value)
    {
        for (int steps = 0; steps < 12; steps++)
        {
            Node[] readers = [.. value.Uses.Select(u => u.Node)];
            if (readers.FirstOrDefault(n => n.Is("Softmax")) is { } softmax)
                return (softmax.Result, softmax.Int("axis", softmax.Graph.Model.Opset() >= 13 ? -1 : 1));
            if (readers.FirstOrDefault(n => n.Domain.Length == 0 && n.OpType is "Mul" or "Div" or "Add" or "Sub" or "Where" or "Cast" or "Identity" or "Max" or "Min" or "Clip") is not { } next)
                break;
            value = next.Result;
        }
        return (null, 0);
    }
}
