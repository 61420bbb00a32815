using SiDT.Frontend;
using SiDT.Frontend.Schema;

namespace SiDT.Passes.Gathering;

/// <summary>
/// A copy of a model that gives back, instead of its outputs, sums over values: of vectors, of their squares, and of their products
/// with themselves. ONNX Runtime computes them, so that what leaves it depends on widths alone.
/// </summary>
internal sealed class MomentGraph
{
    private readonly List<Published> _published = [];

    public MomentGraph(Model model, IEnumerable<GatheredValue> values)
    {
        Model = model.Clone();
        Graph graph = Model.Graph;
        while (graph.Outputs.Count > 0)
            graph.Outputs.RemoveAt(graph.Outputs.Count - 1);
        foreach (GatheredValue value in values)
            _published.Add(Publish(graph, value));
        graph.Sweep();
        graph.Sort();
    }

    public Model Model { get; }

    /// <summary>Names of the outputs, in the order of the values.</summary>
    public IReadOnlyList<Published> Outputs => _published;

    private static Published Publish(Graph graph, GatheredValue value)
    {
        Value x = Rows(graph, value);
        Value squares = graph.Op("Mul", $"{value.Name}_square", x, x);
        Value? moments = value.Moments is null ? null : graph.Op("MatMul", $"{value.Name}_moments", Transposed(x, [1, 0]), x);
        return new Published(
            Publish(graph, graph.Op("Shape", $"{value.Name}_rows", x), ElementType.Int64),
            Publish(graph, Sum(graph, x), ElementType.Float32),
            Publish(graph, Sum(graph, squares), ElementType.Float32),
            moments is null ? null : Publish(graph, moments, ElementType.Float32));
    }

    /// <summary>The value as a matrix of vectors over its kept axes.</summary>
    private static Value Rows(Graph graph, GatheredValue value)
    {
        Value x = graph.Find(value.Probe.Value.Name)!;
        if (value.Probe.Type != ElementType.Float32)
            x = graph.Add("Cast", "", $"{value.Name}_observed", [x]).Set("to", (long)ElementType.Float32).Result;
        int[] order = [.. Enumerable.Range(0, value.Probe.Rank).Except(value.Probe.Axes), .. value.Probe.Axes];
        if (!order.SequenceEqual(Enumerable.Range(0, order.Length)))
            x = Transposed(x, [.. order.Select(i => (long)i)]);
        return graph.Op("Reshape", $"{value.Name}_vectors", x, graph.NewInitializer($"{value.Name}_shape", Tensor.Vector(-1, value.Width)));
    }

    private static Value Transposed(Value x, long[] order) => x.Graph.Add("Transpose", "", $"{x.Name}_turned", [x]).Set("perm", order).Result;

    private static Value Sum(Graph graph, Value x)
    {
        Node sum = graph.Add("ReduceSum", "", $"{x.Name}_sum", [x]).Set("keepdims", 0);
        if (graph.Model.Opset() >= 13)
            sum.SetInput(1, graph.NewInitializer($"{x.Name}_axes", Tensor.Vector(0)));
        else
            sum.Set("axes", [0L]);
        return sum.Result;
    }

    private static string Publish(Graph graph, Value value, ElementType type)
    {
        value.Info = new ValueInfoProto { Name = value.Name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type } } };
        graph.Outputs.Add(value);
        return value.Name;
    }
}

/// <summary>The outputs that belong to a value.</summary>
/// <param name="Shape">Vectors and their width, int64.</param>
/// <param name="Sums">Sum of the vectors.</param>
/// <param name="Squares">Sum of their squares.</param>
/// <param name="Moments">Sum of their products with themselves; null where that is not wanted.</param>
internal sealed record Published(string Shape, string Sums, string Squares, string? Moments);
