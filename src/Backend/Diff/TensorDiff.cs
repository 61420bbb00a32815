using SiDT.Frontend;
using SiDT.Passes.Planning;

namespace SiDT.Backend.Diff;

/// <summary>What is different about constants that are no arguments: which are new, gone, resized, of another type or of other numbers.</summary>
internal sealed class TensorDiff(Matching matching, BlockPairs blocks, DiffOptions options)
{
    private abstract record Finding;

    private sealed record Equal : Finding;

    private sealed record Resized(TensorResize Resize) : Finding;

    private sealed record Retyped(TensorRetype Retype) : Finding;

    private sealed record Changed(TensorValues Values) : Finding;

    public TensorChanges Run()
    {
        (Value A, Value B)[] pairs = [.. matching.Values.Where(p => p.Key.Constant is not null && p.Value.Constant is not null && !(GraphView.IsArgument(p.Key) && GraphView.IsArgument(p.Value))).Select(p => (p.Key, p.Value))];
        var findings = new Finding[pairs.Length];
        // the largest first, so that no core waits long for another
        int[] order = [.. Enumerable.Range(0, pairs.Length).OrderByDescending(i => pairs[i].A.Constant!.Storage.Length)];
        Parallel.ForEach(System.Collections.Concurrent.Partitioner.Create(order, loadBalance: true), i => findings[i] = Compare(pairs[i].A, pairs[i].B));
        return new TensorChanges
        {
            Unchanged = findings.Count(f => f is Equal),
            Resized = [.. findings.OfType<Resized>().Select(f => f.Resize)],
            Retyped = [.. findings.OfType<Retyped>().Select(f => f.Retype)],
            Changed = options.Ignore.HasFlag(DiffIgnore.Values) ? [] : [.. findings.OfType<Changed>().Select(f => f.Values)],
            Removed = [.. Alone(matching.A, t => matching.Of(t) is null && !HasCopy(matching.A, matching.B, t, n => matching.ToB[n])).Select(t => Of(t, blocks.OfTensorA(t)))],
            Added = [.. Alone(matching.B, t => matching.From(t) is null && !HasCopy(matching.B, matching.A, t, n => matching.ToA[n])).Select(t => Of(t, blocks.OfTensorB(t)) with { PartOf = PartOf(t) })],
        };
    }

    public static string TypeOf(Tensor tensor) => tensor.Type.ToString().ToLowerInvariant();

    private static IEnumerable<Value> Alone(GraphView view, Func<Value, bool> isAlone) => view.Tensors.Where(t => !GraphView.IsArgument(t) && isAlone(t));

    /// <summary>Whether every partner of the nodes that read a constant reads the same numbers: one file shares what the other repeats.</summary>
    private static bool HasCopy(GraphView own, GraphView other, Value tensor, Func<int, int> partner)
    {
        IReadOnlyList<Reading> readings = own.ReadingsOf(tensor);
        return readings.Count > 0 && readings.All(r => partner(r.Node) is >= 0 and int mate && other.Operands[mate].Any(o => o.Kind == OperandKind.Tensor && AreEqual(o.Value!.Constant!, tensor.Constant!)));
    }

    /// <summary>A packed weight that was taken apart is where its parts came from.</summary>
    private string? PartOf(Value added)
    {
        string block = blocks.OfTensorB(added);
        Tensor tensor = added.Constant!;
        return matching.A.Tensors.FirstOrDefault(t => !GraphView.IsArgument(t) && blocks.OfTensorA(t) == block && t.Constant!.Rank == tensor.Rank && t.Constant.Count > tensor.Count && IndexSearch.Kept(t.Constant, tensor) is not null)?.Name;
    }

    private static bool AreEqual(Tensor a, Tensor b) => a.Type == b.Type && a.Dims.SequenceEqual(b.Dims) && ValueChange.Of(a, b) is null;

    private static TensorRef Of(Value value, string block) => new(value.Name, block, TypeOf(value.Constant!), value.Constant!.Dims);

    private Finding Compare(Value a, Value b)
    {
        Tensor x = a.Constant!, y = b.Constant!;
        string block = blocks.OfTensorA(a);
        if (!x.Dims.SequenceEqual(y.Dims))
            return new Resized(Resize(a, b, block));
        if (x.Type != y.Type)
            return new Retyped(new TensorRetype(a.Name, block, TypeOf(x), TypeOf(y)));
        if (ReferenceEquals(x, y) || ValueChange.Of(x, y) is not { } change)
            return new Equal();
        return new Changed(new TensorValues(a.Name, block, x.Dims, change.MaxAbs, change.Relative, change.Cosine, change.Elements));
    }

    private TensorResize Resize(Value a, Value b, string block)
    {
        Tensor x = a.Constant!, y = b.Constant!;
        if (x.Rank != y.Rank)
            return new TensorResize(a.Name, block, x.Dims, y.Dims, [], null);
        int[]?[] removed = new int[x.Rank][];
        string? evidence = null;
        if (IndexSearch.Kept(x, y) is { } kept)
        {
            evidence = "values";
            for (int d = 0; d < x.Rank; d++)
                removed[d] = Complement(kept[d], (int)x.Dims[d]);
        }
        else if (options.Plan is { } plan)
        {
            foreach (PlanSlice slice in plan.Dimensions.SelectMany(d => d.Slices).Where(s => s.Tensor == a.Name && s.Axis < x.Rank))
                removed[slice.Axis] = [.. (removed[slice.Axis] ?? []).Union(slice.Removed).Order()];
            for (int d = 0; d < x.Rank; d++)
            {
                // free savings may take more from a tensor than the plan does
                if (removed[d]?.Length != x.Dims[d] - y.Dims[d])
                    removed[d] = null;
                else if (removed[d] is { Length: > 0 })
                    evidence = "plan";
            }
        }
        AxisChange[] axes = [.. Enumerable.Range(0, x.Rank).Where(d => x.Dims[d] != y.Dims[d]).Select(d => new AxisChange(d, x.Dims[d], y.Dims[d], removed[d]))];
        return new TensorResize(a.Name, block, x.Dims, y.Dims, axes, evidence);
    }

    private static int[] Complement(int[] kept, int size)
    {
        var gone = new List<int>();
        for (int i = 0, k = 0; i < size; i++)
        {
            if (k < kept.Length && kept[k] == i)
                k++;
            else
                gone.Add(i);
        }
        return [.. gone];
    }
}
