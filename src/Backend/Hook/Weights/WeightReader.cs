using System.Globalization;
using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;

namespace SiDT.Backend.Hook.Weights;

/// <summary>Follows a constant of the graph back to the tensors of the file.</summary>
/// <param name="flow">Shapes and known contents.</param>
/// <param name="file">The model as it was read; names of tensors are its names.</param>
internal sealed class WeightReader(LabelFlow flow, Model file)
{
    private readonly Dictionary<Value, WeightSource?> _known = new(ReferenceEqualityComparer.Instance);

    /// <summary>The way from stored tensors to <paramref name="value"/>; null if it computes with their numbers.</summary>
    public WeightSource? Find(Value value)
    {
        if (!_known.TryGetValue(value, out WeightSource? source))
            _known[value] = source = Follow(value);
        return source;
    }

    private WeightSource? Follow(Value value)
    {
        if (value.Constant is { } tensor)
            return IsStored(value) ? new WeightSource(tensor.Dims, tensor.Type, [new WeightPart(value.Name, [], tensor.Rank > 0 ? tensor.Dims[0] : 1)]) : null;
        if (value.Producer is not { } node || !flow.Of(value).IsConstant || Whole(flow.Of(value)) is not { } dims)
            return null;
        if (node.Domain.Length > 0 || node.Inputs.Count == 0)
            return null;
        if (node.OpType == "Concat")
            return Joined(node, dims);
        if (Find(node.Inputs[0]!) is not { } from)
            return null;
        switch (node.OpType)
        {
            case "Identity":
                return from;
            case "Cast":
                return from.Type.IsFloating() == flow.Of(value).Type.IsFloating() ? from : null;
            case "Transpose":
                int[] order = [.. (node.Ints("perm") ?? [.. Enumerable.Range(0, dims.Length).Reverse().Select(i => (long)i)]).Select(i => (int)i)];
                return from.Then($"transpose {Words(order.Select(i => (long)i))}", dims, a => Array.IndexOf(order, a));
            case "Reshape" or "Flatten" or "Squeeze" or "Unsqueeze":
                return from.Then($"reshape {Words(dims)}", dims, a => a == 0 && from.Dims[0] == dims.ElementAtOrDefault(0) ? 0 : null);
            case "Gather" or "Slice" or "Split":
                return Part(node, value, from, dims);
            case "DequantizeLinear":
                return Dequantized(node, from);
            default:
                return null;
        }
    }

    /// <summary>A tensor of the file.</summary>
    public Tensor? Stored(string name) => file.Graph.Find(name)?.Constant;

    // constants that lowering and folding made are not in the file
    private bool IsStored(Value value) => file.Graph.Find(value.Name) is { Constant: not null };

    private WeightSource? Joined(Node node, long[] dims)
    {
        var parts = new List<WeightPart>();
        int axis = NodeView.Positive(node.Int("axis", 0), dims.Length);
        ElementType type = ElementType.Undefined;
        foreach (Value? input in node.Inputs)
        {
            if (Find(input!) is not { Parts: [var part] } source || (type != ElementType.Undefined && type != source.Type))
                return null;
            type = source.Type;
            parts.Add(part with { Size = source.Dims[axis] });
        }
        return new WeightSource(dims, type, parts, axis);
    }

    private WeightSource? Part(Node node, Value value, WeightSource from, long[] dims)
    {
        if (from.Parts.Count > 1)
            return null;
        var view = new NodeView(node, flow.Of);
        if (node.OpType == "Gather")
        {
            int axis = view.Axis("axis", 0, from.Dims.Length);
            if (view.Integers(1, null) is not { Length: > 0 } positions || positions.Zip(positions.Skip(1)).Any(p => p.Second != p.First + 1))
                return null;
            WeightSource narrowed = Narrow(from, axis, positions[0] < 0 ? positions[0] + from.Dims[axis] : positions[0], positions.Length);
            return dims.SequenceEqual(narrowed.Dims) ? narrowed : narrowed.Then($"reshape {Words(dims)}", dims);
        }
        if (node.OpType == "Split")
        {
            int axis = view.Axis("axis", 0, from.Dims.Length);
            long start = node.Outputs.TakeWhile(o => o != value).Sum(o => Whole(flow.Of(o!))?[axis] ?? 0);
            return Narrow(from, axis, start, dims[axis]);
        }
        if (view.Integers(1, "starts") is not { } starts || (view.Integers(4, null) ?? []).Any(s => s != 1))
            return null;
        long[] axes = view.Integers(3, "axes") ?? [.. Enumerable.Range(0, starts.Length).Select(i => (long)i)];
        WeightSource result = from;
        for (int i = 0; i < starts.Length; i++)
        {
            int axis = NodeView.Positive(axes[i], dims.Length);
            long start = starts[i] < 0 ? starts[i] + from.Dims[axis] : starts[i];
            result = Narrow(result, axis, Math.Clamp(start, 0, from.Dims[axis]), dims[axis]);
        }
        return result;
    }

    private static WeightSource Narrow(WeightSource from, int axis, long start, long length)
    {
        long[] dims = [.. from.Dims];
        dims[axis] = length;
        return from.Then($"narrow {axis} {start} {length}", dims)!;
    }

    private WeightSource? Dequantized(Node node, WeightSource from)
    {
        if (from.Parts is not [{ Steps.Length: 0 } part] || node.Input(1) is not { } scale || Find(scale) is not { Parts: [{ Steps.Length: 0 } s] } || node.Int("block_size", 0) > 0)
            return null;
        string zero = "-";
        if (node.Input(2) is { } point)
        {
            if (Find(point) is not { Parts: [{ Steps.Length: 0 } z] })
                return null;
            zero = z.Name;
        }
        long axis = NodeView.Positive(node.Int("axis", 1), from.Dims.Length);
        return @from with { Type = ElementType.Float32, Parts = [part with { Scale = $"{s.Name}\t{zero}\t{axis}" }] };
    }

    private static long[]? Whole(Layout layout) =>
        layout.IsUnknown || layout.Shape.Any(d => !d.IsConstant) ? null : [.. layout.Shape.Select(d => d.Value)];

    private static string Words(IEnumerable<long> numbers) => string.Join(' ', numbers.Select(n => n.ToString(CultureInfo.InvariantCulture)));
}
