using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;

namespace SiDT.Passes.Rewriting;

/// <summary>Executes operators that move numbers of constants without computing with them.</summary>
internal static class TensorMovement
{
    private static readonly HashSet<string> s_known = ["Identity", "Transpose", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Gather", "Slice", "Split", "Concat", "Cast"];

    public static bool Knows(Node node) => node.Domain.Length == 0 && s_known.Contains(node.OpType);

    /// <summary>Elements of all outputs together, for operators of one data input.</summary>
    public static long SizeOf(Node node)
    {
        Tensor data = node.Inputs[0]!.Constant!;
        if (node.Is("Gather"))
            return data.Count / Math.Max(1, data.Dims[Axis(node, data.Rank, 0)]) * node.Inputs[1]!.Constant!.Count;
        return node.Is("Slice") && Sliced(node, data) is { } cuts ? cuts.Aggregate(data.Count, (n, c) => n / Math.Max(1, data.Dims[c.Axis]) * c.Positions.Length) : data.Count;
    }

    /// <summary>The outputs; null where an operand is not understood.</summary>
    public static Tensor[]? Evaluate(Node node, Tensor?[] x)
    {
        Tensor data = x[0]!;
        if (data.Type == ElementType.String)
            return null;
        Tensor? result = node.OpType switch
        {
            "Identity" => data,
            "Transpose" => Transpose(data, node.Ints("perm") ?? [.. Enumerable.Range(0, data.Rank).Reverse().Select(i => (long)i)]),
            "Reshape" => x.Length > 1 && x[1] is { } shape ? Reshape(data, shape.ToInt64s(), node.Int("allowzero", 0) != 0) : null,
            "Flatten" => Flatten(data, Axis(node, data.Rank, 1)),
            "Squeeze" => Squeeze(data, Axes(node, x)),
            "Unsqueeze" => Unsqueeze(data, Axes(node, x)),
            "Gather" => Gather(node, data, x[1]!),
            "Slice" => Sliced(node, data) is { } cuts ? cuts.Aggregate(data, (t, c) => WeightSlicer.SliceAxis(t, c.Axis, c.Positions)) : null,
            "Concat" => Concat([.. x.Select(t => t!)], Axis(node, data.Rank, 0)),
            "Cast" => Cast(data, (ElementType)node.Int("to", 1)),
            _ => null,
        };
        return node.Is("Split") ? Split(node, data, x) : result is null ? null : [result];
    }

    /// <summary>The axes of a tensor in another order.</summary>
    public static Tensor? Transpose(Tensor tensor, long[] perm)
    {
        int rank = tensor.Rank, size = tensor.Type.Bits() / 8;
        if (perm.Length != rank || size == 0 || tensor.Type.Bits() % 8 != 0)
            return null;
        var strides = new long[rank];
        for (long i = rank - 1, s = size; i >= 0; s *= tensor.Dims[i--])
            strides[i] = s;
        long[] dims = [.. perm.Select(p => tensor.Dims[p])], steps = [.. perm.Select(p => strides[p])];
        ReadOnlySpan<byte> source = tensor.Bytes;
        var bytes = new byte[source.Length];
        var at = new long[rank];
        long from = 0;
        for (int to = 0; to < bytes.Length; to += size)
        {
            source.Slice((int)from, size).CopyTo(bytes.AsSpan(to, size));
            for (int d = rank - 1; d >= 0; d--)
            {
                from += steps[d];
                if (++at[d] < dims[d])
                    break;
                from -= steps[d] * dims[d];
                at[d] = 0;
            }
        }
        return new Tensor(tensor.Type, dims, new ManagedStorage(bytes), tensor.Source);
    }

    /// <summary>The same numbers in other dimensions.</summary>
    public static Tensor Shaped(Tensor tensor, long[] dims) => new(tensor.Type, dims, tensor.Storage, tensor.Source);

    private static int Axis(Node node, int rank, int fallback) => NodeView.Positive(node.Int("axis", fallback), rank);

    private static long[]? Axes(Node node, Tensor?[] x) => node.Ints("axes") ?? (x.Length > 1 ? x[1]?.ToInt64s() : null);

    private static Tensor? Reshape(Tensor data, long[] shape, bool keepZero)
    {
        long[] dims = [.. shape.Select((d, i) => d == 0 && !keepZero ? i < data.Rank ? data.Dims[i] : 0 : d)];
        int rest = Array.IndexOf(dims, -1);
        long known = dims.Where(d => d != -1).Aggregate(1L, (a, b) => a * b);
        if (rest >= 0)
            dims[rest] = known == 0 ? 0 : data.Count / known;
        return dims.Aggregate(1L, (a, b) => a * b) == data.Count ? Shaped(data, dims) : null;
    }

    private static Tensor Flatten(Tensor data, int axis) =>
        Shaped(data, [data.Dims[..axis].Aggregate(1L, (a, b) => a * b), data.Dims[axis..].Aggregate(1L, (a, b) => a * b)]);

    private static Tensor Squeeze(Tensor data, long[]? axes)
    {
        int[]? gone = axes is null ? null : [.. axes.Select(a => NodeView.Positive(a, data.Rank))];
        return Shaped(data, [.. data.Dims.Where((d, i) => gone is null ? d != 1 : !gone.Contains(i))]);
    }

    private static Tensor? Unsqueeze(Tensor data, long[]? axes)
    {
        if (axes is null)
            return null;
        int rank = data.Rank + axes.Length, next = 0;
        int[] added = [.. axes.Select(a => NodeView.Positive(a, rank))];
        return Shaped(data, [.. Enumerable.Range(0, rank).Select(i => added.Contains(i) ? 1 : data.Dims[next++])]);
    }

    private static Tensor? Gather(Node node, Tensor data, Tensor indices)
    {
        if (data.Rank == 0)
            return null;
        int axis = Axis(node, data.Rank, 0);
        long size = data.Dims[axis];
        int[] positions = [.. indices.ToInt64s().Select(i => (int)(i < 0 ? i + size : i))];
        if (positions.Any(p => p < 0 || p >= size))
            return null;
        Tensor taken = WeightSlicer.SliceAxis(data, axis, positions);
        return Shaped(taken, [.. data.Dims[..axis], .. indices.Dims, .. data.Dims[(axis + 1)..]]);
    }

    private static (int Axis, int[] Positions)[]? Sliced(Node node, Tensor data)
    {
        long[]? starts = node.Ints("starts") ?? node.Input(1)?.Constant?.ToInt64s(), ends = node.Ints("ends") ?? node.Input(2)?.Constant?.ToInt64s();
        if (starts is null || ends is null)
            return null;
        long[] axes = node.Ints("axes") ?? node.Input(3)?.Constant?.ToInt64s() ?? [.. Enumerable.Range(0, starts.Length).Select(i => (long)i)];
        long[] steps = node.Input(4)?.Constant?.ToInt64s() ?? [.. starts.Select(_ => 1L)];
        return [.. axes.Select((a, i) => NodeView.Positive(a, data.Rank) is var axis
            ? (axis, Selections.Positions(starts[i], ends[i], steps[i], data.Dims[axis]).Select(p => (int)p).ToArray()) : default)];
    }

    private static Tensor[]? Split(Node node, Tensor data, Tensor?[] x)
    {
        int axis = Axis(node, data.Rank, 0), parts = node.Outputs.Count;
        long each = (data.Dims[axis] + parts - 1) / parts;
        long[] sizes = node.Ints("split") ?? (x.Length > 1 ? x[1]?.ToInt64s() : null) ?? [.. Enumerable.Range(0, parts).Select(i => Math.Min(each, data.Dims[axis] - (i * each)))];
        if (sizes.Length != parts || sizes.Sum() != data.Dims[axis])
            return null;
        int start = 0;
        var results = new Tensor[parts];
        for (int i = 0; i < parts; start += (int)sizes[i++])
            results[i] = WeightSlicer.SliceAxis(data, axis, [.. Enumerable.Range(start, (int)sizes[i])]);
        return results;
    }

    /// <summary>Tensors one after another along an axis; null if they do not fit.</summary>
    public static Tensor? Concat(Tensor[] parts, int axis)
    {
        Tensor first = parts[0];
        if (first.Type.Bits() % 8 != 0 || parts.Any(p => p.Type != first.Type || p.Rank != first.Rank || p.Dims.Where((d, i) => i != axis && d != first.Dims[i]).Any()))
            return null;
        long[] dims = [.. first.Dims];
        dims[axis] = parts.Sum(p => p.Dims[axis]);
        int outer = (int)first.Dims[..axis].Aggregate(1L, (a, b) => a * b);
        var bytes = new byte[parts.Sum(p => p.Bytes.Length)];
        int at = 0;
        for (int o = 0; o < outer; o++)
        {
            foreach (Tensor part in parts)
            {
                int run = part.Bytes.Length / outer;
                part.Bytes.Slice(o * run, run).CopyTo(bytes.AsSpan(at));
                at += run;
            }
        }
        return new Tensor(first.Type, dims, new ManagedStorage(bytes));
    }

    private static Tensor? Cast(Tensor data, ElementType to)
    {
        if (data.Type == to)
            return data;
        if (to.IsFloating())
            return data.Type == ElementType.Float64 || to == ElementType.Float64 ? null : Tensor.FromFloats(to, data.ToFloats(), data.Dims);
        if (to == ElementType.Bool)
            return Tensor.FromInt64s(to, [.. data.ToFloats().Select(f => f != 0 ? 1L : 0L)], data.Dims);
        return Tensor.FromInt64s(to, data.ToInt64s(), data.Dims);
    }
}
