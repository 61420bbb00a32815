using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Exact.Demands;

/// <summary>Gather and Slice: where parts are first asked for, and where parts of parts are.</summary>
internal sealed class SelectionRules(LabelFlow flow)
{
    /// <summary>The axis a node selects from and the positions it takes, from the front; null where they are computed or open.</summary>
    public (int Axis, int[] Positions)? Taken(Node node)
    {
        Layout data = flow.Of(node.Inputs[0]!);
        var view = new NodeView(node, flow.Of);
        if (node.Is("Gather"))
        {
            int axis = view.Axis("axis", 0, data.Rank);
            if (axis >= data.Rank || flow.Of(node.Inputs[1]!) is not { Rank: <= 1, IsConstant: true } || view.Integers(1, null) is not { Length: > 0 } indices)
                return null;
            return FromFront(indices, data.Shape[axis]) is { } positions ? (axis, positions) : null;
        }
        if (view.Integers(1, "starts") is not [long start] || view.Integers(2, "ends") is not [long end])
            return null;
        int sliced = NodeView.Positive((view.Integers(3, "axes") ?? [0])[0], data.Rank);
        if (sliced >= data.Rank)
            return null;
        Dim size = data.Shape[sliced];
        long step = node.Input(4) is null ? 1 : (view.Integers(4, null) ?? [0])[0];
        if (step == 0)
            return null;
        if (size.IsConstant)
            return Selections.Positions(start, end, step, size.Value) is { Length: > 0 } known ? (sliced, [.. known.Select(p => (int)p)]) : null;
        // Slice forgives an end beyond the axis, Gather does not
        return start >= 0 && end > start && end <= Workload.AtLeast(size) && step > 0 ? (sliced, [.. Selections.Positions(start, end, step, end).Select(p => (int)p)]) : null;
    }

    private static int[]? FromFront(long[] indices, Dim size)
    {
        if (!size.IsConstant)
            return indices.All(i => i is >= 0 and < int.MaxValue) ? [.. indices.Select(i => (int)i)] : null;
        long[] positive = [.. indices.Select(i => i < 0 ? i + size.Value : i)];
        return positive.All(p => p >= 0 && p < size.Value) ? [.. positive.Select(p => (int)p)] : null;
    }

    public Requests? Gather(Node node, Part wanted)
    {
        Layout data = flow.Of(node.Inputs[0]!), indices = flow.Of(node.Inputs[1]!);
        int axis = new NodeView(node, flow.Of).Axis("axis", 0, data.Rank);
        if (axis >= data.Rank)
            return null;
        if (!wanted.IsWhole && (wanted.Axis < axis || wanted.Axis >= axis + indices.Rank))
        {
            int at = wanted.Axis < axis ? wanted.Axis : wanted.Axis - indices.Rank + 1;
            return Requests.First(node, wanted.At(at), wanted);
        }
        if (Taken(node) is { } taken)
            return OfTaken(node, taken.Axis, taken.Positions, wanted, data);
        if (wanted.IsWhole || indices.IsConstant)
            return null;
        // rows of a table, chosen by data
        return new Requests([Part.Whole, wanted.At(wanted.Axis - axis)], [wanted]);
    }

    public Requests? Slice(Node node, Part wanted)
    {
        Layout data = flow.Of(node.Inputs[0]!);
        if (Taken(node) is { } taken)
            return wanted.IsWhole || wanted.Axis == taken.Axis ? OfTaken(node, taken.Axis, taken.Positions, wanted, data) : Requests.First(node, wanted, wanted);
        if (wanted.IsWhole || new NodeView(node, flow.Of).Integers(3, "axes") is not { } axes)
            return null;
        return axes.Any(a => NodeView.Positive(a, data.Rank) == wanted.Axis) ? null : Requests.First(node, wanted, wanted);
    }

    private static Requests? OfTaken(Node node, int axis, int[] positions, Part wanted, Layout data)
    {
        if (!wanted.IsWhole && !wanted.Inner.Is(1))
            return null;
        int[] read = wanted.IsWhole ? positions : [.. wanted.Positions.Select(p => positions[p])];
        return Requests.First(node, Part.Of(axis, data.Shape[axis], read), wanted);
    }
}
