using SiDT.Frontend;
using SiDT.Passes.Operators;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Analysis;

/// <summary>Gather, Slice and Split: some positions of an axis go on.</summary>
internal sealed class Selections(LabelFlow flow)
{
    public void Gather(Node node, NodeView view)
    {
        Layout data = view.In(0)!, indices = view.In(1)!;
        int axis = view.Axis("axis", 0, data.Rank);
        Dim size = data.Shape[axis];
        Tensor? known = node.Input(1)!.Constant ?? (indices.Content is { IsKnown: true } c ? c.ToTensor() : null);
        long[]? positions = known is not null && size.IsConstant ? [.. known.ToInt64s().Select(i => i < 0 ? i + size.Value : i)] : null;
        Content? content = ContentEvaluator.Evaluate(view, 0);
        if (positions is not null && positions.All(p => p >= 0 && p < size.Value) && data.Axes[axis].Count > 0)
        {
            Factor[] over = [.. indices.Shape.Where(d => !d.Is(1)).Select(d => new Factor(d))];
            Layout taken = Take(data, axis, positions, over, $"is gathered by {node}");
            int next = 0;
            IReadOnlyList<Factor>[] axes =
            [
                .. taken.Axes.Take(axis),
                .. indices.Shape.Select(d => (IReadOnlyList<Factor>)(d.Is(1) ? [] : [over[next++]])),
                .. taken.Axes.Skip(axis + 1),
            ];
            flow.Set(node.Result, new Layout(axes, taken.Arrays) { Type = data.Type, Content = content, IsConstant = data.IsConstant && indices.IsConstant, Origin = data.Origin, IsShifted = data.IsShifted });
            return;
        }
        // positions come from data: the whole axis must stay
        Layout rest = size.Is(1) ? data : flow.Spec.Forget(data, axis, [], $"is chosen by position at {node}");
        IReadOnlyList<Factor>[] result = [.. rest.Axes.Take(axis), .. indices.Axes.Select(a => Fresh(a)), .. rest.Axes.Skip(axis + 1)];
        flow.Set(node.Result, new Layout(result, rest.Arrays) { Type = data.Type, Content = content, IsConstant = data.IsConstant && indices.IsConstant, Origin = data.Origin, IsShifted = data.IsShifted });
    }

    private static IReadOnlyList<Factor> Fresh(IReadOnlyList<Factor> axis) => axis.Count == 0 ? [] : [new Factor(Dim.Product(axis.Select(f => f.Size)))];

    public void Slice(Node node, NodeView view)
    {
        Layout data = view.In(0)!;
        Dim?[]? starts = Bounds(node, view, 1, "starts"), ends = Bounds(node, view, 2, "ends");
        long[]? axes = view.Integers(3, "axes") ?? (starts is null ? null : [.. Enumerable.Range(0, starts.Length).Select(i => (long)i)]);
        long[]? steps = node.Input(4) is null ? null : view.Integers(4, null);
        if (starts is null || ends is null || axes is null)
        {
            flow.Stop(node, $"is cut by {node} at places that are computed from data");
            return;
        }
        Layout result = data;
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = NodeView.Positive(axes[i], data.Rank);
            long step = steps is null ? 1 : steps[i];
            result = SliceAxis(node, result, axis, starts[i], ends[i], step);
        }
        flow.Set(node.Result, result.With(data.Type, ContentEvaluator.Evaluate(view, 0)));
    }

    private Layout SliceAxis(Node node, Layout data, int axis, Dim? start, Dim? end, long step)
    {
        Dim size = data.Shape[axis];
        if (start is { IsConstant: true } s && end is { IsConstant: true } e)
        {
            if (s.Value == 0 && step == 1 && (e.Value >= int.MaxValue || (size.IsConstant && e.Value >= size.Value)))
                return data;
            if (size.IsConstant)
            {
                long[] positions = Positions(s.Value, e.Value, step, size.Value);
                return Take(data, axis, positions, positions.Length == 1 ? [] : [new Factor(positions.Length)], $"is sliced by {node}");
            }
        }
        Dim length = Length(start, end, step, size) ?? Dim.Symbol($"{node.Result.Name}.{axis}");
        if (length.Equals(size))
            return data;
        return flow.Spec.Forget(data, axis, length.Is(1) ? [] : [new Factor(length)], $"is cut by {node} at a place that depends on sizes");
    }

    private static Dim? Length(Dim? start, Dim? end, long step, Dim size)
    {
        if (start is null || end is null || step != 1)
            return null;
        Dim from = start.IsConstant && start.Value < 0 ? size + start : start;
        Dim to = end.IsConstant && end.Value >= int.MaxValue ? size : end.IsConstant && end.Value < 0 ? size + end : end;
        return to - from;
    }

    internal static long[] Positions(long start, long end, long step, long size)
    {
        var result = new List<long>();
        if (start < 0)
            start += size;
        if (end < 0)
            end = end < -size ? -1 : end + size;
        if (step > 0)
        {
            for (long i = Math.Clamp(start, 0, size); i < Math.Min(end, size); i += step)
                result.Add(i);
        }
        else
        {
            for (long i = Math.Min(start, size - 1); i > Math.Max(end, -1); i += step)
                result.Add(i);
        }
        return [.. result];
    }

    private static Dim?[]? Bounds(Node node, NodeView view, int input, string attribute)
    {
        if (node.Ints(attribute) is { } old)
            return [.. old.Select(d => (Dim?)Dim.Of(d))];
        return view.In(input)?.Content?.Sizes;
    }

    public void Split(Node node, NodeView view)
    {
        Layout data = view.In(0)!;
        int axis = view.Axis("axis", 0, data.Rank), parts = node.Outputs.Count;
        Dim size = data.Shape[axis];
        Dim?[] sizes = node.Ints("split")?.Select(d => (Dim?)Dim.Of(d)).ToArray() ?? view.In(1)?.Content?.Sizes ?? Even(size, (int)node.Int("num_outputs", parts));
        long at = 0;
        bool known = size.IsConstant && sizes.All(s => s is { IsConstant: true });
        for (int i = 0; i < parts; i++)
        {
            Layout result;
            if (known)
            {
                long n = sizes[i]!.Value, start = at;
                at += n;
                result = Take(data, axis, [.. Enumerable.Range(0, (int)n).Select(k => start + k)], n == 1 ? [] : [new Factor(n)], $"is split by {node}");
            }
            else
            {
                Dim n = sizes[i] ?? Dim.Symbol($"{node.Outputs[i]?.Name}.{axis}");
                result = flow.Spec.Forget(data, axis, n.Is(1) ? [] : [new Factor(n)], $"is split by {node} at a place that depends on sizes");
            }
            flow.Set(node.Output(i), result.With(data.Type, ContentEvaluator.Evaluate(view, i)));
        }
    }

    private static Dim?[] Even(Dim size, int parts)
    {
        if (!size.IsConstant)
            return [.. Enumerable.Repeat(size.DivideExactly(parts), parts)];
        long each = (size.Value + parts - 1) / parts;
        return [.. Enumerable.Range(0, parts).Select(i => (Dim?)Dim.Of(Math.Min(each, size.Value - (i * each))))];
    }

    /// <summary>Some positions of an axis, laid out over the factors <paramref name="over"/> (none: the axis is left with size one).</summary>
    private Layout Take(Layout data, int axis, long[] positions, Factor[] over, string reason)
    {
        Layout simple = flow.Spec.Simplify(data, axis, reason);
        if (simple.Axes[axis].Count == 0)
            return SpecFlow.Replace(simple, axis, over, simple.Arrays);
        Factor factor = simple.Axes[axis][0];
        bool range = positions.Length < 2 || Enumerable.Range(1, positions.Length - 1).All(i => positions[i] == positions[i - 1] + 1);
        var arrays = new List<LabelArray>();
        foreach (LabelArray array in simple.Arrays)
        {
            if (!array.Over.Contains(factor))
            {
                arrays.Add(array);
                continue;
            }
            Factor[] outer = [.. array.Over.Where(f => f != factor)];
            if (!range && outer.Length > 0)
                flow.Labels.Rows(array, [factor]); // positions are named across rows: the same ones must stay in each
            LabelArray ordered = array.Reordered([.. outer, factor]);
            int width = (int)factor.Size.Value, rows = ordered.Labels.Length / width;
            var labels = new int[rows * positions.Length];
            for (int r = 0; r < rows; r++)
            {
                for (int k = 0; k < positions.Length; k++)
                    labels[(r * positions.Length) + k] = ordered.Labels[(r * width) + (int)positions[k]];
            }
            if (positions.Length < width)
                flow.Labels.Selections.Add(labels);
            Factor[] all = [.. outer, .. over];
            if (all.Length > 0)
                arrays.Add(new LabelArray(all, labels));
        }
        return SpecFlow.Replace(simple, axis, over, arrays);
    }
}
