using SiDT.Frontend;
using SiDT.Passes.Operators;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Analysis;

/// <summary>Carries labels through an operator that is described in index notation.</summary>
internal sealed class SpecFlow(LabelFlow flow)
{
    /// <summary>An operand brought to the operator's atoms.</summary>
    private sealed record Operand(List<LabelArray> Arrays, HashSet<Factor> Extent, Layout Layout);

    /// <returns>False if an operand does not fit the notation.</returns>
    public bool Run(Node node, NodeView view, AxisSpec spec)
    {
        Layout?[] layouts = [.. spec.Inputs.Select((axes, i) => axes is null ? null : view.In(i))];
        for (int i = 0; i < layouts.Length; i++)
        {
            if (spec.Inputs[i] is { } axes && layouts[i]?.Rank != axes.Length)
                return false;
        }
        if (spec.Macs is { } macs)
            flow.Macs[node] = macs;
        bool constant = node.Inputs.All(i => i is null || flow.Of(i).IsConstant);
        Layout?[] results = Apply(node, layouts, spec, node.Outputs.Count);
        for (int o = 0; o < results.Length; o++)
        {
            if (node.Output(o) is not { } value)
                continue;
            Layout result = results[o] ?? LabelFlow.Declared(value, node);
            flow.Set(value, new Layout(result.Axes, result.Arrays) { Type = result.Type, Content = ContentOf(node, view, result, o), IsConstant = constant, Origin = result.Origin, IsShifted = result.IsShifted });
        }
        return true;
    }

    /// <summary>Aligns operands and lays out the results; null for results without a notation.</summary>
    public Layout?[] Apply(Node node, Layout?[] layouts, AxisSpec spec, int outputs)
    {
        var refinement = new Refinement(spec);
        RefineAll(node, spec, layouts, refinement);
        HashSet<Factor> space = AtomsOf(spec, refinement, AxisRole.Space), statistics = AtomsOf(spec, refinement, AxisRole.Statistics);
        HashSet<Factor> mixed = [.. AtomsOf(spec, refinement, AxisRole.Mixed), .. space];
        var operands = new Operand?[layouts.Length];
        for (int i = 0; i < layouts.Length; i++)
        {
            if (layouts[i] is not { } layout)
                continue;
            operands[i] = Bring(spec.Inputs[i]!, layout, refinement);
            foreach (LabelArray array in operands[i]!.Arrays.Where(a => a.Over.All(space.Contains)))
                flow.Labels.Mark(array.Labels, Usage.Space);
        }
        List<LabelArray> all = Align(node, operands, mixed);
        foreach (LabelArray array in all.Where(a => a.Over.Any(statistics.Contains)))
            MarkStatistics(array, statistics, spec.IsMean);
        Rectangles(spec, refinement, all);
        object? origin = Origin(node, spec, operands);
        MarkUses(node, spec, refinement, operands, all, origin);
        bool shifted = Silence.Mark(flow.Labels, node, spec, [.. operands.Select(o => o?.Layout)], [.. operands.Select(o => o?.Arrays)], all, [.. spec.Outputs.OfType<AxisIndex[][]>().SelectMany(o => o).SelectMany(a => a).SelectMany(refinement.Atoms)]);
        ElementType type = spec.Type ?? layouts.FirstOrDefault(l => l is not null)?.Type ?? ElementType.Float32;
        return [.. Enumerable.Range(0, outputs).Select(o => o < spec.Outputs.Length && spec.Outputs[o] is { } axes ? Result(axes, refinement, all, o > 0 && spec.HasIndexOutputs ? ElementType.Int64 : type, origin, shifted) : null)];
    }

    private static Content? ContentOf(Node node, NodeView view, Layout result, int output)
    {
        // renamed axes: the same numbers in other dimensions
        if (node.OpType is "Squeeze" or "Unsqueeze" && view.In(0)?.Content is { } same && result.Shape.All(d => d.IsConstant))
            return new Content(same.Type, [.. result.Shape.Select(d => (int)d.Value)], same.Items);
        return ContentEvaluator.Evaluate(view, output);
    }

    // the positions along the statistics, also where they are the same in every row
    private void MarkStatistics(LabelArray array, HashSet<Factor> statistics, bool mean)
    {
        Usage usage = mean ? Usage.Normalized | Usage.Averaged : Usage.Normalized;
        flow.Labels.Mark(array.Labels, usage);
        Factor[] along = [.. array.Over.Where(statistics.Contains)];
        if (along.Length < array.Over.Count)
            flow.Labels.Mark(flow.Labels.Rows(array, along).Labels, usage);
    }

    private void RefineAll(Node node, AxisSpec spec, Layout?[] layouts, Refinement refinement)
    {
        for (bool again = true; again;)
        {
            again = false;
            for (int i = 0; i < layouts.Length; i++)
            {
                for (int axis = 0; axis < (layouts[i]?.Rank ?? 0); axis++)
                {
                    AxisIndex[] indices = spec.Inputs[i]![axis];
                    // indices that were split stay so, also where the axis does not fit: what was brought to them before is looked at again
                    bool Fits()
                    {
                        bool fits = refinement.Refine(indices, layouts[i]!.Axes[axis], out bool changed);
                        again |= changed;
                        return fits;
                    }
                    if (Fits())
                        continue;
                    layouts[i] = Simplify(layouts[i]!, axis, $"meets {node} in a shape that its factors do not fit");
                    if (!Fits())
                        layouts[i] = Forget(layouts[i]!, axis, refinement.Parts(indices), $"meets {node} with a size that cannot be followed");
                }
            }
        }
    }

    private static HashSet<Factor> AtomsOf(AxisSpec spec, Refinement refinement, AxisRole role) =>
        [.. spec.Inputs.OfType<AxisIndex[][]>().SelectMany(o => o).SelectMany(a => a).Where(i => i.Role == role).Distinct().SelectMany(refinement.Atoms)];

    private static Operand Bring(AxisIndex[][] axes, Layout layout, Refinement refinement)
    {
        var map = new Dictionary<Factor, IReadOnlyList<Factor>>();
        for (int axis = 0; axis < axes.Length; axis++)
            refinement.Map(axes[axis], layout.Axes[axis], map);
        return new Operand([.. layout.Arrays.Select(a => a.Split(map))], [.. map.Values.SelectMany(a => a)], layout);
    }

    /// <summary>Aligns the operands one after another; arrays over a mixed index can only go as rows beside it.</summary>
    private List<LabelArray> Align(Node node, Operand?[] operands, HashSet<Factor> mixed)
    {
        var aligned = new List<LabelArray>();
        var whole = new List<LabelArray>(); // what lies over mixed indices too
        var extent = new HashSet<Factor>();
        foreach (Operand? operand in operands)
        {
            if (operand is null)
                continue;
            var mine = new List<LabelArray>();
            foreach (LabelArray array in operand.Arrays)
            {
                if (!array.Over.Any(mixed.Contains))
                {
                    mine.Add(array);
                    continue;
                }
                Factor[] rest = [.. array.Over.Where(f => !mixed.Contains(f))];
                string reason = $"{node} mixes its positions";
                if (rest.Length == 0)
                    flow.Labels.Freeze(array.Labels, reason);
                else
                    flow.Labels.Fix(array.Labels);
                if (rest.Length > 0)
                    mine.Add(flow.Labels.Rows(array, rest));
                whole.Add(array);
            }
            aligned = flow.Alignment.Unite(aligned, extent, mine, operand.Extent, $"meets, at {node}, positions that no weight owns");
            extent.UnionWith(operand.Extent);
        }
        foreach (LabelArray array in whole)
        {
            if (!aligned.Any(a => a.SameFactors(array.Over)))
                aligned.Add(array);
        }
        return aligned;
    }

    // an axis that the operator itself takes apart (heads, groups) must stay a rectangle
    private void Rectangles(AxisSpec spec, Refinement refinement, List<LabelArray> arrays)
    {
        foreach (AxisIndex[] axis in spec.Inputs.OfType<AxisIndex[][]>().SelectMany(o => o).Where(a => a.Length > 1))
        {
            HashSet<Factor> first = [.. refinement.Atoms(axis[0])], rest = [.. axis[1..].SelectMany(refinement.Atoms)];
            foreach (LabelArray array in arrays.Where(a => a.Over.Any(first.Contains) && a.Over.Any(rest.Contains)))
            {
                flow.Labels.Rectangles.Add(array);
                Factor[] own = [.. axis.SelectMany(refinement.Atoms).Where(array.Over.Contains)];
                flow.Labels.Counted.Add((array.Reordered([.. array.Over.Except(own), .. own]), array.Over.Count - own.Length));
            }
        }
    }

    private static object? Origin(Node node, AxisSpec spec, Operand?[] operands)
    {
        object?[] origins = [.. operands.Where(o => o is { Layout.IsConstant: false }).Select(o => o!.Layout.Origin).Distinct()];
        return spec.Product is not null || spec.Uses is not null || origins.Length != 1 ? node : origins[0];
    }

    private void MarkUses(Node node, AxisSpec spec, Refinement refinement, Operand?[] operands, List<LabelArray> all, object? origin)
    {
        if (spec.IsPointwise)
            MarkAll(all, Usage.Pointwise);
        Operand[] active = [.. operands.Where(o => o is { Layout.IsConstant: false }).Select(o => o!)];
        if (spec.IsSum && active.Length > 1 && ReferenceEquals(origin, node))
            MarkAll(all.Where(a => a.Over.All(f => active.Count(o => o.Extent.Contains(f)) > 1)), Usage.Residual);
        if (spec.Uses is not null)
            MarkIndices(spec.Uses, refinement, all);
        if (spec.Product is not var (left, right) || operands[left] is not { } a || operands[right] is not { } b)
            return;
        HashSet<AxisIndex> leftIndices = [.. spec.Inputs[left]!.SelectMany(x => x)], rightIndices = [.. spec.Inputs[right]!.SelectMany(x => x)];
        HashSet<AxisIndex> result = [.. spec.Outputs[0]!.SelectMany(x => x)];
        AxisIndex[] contracted = [.. leftIndices.Where(i => rightIndices.Contains(i) && !result.Contains(i))];
        if (a.Layout.IsConstant == b.Layout.IsConstant)
        {
            if (a.Layout.IsConstant)
                return;
            var uses = new Dictionary<AxisIndex, Usage>();
            foreach (AxisIndex index in leftIndices.Union(rightIndices))
                uses[index] = !leftIndices.Contains(index) || !rightIndices.Contains(index) ? Usage.CarriedPair : result.Contains(index) ? Usage.BatchPair : Usage.ContractedPair;
            MarkIndices(uses, refinement, all);
            return;
        }
        HashSet<AxisIndex> weight = a.Layout.IsConstant ? leftIndices : rightIndices;
        HashSet<AxisIndex> data = a.Layout.IsConstant ? rightIndices : leftIndices;
        AxisIndex[] free = [.. weight.Where(i => !data.Contains(i) && result.Contains(i))];
        LabelArray[] read = [.. Apart(Over(all, refinement, contracted), refinement, contracted, free)];
        LabelArray[] made = [.. Apart(Over(all, refinement, free), refinement, free, contracted)];
        MarkAll(read, Usage.Consumed);
        MarkAll(made, spec.IsSpatial ? Usage.Produced | Usage.ProducedBySpatial : Usage.Produced);
        foreach (LabelArray array in made)
            flow.Products.Add((array.Labels, read.FirstOrDefault()?.Labels ?? []));
        if (spec.IsSpatial)
        {
            // depth-wise: the channel is a batch index of the product
            MarkAll(Over(all, refinement, weight.Where(i => data.Contains(i) && result.Contains(i))).Except(made), Usage.ProducedBySpatial);
        }
    }

    // an array over several indices is marked by the strongest of its uses: contracted, carried, batch
    private void MarkIndices(IReadOnlyDictionary<AxisIndex, Usage> uses, Refinement refinement, List<LabelArray> all)
    {
        var byAtom = new Dictionary<Factor, Usage>();
        foreach ((AxisIndex index, Usage usage) in uses)
        {
            foreach (Factor atom in refinement.Atoms(index))
                byAtom[atom] = usage;
        }
        foreach (LabelArray array in all)
        {
            Usage usage = array.Over.Aggregate(Usage.None, (u, f) => u | byAtom.GetValueOrDefault(f));
            Factor[] batch = [.. array.Over.Where(f => byAtom.GetValueOrDefault(f) == Usage.BatchPair)];
            if (batch.Length > 0 && batch.Length < array.Over.Count)
                flow.Labels.Mark(flow.Labels.Rows(array, batch).Labels, Usage.BatchPair);
            if (usage.HasFlag(Usage.ContractedPair))
                usage &= ~(Usage.CarriedPair | Usage.BatchPair);
            else if (usage.HasFlag(Usage.CarriedPair))
                usage &= ~Usage.BatchPair;
            flow.Labels.Mark(array.Labels, usage);
        }
    }

    private static IEnumerable<LabelArray> Over(List<LabelArray> all, Refinement refinement, IEnumerable<AxisIndex> indices)
    {
        HashSet<Factor> atoms = [.. indices.SelectMany(refinement.Atoms)];
        return all.Where(a => a.Over.Any(atoms.Contains));
    }

    /// <summary>Arrays over some indices; of a matrix that is stored flat, whose positions have labels of their own, the rows along them.</summary>
    private IEnumerable<LabelArray> Apart(IEnumerable<LabelArray> arrays, Refinement refinement, AxisIndex[] indices, AxisIndex[] others)
    {
        HashSet<Factor> own = [.. indices.SelectMany(refinement.Atoms)], foreign = [.. others.SelectMany(refinement.Atoms)];
        foreach (LabelArray array in arrays)
        {
            if (array.Over.Any(foreign.Contains))
                yield return flow.Labels.Rows(array, [.. array.Over.Where(own.Contains)]);
            yield return array;
        }
    }

    private void MarkAll(IEnumerable<LabelArray> arrays, Usage usage)
    {
        foreach (LabelArray array in arrays)
            flow.Labels.Mark(array.Labels, usage);
    }

    private Layout Result(AxisIndex[][] axes, Refinement refinement, List<LabelArray> all, ElementType type, object? origin, bool shifted)
    {
        IReadOnlyList<Factor>[] factors = [.. axes.Select(refinement.Atoms)];
        HashSet<Factor> present = [.. factors.SelectMany(f => f)];
        var arrays = new List<LabelArray>();
        foreach (LabelArray array in all)
        {
            Factor[] kept = [.. array.Over.Where(present.Contains)];
            if (kept.Length == 0)
                continue;
            LabelArray passed = flow.Labels.Rows(array, kept);
            if (arrays.FirstOrDefault(a => a.SameFactors(kept)) is { } known)
                flow.Alignment.Unite([known], present, [passed], present, "");
            else
                arrays.Add(passed);
        }
        foreach (AxisIndex index in axes.SelectMany(a => a).Where(i => i.IsRepeated && i.Size is { IsConstant: true, Value: > 1 and < 65536 }))
        {
            foreach (Factor atom in refinement.Atoms(index))
                arrays.Add(new LabelArray([atom], flow.Labels.NewRange((int)atom.Size.Value)));
        }
        return new Layout(factors, arrays) { Type = type, Origin = origin, IsShifted = shifted };
    }

    /// <summary>The same value with one axis as a single factor; labels over several factors become labels over positions.</summary>
    public Layout Simplify(Layout layout, int axis, string reason)
    {
        IReadOnlyList<Factor> factors = layout.Axes[axis];
        if (factors.Count <= 1)
            return layout;
        Dim size = Dim.Product(factors.Select(f => f.Size));
        LabelArray[] touching = [.. layout.Arrays.Where(a => a.Over.Any(factors.Contains))];
        if (!size.IsConstant || touching.Length == 0 || touching.Any(a => !a.Over.All(factors.Contains)))
            return Forget(layout, axis, [new Factor(size)], reason);
        LabelArray flat;
        if (touching.FirstOrDefault(a => a.SameFactors([.. factors])) is { } full)
        {
            flat = full.Reordered(factors);
        }
        else
        {
            flat = new LabelArray(factors, flow.Labels.NewRange((int)size.Value));
            HashSet<Factor> extent = [.. factors];
            flow.Alignment.Unite([flat], extent, touching, extent, reason);
        }
        var factor = new Factor(size);
        return Replace(layout, axis, [factor], [.. layout.Arrays.Except(touching), new LabelArray([factor], flat.Labels)]);
    }

    /// <summary>The same value with one axis as unlabelled factors; what was labelled there stays whole.</summary>
    public Layout Forget(Layout layout, int axis, IReadOnlyList<Factor> factors, string reason)
    {
        HashSet<Factor> old = [.. layout.Axes[axis]];
        var kept = new List<LabelArray>();
        foreach (LabelArray array in layout.Arrays)
        {
            if (!array.Over.Any(old.Contains))
            {
                kept.Add(array);
                continue;
            }
            Factor[] rest = [.. array.Over.Where(f => !old.Contains(f))];
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
        return Replace(layout, axis, factors, kept);
    }

    internal static Layout Replace(Layout layout, int axis, IReadOnlyList<Factor> factors, IReadOnlyList<LabelArray> arrays)
    {
        IReadOnlyList<Factor>[] axes = [.. layout.Axes];
        axes[axis] = factors;
        return new Layout(axes, arrays) { Type = layout.Type, Content = layout.Content, IsConstant = layout.IsConstant, Origin = layout.Origin, IsShifted = layout.IsShifted };
    }
}
