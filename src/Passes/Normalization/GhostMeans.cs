using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;

namespace SiDT.Passes.Normalization;

/// <summary>
/// Means over hidden units count what goes as zeros, as weights of zero make it: mean(x) => sum(x) / n with the n of the file, and
/// the variance mean((x - mean(x))^2) => sum(x x) / n - mean(x)^2, which a unit that is zero does not change. Norms over hidden
/// units are taken apart for that. What is added to itself (a residual stream) keeps its means: those of what is kept are wanted there.
/// </summary>
public sealed class GhostMeans : INormalization
{
    public bool Run(GraphFacts facts)
    {
        Graph graph = facts.Model.Graph;
        if (!graph.Nodes.Any(n => IsNorm(n) || n.Is("ReduceMean")))
            return false;
        LabelFlow flow = facts.Flow;
        Usage[] usage = UsageByClass(flow.Labels);
        bool changed = false;
        var means = new Dictionary<Value, Value>(ReferenceEqualityComparer.Instance); // a mean and what it is taken of
        foreach (Node node in graph.Nodes.ToArray())
        {
            if (node.Outputs.Count(o => o is not null) != 1 || node.Result.IsOutput || node.Input(0) is not { } x || flow.Of(x) is not { IsUnknown: false, Type: ElementType.Float32 or ElementType.Float64 } layout)
                continue;
            if (IsNorm(node))
            {
                int axis = new NodeView(node, flow.Of).Axis("axis", -1, layout.Rank);
                changed |= axis == layout.Rank - 1 && IsOverHidden(layout, [axis], flow.Labels, usage) && TakeApart(node, x, layout);
            }
            else if (node.Is("ReduceMean") && ReductionRules.AxesOf(new NodeView(node, flow.Of)) is { Length: > 0 } axes)
            {
                changed |= IsOverHidden(layout, axes, flow.Labels, usage) && Replace(node, x, layout, axes, flow, means);
            }
        }
        return changed;
    }

    private static bool IsNorm(Node node) => OperatorTable.Key(node) is "LayerNormalization" or "RMSNormalization" or "SimplifiedLayerNormalization" or "com.microsoft::SimplifiedLayerNormalization";

    private static Usage[] UsageByClass(LabelTable labels)
    {
        var usage = new Usage[labels.Count];
        for (int i = 0; i < usage.Length; i++)
            usage[labels.Find(i)] |= labels.UsageOf(i);
        return usage;
    }

    /// <summary>Whether all positions of the axes are units that weights make and that are added to nothing of their own.</summary>
    private static bool IsOverHidden(Layout layout, int[] axes, LabelTable labels, Usage[] usage)
    {
        bool IsHidden(int label) => label >= 0 && (usage[labels.Find(label)] & (Usage.Produced | Usage.Residual | Usage.Unowned | Usage.Space)) == Usage.Produced;
        return axes.All(a => layout.Shape[a].IsConstant && layout.Axes[a].Count > 0 && layout.Axes[a].All(f => layout.ArraysOver(f).Any() && layout.ArraysOver(f).All(array => array.Labels.All(IsHidden))));
    }

    private static bool TakeApart(Node node, Value x, Layout layout)
    {
        Graph graph = node.Graph;
        string name = node.Result.Name;
        bool centred = node.Is("LayerNormalization");
        Value squares = Mean(graph, name, graph.Op("Mul", $"{name}_square", x, x), layout, [layout.Rank - 1], keep: true);
        if (centred)
        {
            Value mean = Mean(graph, name, x, layout, [layout.Rank - 1], keep: true);
            squares = Variance(graph, name, squares, mean);
            x = graph.Op("Sub", $"{name}_centred", x, mean);
        }
        Value safe = graph.Op("Add", $"{name}_safe", squares, graph.NewInitializer($"{name}_epsilon", Tensor.FromFloats(layout.Type, [node.Float("epsilon", 1e-5f)])));
        Value y = graph.Op("Div", $"{name}_unit", x, graph.Op("Sqrt", $"{name}_deviation", safe));
        if (node.Input(1) is { } scale)
            y = graph.Op("Mul", $"{name}_scaled", y, scale);
        if (centred && node.Input(2) is { } shift)
            y = graph.Op("Add", $"{name}_shifted", y, shift);
        node.Result.ReplaceUsesWith(y);
        return true;
    }

    private static bool Replace(Node node, Value x, Layout layout, int[] axes, LabelFlow flow, Dictionary<Value, Value> means)
    {
        Graph graph = node.Graph;
        string name = node.Result.Name;
        bool keep = node.Int("keepdims", 1) != 0;
        if (Centred(x, means) is var (plain, mean) && flow.Of(node.Result).Rank == flow.Of(mean).Rank)
        {
            Value squares = Mean(graph, name, graph.Op("Mul", $"{name}_square", plain, plain), layout, axes, keep);
            node.Result.ReplaceUsesWith(Variance(graph, name, squares, mean));
            return true;
        }
        if (layout.IsShifted)
            return false; // what is silenced is not zero here
        Value result = Mean(graph, name, x, layout, axes, keep);
        flow.Adopt(result, flow.Of(node.Result));
        means[result] = x;
        node.Result.ReplaceUsesWith(result);
        return true;
    }

    /// <summary>Of a square of what a mean was taken off: what it was, and the mean.</summary>
    private static (Value Plain, Value Mean)? Centred(Value square, Dictionary<Value, Value> means)
    {
        if (square.Producer is not { } node)
            return null;
        bool squares = (node.Is("Mul") && node.Inputs[0] == node.Inputs[1])
            || (node.Is("Pow") && node.Inputs[1]!.Constant is { Count: 1 } two && two.ToFloats()[0] == 2);
        return squares && node.Inputs[0]!.Producer is { } sub && sub.Is("Sub") && means.TryGetValue(sub.Inputs[1]!, out Value? plain) && plain == sub.Inputs[0]
            ? (plain, sub.Inputs[1]!)
            : null;
    }

    // rounding must not make it negative
    private static Value Variance(Graph graph, string name, Value squares, Value mean) =>
        graph.Op("Relu", $"{name}_variance", graph.Op("Sub", $"{name}_spread", squares, graph.Op("Mul", $"{name}_mean_square", mean, mean)));

    private static Value Mean(Graph graph, string name, Value x, Layout layout, int[] axes, bool keep)
    {
        Node sum = graph.Add("ReduceSum", "", $"{name}_sum", [x]).Set("keepdims", keep ? 1 : 0);
        long[] over = [.. axes.Select(a => (long)a)];
        if (graph.Model.Opset() >= 13)
            sum.SetInput(1, graph.NewInitializer($"{name}_axes", Tensor.Vector(over)));
        else
            sum.Set("axes", over);
        double count = axes.Aggregate(1.0, (n, a) => n * layout.Shape[a].Value);
        return graph.Op("Mul", $"{name}_mean", sum.Result, graph.NewInitializer($"{name}_share", Tensor.FromFloats(layout.Type, [(float)(1 / count)])));
    }
}
