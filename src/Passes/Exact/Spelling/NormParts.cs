using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;

namespace SiDT.Passes.Exact.Spelling;

/// <summary>The arithmetic of a LayerNormalization over the last axis, written out.</summary>
internal static class NormParts
{
    /// <summary>Whether a node can be written out.</summary>
    /// <param name="norm">A LayerNormalization.</param>
    /// <param name="x">Of what it normalises.</param>
    public static bool AreThere(Node norm, Layout x) =>
        x.Rank >= 2 && NodeView.Positive(norm.Int("axis", -1), x.Rank) == x.Rank - 1 && x.Shape[^1].IsConstant && x.Type == ElementType.Float32
        && norm.Outputs.Count(o => o is not null) == 1;

    /// <summary>What it scales: d (1 / sqrt(mean(d d) + e)), d = x - mean(x). As a quotient it would be fused back.</summary>
    public static Value Normal(Node norm)
    {
        Graph graph = norm.Graph;
        string name = norm.Result.Name;
        Value mean = Mean(graph, $"{name}_mean", norm.Inputs[0]!);
        Value centred = graph.Op("Sub", $"{name}_centred", norm.Inputs[0], mean);
        Value variance = Mean(graph, $"{name}_variance", graph.Op("Mul", $"{name}_squares", centred, centred));
        Value epsilon = graph.NewInitializer($"{name}_epsilon", Tensor.Scalar(norm.Float("epsilon", 1e-5f)));
        Value deviation = graph.Op("Sqrt", $"{name}_deviation", graph.Op("Add", $"{name}_variance", variance, epsilon));
        return graph.Op("Mul", $"{name}_normal", centred, graph.Op("Reciprocal", $"{name}_factor", deviation));
    }

    /// <summary>Its result, made of <see cref="Normal"/>.</summary>
    public static Value Scaled(Node norm, Value normal)
    {
        string name = norm.Result.Name;
        Value scaled = norm.Graph.Op("Mul", $"{name}_scaled", normal, norm.Inputs[1]);
        return norm.Input(2) is { } shift ? norm.Graph.Op("Add", $"{name}_shifted", scaled, shift) : scaled;
    }

    private static Value Mean(Graph graph, string name, Value value)
    {
        Node node = graph.Add("ReduceMean", "", name, [value]);
        if (graph.Model.Opset() >= 18)
            node.SetInput(1, graph.NewInitializer($"{name}_axis", Tensor.Vector(-1)));
        else
            node.Set("axes", [-1L]);
        return node.Set("keepdims", 1).Result;
    }
}
