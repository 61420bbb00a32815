using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Normalization;
using SiDT.Passes.Planning;

namespace SiDT.Passes.Proof;

/// <summary>
/// The original graph with the removed units silenced by masks on values: what the small graph must equal.
/// Knows the plan's slices and nothing of how a graph is cut.
/// </summary>
public sealed class TwinBuilder
{
    /// <param name="original">The input model with its functions inlined; not changed.</param>
    /// <param name="dimensions">The plan's dimensions.</param>
    public Model Build(Model original, IReadOnlyList<PlanDimension> dimensions)
    {
        Model twin = original.Clone();
        // layers that add the same zeros are not tied by them
        foreach ((Node node, int index, Tensor zeros) in SharedZeros.In(twin.Graph).ToArray())
            node.SetInput(index, twin.Graph.NewInitializer("zeros", zeros));
        GraphAnalysis analysis = new DimensionFinder().Run(twin.Graph);
        // weights are silenced everywhere; values only where norms must not see what is gone
        var all = Cut.Exactly(analysis, Gone(analysis, dimensions.SelectMany(d => d.Slices)));
        SilenceWeights(twin.Graph, analysis, all);
        HashSet<int> streams = Gone(analysis, dimensions.Where(d => d.Kind == DimensionKind.Embed.Word()).SelectMany(d => d.Slices));
        if (streams.Count > 0)
        {
            var cut = Cut.Exactly(analysis, streams);
            Mask(twin.Graph, analysis, cut, new MaskedNorms(analysis, cut));
        }
        twin.Graph.Sweep();
        twin.Graph.Sort();
        return twin;
    }

    private static HashSet<int> Gone(GraphAnalysis analysis, IEnumerable<PlanSlice> slices)
    {
        Dictionary<(string, int), LabelHome> homes = analysis.Flow.Labels.Homes.ToDictionary(h => (PlanWriter.NameOf(h.Tensor), h.Axis));
        var gone = new HashSet<int>();
        foreach (PlanSlice slice in slices)
        {
            if (!homes.TryGetValue((slice.Tensor, slice.Axis), out LabelHome? home))
                throw new ModelError($"the plan names axis {slice.Axis} of '{slice.Tensor}', which the model does not have");
            foreach (int position in slice.Removed)
            {
                if (position < 0 || position >= home.Count)
                    throw new ModelError($"the plan names position {position} of axis {slice.Axis} of '{slice.Tensor}', which has {home.Count}");
                gone.Add(analysis.Flow.Labels.Find(home.Start + position));
            }
        }
        return gone;
    }

    private static void Mask(Graph graph, GraphAnalysis analysis, Cut cut, MaskedNorms norms)
    {
        foreach (Node node in graph.Nodes.ToArray())
        {
            foreach (Graph body in node.Subgraphs.Values)
                Mask(body, analysis, cut, norms);
            norms.Replace(node);
            foreach (Value? output in node.Outputs)
            {
                if (output is not null && !norms.IsOwn(output))
                    Mask(output, analysis, cut);
            }
        }
    }

    private static void SilenceWeights(Graph graph, GraphAnalysis analysis, Cut cut)
    {
        foreach (Value value in graph.Values.ToArray())
        {
            if (!analysis.Flow.Layouts.TryGetValue(value, out Layout? layout) || !layout.IsConstant || !layout.Type.IsFloating() || !cut.Touches(layout))
                continue;
            if (value.Initializer is null && value.Constant is null && layout.Type == ElementType.BFloat16)
                continue; // nothing computes with it; what is made from it is silenced
            Mask(value, analysis, cut);
        }
        foreach (Node node in graph.Nodes.ToArray())
        {
            foreach (Graph body in node.Subgraphs.Values)
                SilenceWeights(body, analysis, cut);
        }
    }

    private static void Mask(Value value, GraphAnalysis analysis, Cut cut)
    {
        if (!analysis.Flow.Layouts.TryGetValue(value, out Layout? layout) || !layout.Type.IsFloating() || !cut.Touches(layout) || value.Uses.Count == 0)
            return;
        if (MaskTensor(layout, cut) is not { } mask)
            return;
        if (layout.IsConstant && value.Initializer is { } tensor)
        {
            value.Initializer = Silence(tensor, mask.Numbers, mask.Dims);
            return;
        }
        Use[] uses = [.. value.Uses];
        Value masked = Silence(value.Graph, value, layout.Type, mask.Numbers, mask.Dims);
        analysis.Flow.Set(masked, layout); // readers further down ask for it
        foreach (Use use in uses)
            use.Node.SetInput(use.Index, masked);
    }

    /// <summary>Zero where the mask is zero, whatever stands there: a product would keep what is not a number.</summary>
    internal static Value Silence(Graph graph, Value value, ElementType type, float[] mask, long[] dims)
    {
        if (type is not (ElementType.Float32 or ElementType.Float64) || graph.Model.Opset() < 9)
            return graph.Op("Mul", $"{value.Name}_masked", value, graph.NewInitializer($"{value.Name}_mask", Tensor.FromFloats(type, mask, dims)));
        Value keep = graph.NewInitializer($"{value.Name}_mask", Tensor.FromInt64s(ElementType.Bool, mask.Select(m => (long)m).ToArray(), dims));
        return graph.Op("Where", $"{value.Name}_masked", keep, value, graph.NewInitializer($"{value.Name}_zero", Tensor.FromFloats(type, [0])));
    }

    private static Tensor Silence(Tensor tensor, float[] mask, long[] dims)
    {
        byte[] bytes = tensor.Bytes.ToArray();
        int width = tensor.Type.Bits() / 8;
        var strides = new long[dims.Length];
        for (int i = dims.Length - 1, s = 1; i >= 0; s *= (int)dims[i--])
            strides[i] = dims[i] == 1 ? 0 : s;
        var at = new long[dims.Length];
        for (long k = 0; k < tensor.Count; k++)
        {
            long index = 0;
            for (int d = 0; d < dims.Length; d++)
                index += at[d] * strides[d];
            if (mask[index] == 0)
                bytes.AsSpan((int)(k * width), width).Clear();
            for (int d = dims.Length - 1; d >= 0 && ++at[d] == tensor.Dims[d]; d--)
                at[d] = 0;
        }
        return new Tensor(tensor.Type, tensor.Dims, new ManagedStorage(bytes), tensor.Source);
    }

    /// <summary>Ones where a position stays; size one along axes of which nothing goes. Null where an axis mixes both with an open size.</summary>
    internal static (float[] Numbers, long[] Dims)? MaskTensor(Layout layout, Cut cut)
    {
        HashSet<Factor> touched = [.. layout.Arrays.Where(a => a.Labels.Any(l => !cut.Keeps(l))).SelectMany(a => a.Over)];
        var dims = new long[layout.Rank];
        var order = new List<Factor>();
        for (int i = 0; i < layout.Rank; i++)
        {
            bool any = layout.Axes[i].Any(touched.Contains);
            if (any && layout.Axes[i].Any(f => !f.Size.IsConstant))
                return null;
            dims[i] = any ? layout.Shape[i].Value : 1;
            if (any)
                order.AddRange(layout.Axes[i]);
        }
        var numbers = new float[dims.Aggregate(1L, (a, b) => a * b)];
        Array.Fill(numbers, 1);
        int[] sizes = [.. order.Select(f => (int)f.Size.Value)];
        var at = new int[sizes.Length];
        for (int k = 0; k < numbers.Length; k++)
        {
            foreach (LabelArray array in layout.Arrays)
            {
                if (!array.Over.All(order.Contains))
                    continue;
                int index = 0;
                foreach (Factor f in array.Over)
                    index = (index * (int)f.Size.Value) + at[order.IndexOf(f)];
                if (!cut.Keeps(array.Labels[index]))
                    numbers[k] = 0;
            }
            for (int d = sizes.Length - 1; d >= 0 && ++at[d] == sizes[d]; d--)
                at[d] = 0;
        }
        return (numbers, dims);
    }
}
