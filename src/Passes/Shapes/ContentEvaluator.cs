using SiDT.Frontend;
using SiDT.Passes.Operators;
using static SiDT.Passes.Shapes.Content;

namespace SiDT.Passes.Shapes;

/// <summary>Executes shape arithmetic on <see cref="Content"/>s: sizes stay polynomials, the rest are numbers or unknown.</summary>
internal static class ContentEvaluator
{
    /// <summary>The content of output <paramref name="output"/>; null where it is not followed.</summary>
    public static Content? Evaluate(NodeView view, int output)
    {
        Node node = view.Node;
        if (node.Domain.Length > 0)
            return null;
        if (node.Is("Shape"))
            return view.In(0) is { } shaped ? ShapeOf(node, shaped.Shape) : null;
        if (node.Is("Size"))
            return view.In(0) is { } sized ? Scalar(ElementType.Int64, Item.Of(Dim.Product(sized.Shape))) : null;
        if (node.Is("ConstantOfShape"))
            return Fill(node, view.In(0)?.Content);
        var inputs = new Content?[node.Inputs.Count];
        for (int i = 0; i < inputs.Length; i++)
        {
            if (node.Input(i) is not null && (inputs[i] = view.In(i)?.Content) is null)
                return null;
        }
        return inputs.Length == 0 ? null : Apply(node, inputs, view, output);
    }

    private static Content? Apply(Node node, Content?[] x, NodeView view, int output)
    {
        Content a = x[0]!;
        switch (node.OpType)
        {
            case "Identity":
                return a;
            case "Cast":
                return Cast(a, (ElementType)node.Int("to", 1));
            case "Unsqueeze" or "Squeeze" or "Reshape" or "Flatten":
                return null; // taken over from the layout by the caller: same numbers, other dimensions
            case "Concat":
                return Concat(x, (int)node.Int("axis", 0));
            case "Gather":
                return Gather(a, x[1]!, (int)node.Int("axis", 0));
            case "Slice":
                return Slice(view, a);
            case "Transpose" when a.Dims is [var rows, var columns] && node.Ints("perm") is null or [1, 0]:
                return new Content(a.Type, [columns, rows], [.. Enumerable.Range(0, a.Items.Length).Select(i => a.Items[(i % rows * columns) + (i / rows)])]);
            case "Split":
                return Split(view, a, output);
            case "Range":
                return x.All(c => c?.Integers is not null) ? Range(x[0]!.Integers![0], x[1]!.Integers![0], x[2]!.Integers![0]) : null;
            case "ReduceProd":
                return Scalar(a.Type, a.Items.All(i => i?.Size is not null) ? Item.Of(Dim.Product(a.Items.Select(i => i!.Value.Size!))) : null);
            case "ReduceSum" when a.Dims.Length == 1:
                return Scalar(a.Type, a.Items.All(i => i?.Size is not null) ? Item.Of(a.Items.Aggregate(Dim.Of(0), (s, i) => s + i!.Value.Size!)) : null);
            case "Where":
                return Where(x);
            case "Expand" when a.Items.Length == 1 && x[1]!.Integers is { Length: 1 } n && n[0] is > 0 and <= Limit:
                return new Content(a.Type, [(int)n[0]], [.. Enumerable.Repeat(a.Items[0], (int)n[0])]);
        }
        if (x.Length == 1 && Unary(node) is { } unary)
            return new Content(a.Type, a.Dims, [.. a.Items.Select(i => i is null ? null : unary(i.Value))]);
        return x.Length == 2 && Binary(node.OpType, a.Type) is { } binary ? Broadcast(node.OpType, a, x[1]!, binary) : null;
    }

    private static Content ShapeOf(Node node, Dim[] shape)
    {
        int start = NodeView.Positive(node.Int("start", 0), shape.Length);
        int end = NodeView.Positive(node.Int("end", shape.Length), shape.Length);
        start = Math.Clamp(start, 0, shape.Length);
        return OfSizes(shape[start..Math.Clamp(end, start, shape.Length)]);
    }

    private static Content? Fill(Node node, Content? shape)
    {
        if (shape?.Integers is not { } dims || dims.Any(d => d is < 0 or > Limit) || dims.Aggregate(1L, (p, d) => p * d) > Limit)
            return null;
        Content value = node.Attributes.TryGetValue("value", out Frontend.Schema.AttributeProto? attribute)
            ? Of(TensorContent.Read(attribute.T))! : Scalar(ElementType.Float32, Item.Of(Dim.Of(0)));
        return new Content(value.Type, [.. dims.Select(d => (int)d)], [.. Enumerable.Repeat(value.Items[0], (int)dims.Aggregate(1L, (p, d) => p * d))]);
    }

    private static Content Cast(Content a, ElementType to)
    {
        Item? Convert(Item? item)
        {
            if (item is not { IsNumber: true } known || to.IsFloating())
                return item;
            return Item.Of(Dim.Of(to == ElementType.Bool ? (known.AsNumber != 0 ? 1 : 0) : (long)known.AsNumber));
        }
        return new Content(to, a.Dims, [.. a.Items.Select(Convert)]);
    }

    private static Content? Concat(Content?[] parts, int axis) =>
        parts.All(p => p!.Dims.Length == 1) && axis is 0 or -1
            ? new Content(parts[0]!.Type, [parts.Sum(p => p!.Items.Length)], [.. parts.SelectMany(p => p!.Items)]) : null;

    private static Content? Gather(Content data, Content indices, int axis)
    {
        if (data.Dims.Length != 1 || axis is not (0 or -1) || indices.Integers is not { } at)
            return null;
        if (at.Any(i => i < -data.Items.Length || i >= data.Items.Length))
            return null;
        return new Content(data.Type, indices.Dims, [.. at.Select(i => data.Items[i < 0 ? i + data.Items.Length : i])]);
    }

    private static Content? Slice(NodeView view, Content data)
    {
        // rows in reverse order: widths of a Pad, which some exporters list from the last axis back
        if (data.Dims is [var rows, var columns] && view.Integers(4, null) is [-1] && view.Integers(3, "axes") is null or [0] && view.Integers(1, "starts") is [-1] && view.Integers(2, "ends") is [< int.MinValue])
            return new Content(data.Type, data.Dims, [.. Enumerable.Range(0, rows).Reverse().SelectMany(r => data.Items.Skip(r * columns).Take(columns))]);
        if (data.Dims.Length != 1 || view.Integers(1, "starts") is not { Length: 1 } start || view.Integers(2, "ends") is not { Length: 1 } end)
            return null;
        long step = view.Integers(4, null)?[0] ?? 1;
        int n = data.Items.Length;
        if (step < 1)
            return step == -1 ? new Content(data.Type, data.Dims, [.. data.Items.Reverse()]) : null;
        int from = (int)Math.Clamp(start[0] < 0 ? start[0] + n : start[0], 0, n), to = (int)Math.Clamp(end[0] < 0 ? end[0] + n : end[0], 0, n);
        Item?[] taken = [.. data.Items.Skip(from).Take(Math.Max(0, to - from)).Where((_, i) => i % step == 0)];
        return new Content(data.Type, [taken.Length], taken);
    }

    private static Content? Split(NodeView view, Content data, int output)
    {
        if (data.Dims.Length != 1)
            return null;
        int parts = view.Node.Outputs.Count;
        long[] sizes = view.Integers(1, "split") ?? [.. Enumerable.Repeat((long)data.Items.Length / parts, parts)];
        Item?[] taken = [.. data.Items.Skip((int)sizes.Take(output).Sum()).Take((int)sizes[output])];
        return new Content(data.Type, [taken.Length], taken);
    }

    private static Content? Range(long start, long limit, long step)
    {
        if (step == 0 || (limit - start) / step > Limit || (limit - start) / step < 0)
            return null;
        var items = new List<Item?>();
        for (long i = start; step > 0 ? i < limit : i > limit; i += step)
            items.Add(Item.Of(Dim.Of(i)));
        return new Content(ElementType.Int64, [items.Count], [.. items]);
    }

    private static Content? Where(Content?[] x)
    {
        if (x.Length != 3 || x.Any(c => c!.Dims.Length > 1))
            return null;
        int n = x.Max(c => c!.Items.Length);
        Item? At(Content c, int i) => c.Items[c.Items.Length == 1 ? 0 : i];
        var items = new Item?[n];
        for (int i = 0; i < n; i++)
            items[i] = At(x[0]!, i) is { IsNumber: true } condition ? At(condition.AsNumber != 0 ? x[1]! : x[2]!, i) : null;
        return new Content(x[1]!.Type, x.Max(c => c!.Dims.Length) == 0 ? [] : [n], items);
    }

    private static Func<Item, Item?>? Unary(Node node)
    {
        Func<Item, Item?> Number(Func<double, double> f) => i => i.IsNumber ? Item.Of(f(i.AsNumber)) : null;
        return node.OpType switch
        {
            "Sqrt" => Number(Math.Sqrt),
            "Reciprocal" => Number(v => 1 / v),
            "Exp" => Number(Math.Exp),
            "Log" => Number(Math.Log),
            "Abs" => Number(Math.Abs),
            "Neg" => i => i.Size is { } s ? Item.Of(s * Dim.Of(-1)) : Item.Of(-i.Number),
            "Floor" => i => i.IsNumber ? Item.Of(Math.Floor(i.AsNumber)) : i,
            "Ceil" => i => i.IsNumber ? Item.Of(Math.Ceiling(i.AsNumber)) : i,
            "Not" => Number(v => v == 0 ? 1 : 0),
            _ => null,
        };
    }

    private static Func<Item, Item, Item?>? Binary(string op, ElementType type)
    {
        Func<Item, Item, Item?> Number(Func<double, double, double> f) => (a, b) => a.IsNumber && b.IsNumber ? Item.Of(f(a.AsNumber, b.AsNumber)) : null;
        Func<Item, Item, Item?> Size(Func<Dim, Dim, Dim?> f, Func<double, double, double> g) => (a, b) =>
            a.Size is not null && b.Size is not null ? f(a.Size, b.Size) is { } s ? Item.Of(s) : null : Number(g)(a, b);
        return op switch
        {
            "Add" => Size((a, b) => a + b, (a, b) => a + b),
            "Sub" => Size((a, b) => a - b, (a, b) => a - b),
            "Mul" => Size((a, b) => a * b, (a, b) => a * b),
            "Div" => (a, b) => type.IsFloating()
                ? a.IsNumber && b.IsNumber ? Item.Of(a.AsNumber / b.AsNumber) : a.Size is not null && b.Size is not null && a.Size.DivideExactly(b.Size) is { } q ? Item.Of(q) : null
                : a.Size is not null && b.Size is not null ? Item.Of(a.Size.DivideDown(b.Size)) : null,
            "Pow" => Number(Math.Pow),
            "Min" => Size((a, b) => a.Equals(b) ? a : a.IsConstant && b.IsConstant ? Dim.Of(Math.Min(a.Value, b.Value)) : null, Math.Min),
            "Max" => Size((a, b) => a.Equals(b) ? a : a.IsConstant && b.IsConstant ? Dim.Of(Math.Max(a.Value, b.Value)) : null, Math.Max),
            "Mod" => Number((a, b) => a - (b * Math.Floor(a / b))),
            "Equal" => (a, b) => a.IsNumber && b.IsNumber ? Item.Of(Dim.Of(a.AsNumber == b.AsNumber ? 1 : 0)) : a.Size is { IsConstant: false } && b.Size is { IsConstant: true } ? Item.Of(Dim.Of(0)) : null,
            "Greater" => Number((a, b) => a > b ? 1 : 0),
            "Less" => Number((a, b) => a < b ? 1 : 0),
            "And" => Number((a, b) => a != 0 && b != 0 ? 1 : 0),
            "Or" => Number((a, b) => a != 0 || b != 0 ? 1 : 0),
            _ => null,
        };
    }

    private static Content? Broadcast(string op, Content a, Content b, Func<Item, Item, Item?> f)
    {
        bool sameShape = a.Dims.SequenceEqual(b.Dims);
        if (!sameShape && a.Items.Length != 1 && b.Items.Length != 1)
            return null;
        Content wide = a.Items.Length > b.Items.Length || (a.Items.Length == b.Items.Length && a.Dims.Length >= b.Dims.Length) ? a : b;
        var items = new Item?[wide.Items.Length];
        for (int i = 0; i < items.Length; i++)
        {
            Item? left = a.Items[a.Items.Length == 1 ? 0 : i], right = b.Items[b.Items.Length == 1 ? 0 : i];
            items[i] = left is null || right is null ? null : f(left.Value, right.Value);
        }
        ElementType type = op is "Equal" or "Greater" or "Less" or "And" or "Or" ? ElementType.Bool : a.Type;
        return new Content(type, wide.Dims, items);
    }
}
