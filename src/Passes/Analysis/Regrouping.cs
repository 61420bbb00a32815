using SiDT.Frontend;
using SiDT.Passes.Operators;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Analysis;

/// <summary>Reshape: splits and merges factors in row-major order.</summary>
internal sealed class Regrouping(LabelFlow flow)
{
    public void Reshape(Node node, NodeView view)
    {
        if (view.In(0) is not { } input || Target(node, view, input.Shape) is not { } target)
        {
            flow.Stop(node, $"goes into {node}, whose shape is computed from data");
            return;
        }
        Finish(node, view, input, target);
    }

    public void Flatten(Node node, NodeView view)
    {
        Layout input = view.In(0)!;
        int axis = view.Axis("axis", 1, input.Rank);
        Finish(node, view, input, [Dim.Product(input.Shape[..axis]), Dim.Product(input.Shape[axis..])]);
    }

    private void Finish(Node node, NodeView view, Layout input, Dim[] target)
    {
        Layout result = Regroup(input, target, $"is regrouped by {node} across its factors");
        Content? content = input.Content is { } c && target.All(d => d.IsConstant) ? new Content(c.Type, [.. target.Select(d => (int)d.Value)], c.Items) : null;
        flow.Set(node.Result, result.With(input.Type, content));
        if (result.Axes.Count(a => a.Count > 0) < 2)
            return;
        IReadOnlyList<Factor>[] flat = [.. Flat(input, result).Concat(result.Axes).Where(f => f.Count > 1)];
        foreach (LabelArray array in result.Arrays.Where(a => a.Over.Count > 1))
        {
            flow.Labels.Rectangles.Add(array);
            foreach (IReadOnlyList<Factor> axis in flat)
            {
                Factor[] own = [.. axis.Where(array.Over.Contains)];
                if (own.Length < 2)
                    continue;
                LabelArray flattened = array.Reordered([.. array.Over.Except(own), .. own]);
                flow.Labels.Flattened.Add(flattened);
                flow.Labels.Counted.Add((flattened, array.Over.Count - own.Length));
            }
        }
    }

    // the factors that each axis of the input consists of, where they are those of the result
    private static IEnumerable<IReadOnlyList<Factor>> Flat(Layout input, Layout result)
    {
        Factor[] all = [.. result.Axes.SelectMany(a => a)];
        int at = 0;
        foreach (Dim size in input.Shape)
        {
            var axis = new List<Factor>();
            Dim product = Dim.One;
            while (!product.Equals(size) && at < all.Length)
            {
                axis.Add(all[at]);
                product *= all[at++].Size;
            }
            if (!product.Equals(size))
                yield break;
            yield return axis;
        }
    }

    /// <summary>The sizes after a Reshape, with 0 and -1 resolved; null if the number of axes is not known.</summary>
    internal static Dim[]? Target(Node node, NodeView view, Dim[] input)
    {
        Dim?[]? wanted = node.Ints("shape")?.Select(d => (Dim?)Dim.Of(d)).ToArray() ?? view.In(1)?.Content?.Sizes;
        if (wanted is null)
        {
            Dim[] unknown = Movements.SizesOf(view.In(1), node.Result.Name);
            if (unknown.Length == 0)
                return null;
            wanted = unknown;
        }
        bool keepZero = node.Int("allowzero", 0) != 0;
        var result = new Dim?[wanted.Length];
        for (int i = 0; i < wanted.Length; i++)
            result[i] = wanted[i] is { } d && d.Is(0) && !keepZero && i < input.Length ? input[i] : wanted[i] is { } e && e.Is(-1) ? null : wanted[i] ?? null;
        int open = result.Count(d => d is null);
        if (open == 1)
        {
            Dim known = Dim.Product(result.OfType<Dim>()), all = Dim.Product(input);
            int at = Array.FindIndex(result, d => d is null);
            result[at] = all.DivideExactly(known) ?? Dim.Symbol($"({all})/({known})");
        }
        for (int i = 0; i < result.Length; i++)
            result[i] ??= Dim.Symbol($"{node.Result.Name}.{i}");
        return result!;
    }

    /// <summary>The same data under other axes.</summary>
    internal Layout Regroup(Layout input, Dim[] target, string reason)
    {
        List<Factor> pending = [.. input.Axes.SelectMany(a => a)];
        var axes = new List<Factor>[target.Length];
        var splits = new Dictionary<Factor, IReadOnlyList<Factor>>();
        // from the left as far as it goes, the rest from the right, and what remains between as one block
        (int left, Dim? leftOpen) = FromLeft(pending, target, axes, splits);
        List<LabelArray> arrays = [.. input.Arrays.Select(a => a.Split(splits))];
        if (pending.Count == 0 && left == target.Length && leftOpen is null)
            return new Layout(axes.Select(a => (IReadOnlyList<Factor>)a).ToArray(), arrays) { IsConstant = input.IsConstant, Origin = input.Origin, IsShifted = input.IsShifted };
        if (left < target.Length && leftOpen is not null)
        {
            // an axis half filled: give its factors back to the block
            pending.InsertRange(0, axes[left]);
            axes[left] = null!;
        }
        var tail = new Dictionary<Factor, IReadOnlyList<Factor>>();
        int right = FromRight(pending, target, axes, left, tail);
        arrays = [.. arrays.Select(a => a.Split(tail))];
        arrays = Block(pending, target, axes, left, right, arrays, reason);
        return new Layout(axes.Select(a => (IReadOnlyList<Factor>)a).ToArray(), arrays) { IsConstant = input.IsConstant, Origin = input.Origin, IsShifted = input.IsShifted };
    }

    private static (int Axis, Dim? Open) FromLeft(List<Factor> pending, Dim[] target, List<Factor>[] axes, Dictionary<Factor, IReadOnlyList<Factor>> splits)
    {
        for (int axis = 0; axis < target.Length; axis++)
        {
            axes[axis] = [];
            Dim open = target[axis];
            while (!open.Is(1))
            {
                if (pending.Count == 0)
                    return (axis, open);
                Factor next = pending[0];
                if (open.DivideExactly(next.Size) is { } rest)
                {
                    axes[axis].Add(next);
                    pending.RemoveAt(0);
                    open = rest;
                }
                else if (next.Size.DivideExactly(open) is { } remaining)
                {
                    Cut(pending, 0, splits, open, remaining);
                }
                else
                {
                    return (axis, open);
                }
            }
        }
        return (target.Length, null);
    }

    private static int FromRight(List<Factor> pending, Dim[] target, List<Factor>[] axes, int left, Dictionary<Factor, IReadOnlyList<Factor>> splits)
    {
        int axis = target.Length - 1;
        for (; axis > left; axis--)
        {
            var factors = new List<Factor>();
            Dim open = target[axis];
            while (!open.Is(1) && pending.Count > 0)
            {
                Factor next = pending[^1];
                if (open.DivideExactly(next.Size) is { } rest)
                {
                    factors.Insert(0, next);
                    pending.RemoveAt(pending.Count - 1);
                    open = rest;
                }
                else if (next.Size.DivideExactly(open) is { } remaining)
                {
                    Cut(pending, pending.Count - 1, splits, remaining, open);
                }
                else
                {
                    break;
                }
            }
            if (!open.Is(1))
            {
                pending.AddRange(factors);
                break;
            }
            axes[axis] = factors;
        }
        return axis;
    }

    private static void Cut(List<Factor> pending, int at, Dictionary<Factor, IReadOnlyList<Factor>> splits, Dim first, Dim second)
    {
        Factor old = pending[at];
        Factor a = new(first), b = new(second);
        pending[at] = a;
        pending.Insert(at + 1, b);
        foreach ((Factor whole, IReadOnlyList<Factor> parts) in splits.ToArray())
            splits[whole] = [.. parts.SelectMany(p => p == old ? new[] { a, b } : [p])];
        splits[old] = [a, b];
    }

    // axes left..right share the factors that could not be matched
    private List<LabelArray> Block(List<Factor> pending, Dim[] target, List<Factor>[] axes, int left, int right, List<LabelArray> arrays, string reason)
    {
        HashSet<Factor> block = [.. pending];
        LabelArray[] touching = [.. arrays.Where(a => a.Over.Any(block.Contains))];
        Factor[] fresh = new Factor[Math.Max(0, right - left + 1)];
        for (int axis = left; axis <= right && axis < target.Length; axis++)
        {
            fresh[axis - left] = new Factor(target[axis]);
            axes[axis] = target[axis].Is(1) ? [] : [fresh[axis - left]];
        }
        if (touching.Length == 1 && touching[0].SameFactors(block) && fresh.Length > 0 && fresh.All(f => f.Size.IsConstant)
            && fresh.Aggregate(1L, (p, f) => p * f.Size.Value) == touching[0].Labels.Length)
        {
            // sizes that share no common factors: the labels are enumerated and laid out anew
            var over = fresh.Where(f => !f.Size.Is(1)).ToArray();
            return [.. arrays.Except(touching), new LabelArray(over, touching[0].Reordered(pending).Labels)];
        }
        var kept = new List<LabelArray>(arrays.Except(touching));
        foreach (LabelArray array in touching)
        {
            Factor[] rest = [.. array.Over.Where(f => !block.Contains(f))];
            if (rest.Length == 0)
            {
                flow.Labels.Freeze(array.Labels, reason);
            }
            else
            {
                flow.Labels.Fix(array.Labels);
                kept.Add(flow.Labels.Rows(array, rest));
            }
        }
        return kept;
    }
}
