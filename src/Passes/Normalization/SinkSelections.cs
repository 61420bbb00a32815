using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;

namespace SiDT.Passes.Normalization;

/// <summary>
/// A stacked projection that is taken apart by selections becomes projections of their own, with widths of their own:
/// Gather(Reshape(x W + b), i) => Reshape(x W[:, i] + b[i]), for whatever lies between the weight and the selection.
/// Only where the parts are different units: halves that live and die together stay one product.
/// </summary>
/// <param name="also">Further values whose parts are to be products of their own.</param>
public sealed class SinkSelections(Func<LabelFlow, Layout, bool>? also = null) : INormalization
{
    public bool Run(GraphFacts facts)
    {
        Node[] selections = [.. facts.Model.Graph.Nodes.Where(n => (n.Is("Gather") || n.Is("Slice") || n.Is("Split")) && n.Inputs[0]!.Constant is null)];
        if (selections.Length == 0)
            return false;
        LabelFlow analysis = facts.Flow;
        var pull = new SelectionPull(analysis);
        bool changed = false;
        foreach (Node node in selections)
            changed |= Sink(node, analysis, pull);
        return changed;
    }

    private bool Sink(Node node, LabelFlow analysis, SelectionPull pull)
    {
        Value data = node.Inputs[0]!;
        Layout layout = analysis.Of(data);
        if (layout.IsConstant || SelectedAxis(node, analysis) is not { } selection || !(NeedsSinking(layout, selection.Axis, selection.Parts, analysis) || also?.Invoke(analysis, layout) == true))
            return false;
        if (!pull.OnlySelected(data, selection.Axis))
            return false;
        var results = new List<Value>();
        foreach (int[] part in selection.Parts)
        {
            if (pull.Select(data, selection.Axis, part) is not { } value)
                return false;
            results.Add(value);
        }
        Graph graph = node.Graph;
        for (int i = 0; i < results.Count; i++)
        {
            Value old = node.Outputs[i]!;
            Value made = results[i];
            if (selection.DropsAxis)
            {
                Node squeeze = graph.Add("Squeeze", "", $"{old.Name}_part", [made]);
                if (graph.Model.Opset() >= 13)
                    squeeze.SetInput(1, graph.NewInitializer($"{old.Name}_axis", Tensor.Vector(selection.Axis)));
                else
                    squeeze.Set("axes", [(long)selection.Axis]);
                made = squeeze.Result;
            }
            old.ReplaceUsesWith(made);
        }
        return true;
    }

    private sealed record Selection(int Axis, int[][] Parts, bool DropsAxis);

    private static Selection? SelectedAxis(Node node, LabelFlow analysis)
    {
        Layout data = analysis.Of(node.Inputs[0]!);
        var view = new NodeView(node, analysis.Of);
        if (data.IsUnknown)
            return null;
        if (node.Outputs.Any(o => o is null || o.IsOutput))
            return null;
        if (node.Is("Gather"))
        {
            int axis = view.Axis("axis", 0, data.Rank);
            if (node.Inputs[1]!.Constant is not { } indices || indices.Rank > 1 || !data.Shape[axis].IsConstant)
                return null;
            long size = data.Shape[axis].Value;
            return new Selection(axis, [[.. indices.ToInt64s().Select(i => (int)(i < 0 ? i + size : i))]], indices.Rank == 0);
        }
        if (node.Is("Split"))
        {
            int axis = view.Axis("axis", 0, data.Rank);
            var parts = new List<int[]>();
            int at = 0;
            foreach (Value? output in node.Outputs)
            {
                if (analysis.Of(output!).Shape[axis] is not { IsConstant: true } size)
                    return null;
                parts.Add([.. Enumerable.Range(at, (int)size.Value)]);
                at += (int)size.Value;
            }
            return new Selection(axis, [.. parts], false);
        }
        long[]? starts = view.Integers(1, "starts"), ends = view.Integers(2, "ends");
        if (starts is not { Length: 1 } || ends is not { Length: 1 })
            return null;
        int sliced = NodeView.Positive((view.Integers(3, "axes") ?? [0])[0], data.Rank);
        long step = node.Input(4) is null ? 1 : (view.Integers(4, null) ?? [0])[0];
        if (!data.Shape[sliced].IsConstant || step == 0)
            return null;
        return new Selection(sliced, [[.. Selections.Positions(starts[0], ends[0], step, data.Shape[sliced].Value).Select(p => (int)p)]], false);
    }

    /// <summary>The selected axis lies beside other labelled axes (a rectangle would have to remain) and its positions hold different units.</summary>
    private static bool NeedsSinking(Layout layout, int axis, int[][] parts, LabelFlow analysis)
    {
        if (layout.Axes[axis].Count != 1)
            return false;
        Factor factor = layout.Axes[axis][0];
        foreach (LabelArray array in layout.ArraysOver(factor).Where(a => a.Over.Count > 1))
        {
            LabelArray ordered = array.Reordered([factor, .. array.Over.Where(f => f != factor)]);
            int width = ordered.Labels.Length / (int)factor.Size.Value;
            HashSet<int> ClassesAt(IEnumerable<int> positions) =>
                [.. positions.SelectMany(p => ordered.Labels.Skip(p * width).Take(width)).Select(analysis.Labels.Find)];
            HashSet<int> first = ClassesAt(parts[0]);
            IEnumerable<int> rest = Enumerable.Range(0, (int)factor.Size.Value).Except(parts[0]);
            if (!first.SetEquals(ClassesAt(rest)))
                return true;
        }
        return false;
    }
}
