using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Rewriting;

/// <summary>Operators that name positions: the same positions have other numbers when some before them are gone.</summary>
internal sealed class PlaceMending(GraphAnalysis analysis, Cut cut)
{
    // readers of a size see the original one: what they compute from it was decided by the original
    public void Shape(Node node)
    {
        Layout input = analysis.Of(node.Inputs[0]!);
        Dim[] before = input.Shape, after = cut.Shape(input);
        int start = Math.Clamp(NodeView.Positive(node.Int("start", 0), before.Length), 0, before.Length);
        int end = Math.Clamp(NodeView.Positive(node.Int("end", before.Length), before.Length), start, before.Length);
        long[] by = [.. Enumerable.Range(start, end - start).Select(i => Ratio(before[i], after[i]).Times)];
        long[] over = [.. Enumerable.Range(start, end - start).Select(i => Ratio(before[i], after[i]).Over)];
        if (by.All(b => b == 1) && over.All(b => b == 1))
            return;
        Graph graph = node.Graph;
        Value shape = node.Result;
        Use[] readers = [.. shape.Uses];
        Value product = graph.Op("Mul", $"{shape.Name}_original", shape, graph.NewInitializer($"{shape.Name}_by", Tensor.Vector(by)));
        Value restored = graph.Op("Div", $"{shape.Name}_original", product, graph.NewInitializer($"{shape.Name}_over", Tensor.Vector(over)));
        foreach (Use reader in readers)
            reader.Node.SetInput(reader.Index, restored);
    }

    private static (long Times, long Over) Ratio(Dim before, Dim after)
    {
        for (long over = 1; over <= 65536; over++)
        {
            if ((before * Dim.Of(over)).DivideExactly(after) is { IsConstant: true } times)
                return (times.Value, over);
        }
        throw new CutError($"the size {before} cannot be computed from {after}");
    }

    public void Slice(Node node)
    {
        Layout input = analysis.Of(node.Inputs[0]!);
        var view = new NodeView(node, analysis.Of);
        long[] starts = view.Integers(1, "starts") ?? [];
        long[] ends = view.Integers(2, "ends") ?? [];
        long[] axes = view.Integers(3, "axes") ?? [.. Enumerable.Range(0, starts.Length).Select(i => (long)i)];
        long[] steps = node.Input(4) is null ? [.. starts.Select(_ => 1L)] : view.Integers(4, null) ?? [];
        bool changed = false;
        for (int i = 0; i < axes.Length && i < starts.Length; i++)
        {
            int axis = NodeView.Positive(axes[i], input.Rank);
            if (cut.Masks(input, axis) is not { } masks)
                continue;
            long size = input.Shape[axis].Value;
            long[] taken = Selections.Positions(starts[i], ends[i], steps[i], size);
            long[] now = Renumber(masks, taken);
            changed = true;
            if (now.Length > 0 && Enumerable.Range(1, now.Length - 1).All(k => now[k] == now[k - 1] + 1))
                (starts[i], ends[i], steps[i]) = (now[0], now[^1] + 1, 1);
            else if (now.Length > 1 && Enumerable.Range(1, now.Length - 1).All(k => now[k] == now[k - 1] - 1))
                (starts[i], ends[i], steps[i]) = (now[0], now[^1] == 0 ? long.MinValue : now[^1] - 1, -1);
            else if (Enumerable.Range(1, Math.Max(0, now.Length - 1)).All(k => now[k] - now[k - 1] == now[1] - now[0]) && now.Length > 1 && now[1] > now[0])
                (starts[i], ends[i], steps[i]) = (now[0], now[^1] + 1, now[1] - now[0]);
            else if (axes.Length == 1)
            {
                ToGather(node, axis, now);
                return;
            }
            else
            {
                throw new CutError("positions taken are no longer evenly spaced");
            }
        }
        if (!changed)
            return;
        if (node.Has("starts"))
        {
            node.Set("starts", starts).Set("ends", ends);
            return;
        }
        Set(node, 1, starts);
        Set(node, 2, ends);
        if (node.Input(4) is not null || steps.Any(s => s != 1))
        {
            if (node.Input(3) is null)
                Set(node, 3, axes);
            Set(node, 4, steps);
        }
    }

    private static void ToGather(Node node, int axis, long[] positions)
    {
        Value data = node.Inputs[0]!;
        node.OpType = "Gather";
        node.TrimInputs(1);
        foreach (string name in node.Attributes.Keys.ToArray())
            node.Unset(name);
        node.SetInput(0, data);
        node.SetInput(1, node.Graph.NewInitializer($"{node.Result.Name}_indices", Tensor.Of(positions, positions.Length)));
        node.Set("axis", axis);
    }

    private static void Set(Node node, int input, long[] values)
    {
        bool narrow = node.Input(input)?.Constant?.Type == ElementType.Int32 || (node.Input(1)?.Constant?.Type == ElementType.Int32);
        Tensor tensor = narrow
            ? Tensor.FromInt64s(ElementType.Int32, values.Select(v => Math.Clamp(v, int.MinValue, int.MaxValue)).ToArray(), values.Length)
            : Tensor.Of(values, values.Length);
        node.SetInput(input, node.Graph.NewInitializer($"{node.Result.Name}_cut{input}", tensor));
    }

    public void Split(Node node)
    {
        Layout input = analysis.Of(node.Inputs[0]!);
        int axis = NodeView.Positive(node.Int("axis", 0), input.Rank);
        if (cut.Masks(input, axis) is not { } masks)
            return;
        long at = 0;
        var sizes = new List<long>();
        foreach (Value? output in node.Outputs)
        {
            long size = analysis.Of(output!).Shape[axis].Value;
            sizes.Add(Renumber(masks, [.. Enumerable.Range(0, (int)size).Select(k => at + k)]).Length);
            at += size;
        }
        node.Unset("num_outputs");
        if (node.Graph.Model.Opset() >= 13)
            node.SetInput(1, node.Graph.NewInitializer($"{node.Outputs[0]!.Name}_split", Tensor.Vector([.. sizes])));
        else
            node.Set("split", sizes);
    }

    /// <summary>Positions that are put beside units go with those that they meet later.</summary>
    public void Pad(Node node)
    {
        Layout input = analysis.Of(node.Inputs[0]!), result = analysis.Of(node.Result);
        var view = new NodeView(node, analysis.Of);
        if (view.Integers(1, "pads") is not { } pads)
            return; // nothing is cut where amounts are computed
        long[] axes = node.Input(3) is null ? [.. Enumerable.Range(0, pads.Length / 2).Select(i => (long)i)] : view.Integers(3, null)!;
        long[] left = [.. pads];
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = NodeView.Positive(axes[i], input.Rank);
            if ((pads[i] == 0 && pads[i + axes.Length] == 0) || cut.Masks(result, axis) is not { } masks)
                continue;
            left[i] = Left(masks, ..(int)pads[i]);
            left[i + axes.Length] = Left(masks, ^(int)pads[i + axes.Length]..);
        }
        if (left.SequenceEqual(pads))
            return;
        if (node.Has("pads"))
            node.Set("pads", left);
        else
            node.SetInput(1, node.Graph.NewInitializer($"{node.Result.Name}_pads", Tensor.Of(left, left.Length)));
    }

    private static int Left(IReadOnlyList<bool[]> masks, Range range)
    {
        int[] counts = [.. masks.Select(m => m[range].Count(kept => kept)).Distinct()];
        return counts.Length == 1 ? counts[0] : throw new CutError("rows would be padded by different numbers of positions");
    }

    public void Gather(Node node)
    {
        Layout input = analysis.Of(node.Inputs[0]!);
        int axis = NodeView.Positive(node.Int("axis", 0), input.Rank);
        if (cut.Masks(input, axis) is not { } masks)
            return;
        Layout indices = analysis.Of(node.Inputs[1]!);
        Tensor known = node.Inputs[1]!.Constant ?? indices.Content!.ToTensor();
        long size = input.Shape[axis].Value;
        long[] now = Renumber(masks, [.. known.ToInt64s().Select(i => i < 0 ? i + size : i)]);
        long[] dims = known.Dims;
        if (known.Rank > 0 && now.Length != known.Count)
        {
            // the positions of the result that are left, axis by axis
            Layout result = analysis.Of(node.Result);
            dims = [.. Enumerable.Range(0, known.Rank).Select(i => cut.Shape(result)[axis + i].Value)];
        }
        node.SetInput(1, node.Graph.NewInitializer($"{node.Result.Name}_indices", Tensor.Of(now, dims)));
    }

    /// <summary>The new numbers of those positions that are left; the same in every row.</summary>
    private static long[] Renumber(IReadOnlyList<bool[]> masks, long[] positions)
    {
        long[]? result = null;
        foreach (bool[] mask in masks)
        {
            var before = new int[mask.Length + 1];
            for (int i = 0; i < mask.Length; i++)
                before[i + 1] = before[i] + (mask[i] ? 1 : 0);
            long[] mine = [.. positions.Where(p => mask[p]).Select(p => (long)before[p])];
            if (result is not null && !result.AsSpan().SequenceEqual(mine))
                throw new CutError("rows keep different positions where one number names them all");
            result = mine;
        }
        return result ?? [];
    }
}
