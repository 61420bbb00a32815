using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Planning;

/// <summary>What each node and each weight of a graph costs, as it is.</summary>
public sealed class NodeCosts
{
    private readonly Dictionary<Node, long> _macs = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, string> _shapes = new(ReferenceEqualityComparer.Instance);

    /// <param name="graph">A graph.</param>
    /// <param name="sizes">Sizes of what it leaves open; null: as <see cref="CostModel"/> takes them.</param>
    public NodeCosts(Graph graph, IReadOnlyDictionary<string, long>? sizes = null)
        : this(graph, Walk(graph), sizes)
    {
    }

    /// <param name="graph">A graph.</param>
    /// <param name="flow">A walk over it; null where its sizes contradict each other.</param>
    /// <param name="sizes">Sizes of what it leaves open; null: as <see cref="CostModel"/> takes them.</param>
    public NodeCosts(Graph graph, LabelFlow? flow, IReadOnlyDictionary<string, long>? sizes = null)
    {
        IsWorkKnown = flow is not null;
        flow ??= new LabelFlow();
        var samples = new SampleSizes(graph, sizes);
        IReadOnlyList<Node> reachable = Planning.Weights.Reachable(graph);
        foreach (Node node in reachable)
        {
            if (flow.Macs.TryGetValue(node, out Dim? macs))
                _macs[node] = samples.Of(macs);
        }
        Weights = Planning.Weights.Of(reachable, graph);
        foreach ((Value value, Layout layout) in flow.Layouts)
            _shapes[value] = string.Join(',', layout.Shape.Select(d => d.Key));
    }

    /// <summary>Whether work and shapes are known; not of a graph whose sizes contradict each other, which has parameters all the same.</summary>
    public bool IsWorkKnown { get; }

    /// <summary>The constants that count as parameters.</summary>
    public IReadOnlyList<Value> Weights { get; }

    /// <summary>Multiply-accumulates of a node; 0 where it makes no products, or no output needs it.</summary>
    public long MacsOf(Node node) => _macs.GetValueOrDefault(node);

    /// <summary>The shape of a value with sizes by name where they are open; null where it is not known.</summary>
    public string? ShapeOf(Value value) => _shapes.GetValueOrDefault(value);

    private static LabelFlow? Walk(Graph graph)
    {
        try
        {
            var flow = new LabelFlow();
            flow.Run(graph);
            return flow;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or IndexOutOfRangeException or KeyNotFoundException or ArithmeticException)
        {
            return null;
        }
    }

    /// <summary>Bits of a weight's elements.</summary>
    public static long BitsOf(Tensor tensor) => tensor.Count * tensor.Type.Bits();

    /// <summary>The sum over the graph.</summary>
    public Cost Total => new(Weights.Sum(w => w.Constant!.Count), _macs.Values.Sum(), Weights.Sum(w => BitsOf(w.Constant!)) / 8);
}
