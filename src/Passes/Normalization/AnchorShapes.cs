using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Normalization;

/// <summary>
/// Shape(v) => the same numbers from the earliest value with an axis of that size, constants where they are known:
/// nothing is kept alive, and nothing depends on a width, only because a batch size is read off it.
/// </summary>
public sealed class AnchorShapes : INormalization
{
    private sealed record Anchor(Value Value, int Axis, int Order);

    public bool Run(GraphFacts facts)
    {
        Graph graph = facts.Model.Graph;
        if (!graph.Nodes.Any(n => n.Is("Shape")))
            return false;
        LabelFlow flow = facts.Flow;
        var anchors = new Dictionary<string, Anchor>(StringComparer.Ordinal);
        int order = 0;
        foreach (Value input in graph.Inputs.Where(i => i.Initializer is null))
            Add(anchors, input, flow, order++);
        bool changed = false;
        foreach (Node node in graph.Nodes.ToArray())
        {
            if (node.Is("Shape"))
                changed |= Move(node, flow, anchors);
            foreach (Value? output in node.Outputs)
            {
                if (output is not null && flow.Layouts.ContainsKey(output))
                    Add(anchors, output, flow, order++);
            }
        }
        return changed;
    }

    private static void Add(Dictionary<string, Anchor> anchors, Value value, LabelFlow flow, int order)
    {
        Layout layout = flow.Of(value);
        if (layout.IsUnknown || layout.IsConstant)
            return;
        for (int i = 0; i < layout.Rank; i++)
        {
            if (!layout.Shape[i].IsConstant)
                anchors.TryAdd(layout.Shape[i].Key, new Anchor(value, i, order));
        }
    }

    private static bool Move(Node node, LabelFlow flow, Dictionary<string, Anchor> anchors)
    {
        Value source = node.Inputs[0]!;
        Layout layout = flow.Of(source);
        if (layout.IsUnknown || layout.IsConstant || node.Result.IsOutput)
            return false;
        Dim[] shape = layout.Shape;
        int start = Math.Clamp(NodeView.Positive(node.Int("start", 0), shape.Length), 0, shape.Length);
        int end = Math.Clamp(NodeView.Positive(node.Int("end", shape.Length), shape.Length), start, shape.Length);
        Dim[] wanted = shape[start..end];
        if (wanted.Length == 0 || wanted.All(d => d.IsConstant) || wanted.Any(d => !d.IsConstant && (!anchors.TryGetValue(d.Key, out Anchor? a) || a.Value == source)))
            return false;
        Graph graph = node.Graph;
        string name = node.Result.Name;
        var parts = new List<Value>();
        foreach (Dim dim in wanted)
        {
            if (dim.IsConstant)
            {
                parts.Add(graph.NewInitializer($"{name}_size", Tensor.Vector(dim.Value)));
                continue;
            }
            Anchor anchor = anchors[dim.Key];
            parts.Add(graph.Op("Gather", $"{name}_size", graph.Op("Shape", $"{name}_of", anchor.Value), graph.NewInitializer($"{name}_axis", Tensor.Vector(anchor.Axis))));
        }
        node.Result.ReplaceUsesWith(parts.Count == 1 ? parts[0] : graph.Add("Concat", "", $"{name}_sizes", parts).Set("axis", 0).Result);
        return true;
    }
}
