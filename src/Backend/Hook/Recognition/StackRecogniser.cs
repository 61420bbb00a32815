using SiDT.Backend.Hook.Expressions;
using SiDT.Backend.Hook.Operators;
using SiDT.Frontend;
using SiDT.Passes.Operators;

namespace SiDT.Backend.Hook.Recognition;

/// <summary>
/// A value that all its readers take apart along one axis: Gathers of one position each become <c>unbind</c>, runs that cover the
/// axis become <c>chunk</c> or <c>split</c>.
/// </summary>
internal static class StackRecogniser
{
    internal sealed record Part(Value Value, int Axis, long Start, long Length, bool DropsAxis);

    public static Step? Find(Value value, Translation t)
    {
        Node node = value.Producer!;
        if (!(node.Is("Gather") || node.Is("Slice") || node.Is("Squeeze")) || Read(value, t) is not { } mine)
            return null;
        Value whole = Whole(value);
        if (t.IsConstant(whole) || t.Shape(whole) is not { } shape || !shape[mine.Axis].IsConstant)
            return null;
        var parts = new List<Part>();
        foreach (Use use in whole.Uses)
        {
            if (use.Index != 0)
                return null;
            foreach (Value? output in use.Node.Outputs)
            {
                Value taken = output!;
                // a part that loses its axis in a step of its own
                if (taken is { Uses: [{ Node: var next }] } && next.Is("Squeeze") && !taken.IsOutput && Read(next.Result, t) is { DropsAxis: true })
                    taken = next.Result;
                if (taken is null || Read(taken, t) is not { } part || part.Axis != mine.Axis || part.DropsAxis != mine.DropsAxis)
                    return null;
                parts.Add(part);
            }
        }
        parts.Sort((a, b) => a.Start.CompareTo(b.Start));
        long at = 0;
        foreach (Part part in parts)
        {
            if (part.Start != at)
                return null;
            at += part.Length;
        }
        if (parts.Count < 2 || at != shape[mine.Axis].Value)
            return null;
        string axis = LayoutExpressions.Counted(mine.Axis, shape.Length);
        Value[] outputs = [.. parts.Select(p => p.Value)];
        Code code = mine.DropsAxis ? Code.Of($"{whole}.unbind({axis})")
            : parts.All(p => p.Length == parts[0].Length) ? Code.Of($"{whole}.chunk({parts.Count}, {axis})")
            : Code.Of($"{whole}.split(new long[] {{ {parts.Select(p => (Piece)new Width(p.Length, "size"))} }}, {axis})");
        Node first = outputs.Select(o => o.Producer!).MinBy(t.Order)!;
        return new Step(first, code, Level.Primary, outputs) { IsArray = true };
    }

    private static Value Whole(Value part)
    {
        Node node = part.Producer!;
        return node.Is("Squeeze") ? node.Inputs[0]!.Producer!.Inputs[0]! : node.Inputs[0]!;
    }

    internal static Part? Read(Value value, Translation t)
    {
        if (value.Producer is not { } node)
            return null;
        if (node.Is("Squeeze"))
        {
            if (node.Inputs[0]!.Producer is not { } inner || !(inner.Is("Gather") || inner.Is("Slice") || inner.Is("Split")) || node.Inputs[0]!.Uses.Count != 1 || Read(node.Inputs[0]!, t) is not { Length: 1, DropsAxis: false } part)
                return null;
            long[]? axes = new NodeView(node, t.Flow.Of).Integers(1, "axes");
            return axes is [var one] && NodeView.Positive(one, t.Rank(node.Inputs[0]!)) == part.Axis ? part with { Value = value, DropsAxis = true } : null;
        }
        var view = new NodeView(node, t.Flow.Of);
        if (node.Inputs.Count == 0 || t.Shape(node.Inputs[0]!) is not { } shape || t.Shape(value) is not { } own)
            return null;
        if (node.Is("Split"))
        {
            int along = view.Axis("axis", 0, shape.Length);
            long[] lengths = [.. node.Outputs.Select(o => o is not null && t.Shape(o)?[along] is { IsConstant: true } l ? l.Value : -1)];
            return lengths.Any(l => l < 0) ? null : new Part(value, along, lengths.Take(node.Outputs.ToList().IndexOf(value)).Sum(), own[along].Value, false);
        }
        if (node.Is("Gather"))
        {
            int axis = view.Axis("axis", 0, shape.Length);
            if (view.Integers(1, null) is not { Length: > 0 } at || !shape[axis].IsConstant)
                return null;
            if (at.Zip(at.Skip(1)).Any(p => p.Second != p.First + 1))
                return null;
            return new Part(value, axis, at[0] < 0 ? at[0] + shape[axis].Value : at[0], at.Length, own.Length < shape.Length);
        }
        if (!node.Is("Slice") || view.Integers(1, "starts") is not [var start] || (view.Integers(4, null) ?? []).Any(s => s != 1))
            return null;
        int cut = NodeView.Positive(view.Integers(3, "axes") is [var a] ? a : 0, shape.Length);
        if (!shape[cut].IsConstant || !own[cut].IsConstant)
            return null;
        return new Part(value, cut, start < 0 ? start + shape[cut].Value : start, own[cut].Value, false);
    }
}
