using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;

namespace SiDT.Passes.Normalization;

/// <summary>SequenceAt(SplitToSequence(x, sizes), i) => Split(x, sizes)[i], where nothing else reads the sequence: no rule follows labels through sequences.</summary>
public sealed class PlainSplits : INormalization
{
    public bool Run(GraphFacts facts)
    {
        bool changed = false;
        // what is behind a sequence may have no known shape before the sequence is gone
        while (Unpack(facts))
            changed = true;
        return changed;
    }

    private static bool Unpack(GraphFacts facts)
    {
        Graph graph = facts.Model.Graph;
        Node[] sequences = [.. graph.Nodes.Where(n => n.Is("SplitToSequence"))];
        if (sequences.Length == 0)
            return false;
        LabelFlow flow = facts.Flow;
        bool changed = false;
        foreach (Node node in sequences)
            changed |= Replace(node, flow);
        if (!changed)
            return false;
        graph.Sweep();
        graph.Sort();
        facts.Changed(keepsShapes: false); // of what was read from sequences nothing was known
        return true;
    }

    private static bool Replace(Node node, LabelFlow flow)
    {
        var view = new NodeView(node, flow.Of);
        Layout x = flow.Of(node.Inputs[0]!);
        if (x.IsUnknown || node.Result.IsOutput)
            return false;
        int axis = view.Axis("axis", 0, x.Rank);
        if (!x.Shape[axis].IsConstant || Sizes(node.Input(1), x.Shape[axis].Value) is not { } sizes)
            return false;
        Use[] uses = [.. node.Result.Uses];
        if (!uses.All(u => u.Node.Is("SequenceAt") && u.Index == 0 && At(u.Node, sizes.Length) is not null && !u.Node.Result.IsOutput))
            return false;
        Graph graph = node.Graph;
        string name = node.Result.Name;
        Node split = graph.Add("Split", "", $"{name}_parts", [node.Inputs[0]], sizes.Length).Set("axis", axis);
        if (graph.Model.Opset() >= 13)
            split.SetInput(1, graph.NewInitializer($"{name}_sizes", Tensor.Vector(sizes)));
        else
            split.Set("split", sizes);
        bool keeps = node.Input(1) is not null || node.Int("keepdims", 1) != 0;
        foreach (Use use in uses)
        {
            Value part = split.Outputs[At(use.Node, sizes.Length)!.Value]!;
            if (!keeps)
            {
                Node squeeze = graph.Add("Squeeze", "", $"{part.Name}_plain", [part]);
                if (graph.Model.Opset() >= 13)
                    squeeze.SetInput(1, graph.NewInitializer($"{name}_axis", Tensor.Vector(axis)));
                else
                    squeeze.Set("axes", [(long)axis]);
                part = squeeze.Result;
            }
            use.Node.Result.ReplaceUsesWith(part);
        }
        return true;
    }

    /// <summary>The lengths of the parts: given, or equal but for the last, or one each.</summary>
    private static long[]? Sizes(Value? given, long size)
    {
        if (given is not null && given.Constant is null)
            return null;
        if (given?.Constant is { Rank: 1 } list)
            return list.ToInt64s();
        long each = given?.Constant?.ToInt64s()[0] ?? 1;
        return each <= 0 ? null : [.. Enumerable.Range(0, (int)((size + each - 1) / each)).Select(i => Math.Min(each, size - (i * each)))];
    }

    private static int? At(Node node, int parts) =>
        node.Input(1)?.Constant is { Count: 1 } index && index.ToInt64s()[0] is var at && at >= -parts && at < parts ? (int)(at < 0 ? at + parts : at) : null;
}
