using SiDT.Frontend;
using SiDT.Passes.Operators;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Analysis;

/// <summary>Concat and Pad: positions of several axes, or new ones, one after another.</summary>
internal sealed class Joining(LabelFlow flow)
{
    public void Concat(Node node, NodeView view)
    {
        Layout[] parts = [.. Enumerable.Range(0, view.Inputs).Select(i => view.In(i)!)];
        int rank = parts[0].Rank, axis = view.Axis("axis", 1, rank);
        string reason = $"is joined by {node} with positions that no weight owns";
        if (parts.Any(p => p.Rank != rank))
        {
            flow.Stop(node, $"goes into {node}, whose operands do not fit its rule");
            return;
        }
        Dim total = parts.Select(p => p.Shape[axis]).Aggregate((a, b) => a + b);
        for (int i = 0; i < parts.Length; i++)
            parts[i] = flow.Spec.Simplify(parts[i], axis, reason);
        bool labelled = parts.All(p => p.Shape[axis].Is(1) || p.Axes[axis].Any(f => p.ArraysOver(f).Any()))
            && parts.Any(p => !p.Shape[axis].Is(1)) && total.IsConstant;
        if (!labelled)
        {
            for (int i = 0; i < parts.Length; i++)
                parts[i] = flow.Spec.Forget(parts[i], axis, parts[i].Shape[axis].Is(1) ? [] : [new Factor(parts[i].Shape[axis])], reason);
        }
        // the other axes are aligned; every part has an index of its own on the joined axis
        AxisIndex[] own = [.. parts.Select(p => new AxisIndex(p.Shape[axis]))];
        AxisIndex[][] common = [.. Enumerable.Range(0, rank).Select(d => d == axis ? [] : Indices.Axis(new AxisIndex(Best(parts, d))))];
        AxisIndex[][][] inputs = [.. own.Select(o => common.Select((a, d) => d == axis ? Indices.Axis(o) : a).ToArray())];
        Layout?[] aligned = flow.Spec.Apply(node, [.. parts], new AxisSpec([.. inputs], [.. inputs]) { Type = parts[0].Type }, parts.Length);
        bool constant = parts.All(p => p.IsConstant);
        object? origin = parts.Where(p => !p.IsConstant).Select(p => p.Origin).Distinct().Count() == 1 ? parts.First(p => !p.IsConstant).Origin : node;
        Layout first = aligned[0]!;
        var joined = new Factor(total);
        // all results share the factors of the common axes
        IReadOnlyList<Factor>[] axes = [.. first.Axes.Select((a, d) => d == axis ? (total.Is(1) ? [] : [joined]) : a)];
        var arrays = new List<LabelArray>();
        foreach (LabelArray array in aligned.SelectMany(l => l!.Arrays).Where(a => a.Over.All(f => axes.Any(x => x.Contains(f)))))
        {
            if (!arrays.Any(a => a.SameFactors(array.Over)))
                arrays.Add(array);
        }
        if (labelled)
            arrays.Add(Join(aligned!, axis, joined));
        else if (total is { IsConstant: true, Value: < 4096 } && parts.All(p => p.Shape[axis].Is(1)))
            arrays = [.. arrays.Select(a => Stack(a, joined))];
        flow.Set(node.Result, new Layout(axes, arrays) { Type = parts[0].Type, Content = ContentEvaluator.Evaluate(view, 0), IsConstant = constant, Origin = origin, IsShifted = parts.Any(p => p.IsShifted) });
    }

    // single positions laid side by side: every one of them holds the units of all the others
    private static LabelArray Stack(LabelArray array, Factor joined)
    {
        int count = (int)joined.Size.Value;
        return new LabelArray([.. array.Over, joined], [.. array.Labels.SelectMany(l => Enumerable.Repeat(l, count))]);
    }

    private static Dim Best(Layout[] parts, int axis) => parts.Select(p => p.Shape[axis]).OrderBy(d => d.Is(1) ? 2 : d.IsConstant ? 0 : 1).First();

    private LabelArray Join(Layout[] parts, int axis, Factor joined)
    {
        var pieces = new List<(Factor[] Outer, LabelArray? Array, int Width)>();
        foreach (Layout part in parts)
        {
            if (part.Axes[axis].Count == 0)
            {
                pieces.Add(([], null, 1));
                continue;
            }
            Factor own = part.Axes[axis][0];
            LabelArray array = part.ArraysOver(own).OrderByDescending(a => a.Over.Count).First();
            Factor[] outer = [.. array.Over.Where(f => f != own)];
            pieces.Add((outer, array.Reordered([.. outer, own]), (int)own.Size.Value));
        }
        Factor[] rows = pieces.OrderByDescending(p => p.Outer.Length).First().Outer;
        int count = (int)rows.Aggregate(1L, (p, f) => p * f.Size.Value), total = (int)joined.Size.Value;
        var labels = new int[count * total];
        int at = 0;
        foreach ((Factor[] outer, LabelArray? array, int width) in pieces)
        {
            if (array is null)
            {
                // a single position: nothing owns it, it can go with the rest only
                int label = flow.Labels.New(1);
                for (int r = 0; r < count; r++)
                    labels[(r * total) + at] = label;
            }
            else
            {
                int[] source = RowOf(rows, outer);
                for (int r = 0; r < count; r++)
                    Array.Copy(array.Labels, source[r] * width, labels, (r * total) + at, width);
            }
            at += width;
        }
        return new LabelArray([.. rows, joined], labels);
    }

    // the row of an array with fewer outer factors for every row of the joined one
    private static int[] RowOf(Factor[] rows, Factor[] outer)
    {
        int count = (int)rows.Aggregate(1L, (p, f) => p * f.Size.Value);
        var result = new int[count];
        for (int r = 0; r < count; r++)
        {
            int rest = r, row = 0;
            var at = new Dictionary<Factor, int>();
            for (int d = rows.Length - 1; d >= 0; d--)
            {
                at[rows[d]] = rest % (int)rows[d].Size.Value;
                rest /= (int)rows[d].Size.Value;
            }
            foreach (Factor f in outer)
                row = (row * (int)f.Size.Value) + at.GetValueOrDefault(f);
            result[r] = row;
        }
        return result;
    }

    public void Pad(Node node, NodeView view)
    {
        Layout data = view.In(0)!;
        int rank = data.Rank;
        Dim?[]? pads = node.Ints("pads")?.Select(p => (Dim?)Dim.Of(p)).ToArray() ?? view.In(1)?.Content?.Sizes;
        long[] axes = node.Input(3) is null ? [.. Enumerable.Range(0, rank).Select(i => (long)i)] : view.Integers(3, null) ?? [];
        if (pads is null || pads.Length != 2 * axes.Length)
        {
            flow.Stop(node, $"goes into {node}, whose padding is computed from data");
            return;
        }
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = NodeView.Positive(axes[i], rank);
            Dim? before = pads[i], after = pads[i + axes.Length];
            if (before is not null && after is not null && before.Is(0) && after.Is(0))
                continue;
            if (before is { IsConstant: true } b && after is { IsConstant: true } a && pads.All(p => p is { IsConstant: true, Value: >= 0 }) && node.Text("mode", "constant") == "constant" && AreUnits(data, axis))
            {
                data = Widen(flow.Spec.Simplify(data, axis, $"is padded by {node}"), axis, (int)b.Value, (int)a.Value);
                continue;
            }
            Dim size = before is null || after is null ? Dim.Symbol($"{node.Result.Name}.{axis}") : data.Shape[axis] + before + after;
            data = flow.Spec.Forget(data, axis, size.Is(1) ? [] : [new Factor(size)], $"is padded by {node}");
        }
        flow.Set(node.Result, data.With(data.Type, null));
    }

    // pixels and tokens are padded every day and stay; what weights make can go beside what is put there
    private bool AreUnits(Layout data, int axis) =>
        data.Shape[axis].IsConstant && data.Arrays.Any(a => a.Over.Any(data.Axes[axis].Contains) && a.Labels.Any(l => l >= 0 && ((flow.Labels.UsageOf(l) | flow.Labels.UsageOf(flow.Labels.Find(l))) & Usage.Produced) != 0));

    // positions that no weight owns: they go with what they are united with later, or with their row
    private Layout Widen(Layout data, int axis, int before, int after)
    {
        if (data.Axes[axis].Count != 1)
            return data;
        Factor factor = data.Axes[axis][0], wide = new(Dim.Of(factor.Size.Value + before + after));
        int width = (int)factor.Size.Value;
        var arrays = new List<LabelArray>();
        foreach (LabelArray array in data.Arrays)
        {
            if (!array.Over.Contains(factor))
            {
                arrays.Add(array);
                continue;
            }
            Factor[] outer = [.. array.Over.Where(f => f != factor)];
            int[] old = array.Reordered([.. outer, factor]).Labels;
            var labels = new List<int>();
            for (int row = 0; row < old.Length; row += width)
                labels.AddRange([.. flow.Labels.NewRange(before), .. old[row..(row + width)], .. flow.Labels.NewRange(after)]);
            arrays.Add(new LabelArray([.. outer, wide], [.. labels]));
        }
        return SpecFlow.Replace(data, axis, [wide], arrays);
    }
}
