using SiDT.Frontend;

namespace SiDT.Passes.Compensation.Statistics;

/// <summary>Operators whose operands moved from attributes to inputs over the years.</summary>
internal static class GraphMath
{
    public static Value Sum(Graph graph, Value x, bool keep, params long[] axes)
    {
        if (axes.Length == 0)
            return x;
        Node sum = graph.Add("ReduceSum", "", $"{x.Name}_sum", [x]).Set("keepdims", keep ? 1 : 0);
        if (graph.Model.Opset() >= 13)
            sum.SetInput(1, graph.NewInitializer($"{x.Name}_axes", Tensor.Vector(axes)));
        else
            sum.Set("axes", axes);
        return sum.Result;
    }

    /// <summary>The mean over one axis, which stays with size one.</summary>
    public static Value Mean(Graph graph, Value x, long axis)
    {
        Node mean = graph.Add("ReduceMean", "", $"{x.Name}_mean", [x]).Set("keepdims", 1);
        if (graph.Model.Opset() >= 18)
            mean.SetInput(1, graph.NewInitializer($"{x.Name}_axes", Tensor.Vector(axis)));
        else
            mean.Set("axes", [axis]);
        return mean.Result;
    }

    public static Value Transpose(Graph graph, Value x, IReadOnlyList<int> order) =>
        order.SequenceEqual(Enumerable.Range(0, order.Count)) ? x : graph.Add("Transpose", "", $"{x.Name}_turned", [x]).Set("perm", order.Select(i => (long)i)).Result;

    /// <summary>The last two axes exchanged.</summary>
    public static Value Turn(Graph graph, Value x, int rank) => Transpose(graph, x, [.. Enumerable.Range(0, rank - 2), rank - 1, rank - 2]);

    public static Value Float(Graph graph, Value x, ElementType type) =>
        type == ElementType.Float32 ? x : graph.Add("Cast", "", $"{x.Name}_float", [x]).Set("to", (long)ElementType.Float32).Result;

    /// <summary>Multiplies along one axis of <paramref name="rank"/> by weights; unchanged without weights.</summary>
    public static Value Weigh(Graph graph, Value x, float[]? weights, int axis, int rank)
    {
        if (weights is null)
            return x;
        long[] dims = [.. Enumerable.Range(0, rank).Select(i => i == axis ? weights.Length : 1L)];
        return graph.Op("Mul", $"{x.Name}_weighted", x, graph.NewInitializer($"{x.Name}_weights", Tensor.Of(weights.AsSpan(), dims)));
    }
}
