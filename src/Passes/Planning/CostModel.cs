using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Planning;

/// <summary>
/// Exact costs of a graph with some units gone, without cutting it: a sum of products of axis lengths, where each length is the
/// number of positions that are left. Sizes that the model leaves open are given, or taken as <see cref="SampleSizes"/> says.
/// </summary>
public sealed class CostModel
{
    private readonly GraphAnalysis _analysis;
    private readonly SampleSizes _samples;
    private readonly CostTerms _terms = new();
    private readonly LiveClasses _live;
    private readonly CountedAxes _axes;
    private readonly List<Node> _uncounted = [];

    /// <param name="analysis">The graph. It is read while the model is made, not later.</param>
    /// <param name="sizes">Sizes of symbols (names of open dimensions, <c>input.axis</c> where they have no name).</param>
    /// <param name="times">Times of kernels; null: time is not counted.</param>
    public CostModel(GraphAnalysis analysis, IReadOnlyDictionary<string, long>? sizes = null, KernelTimes? times = null)
    {
        _analysis = analysis;
        _samples = new SampleSizes(analysis.Graph, sizes);
        _live = new LiveClasses(analysis);
        _axes = new CountedAxes(analysis, _live);
        IReadOnlyList<Node> reachable = Weights.Reachable(analysis.Graph);
        foreach (Value weight in Weights.Of(reachable, analysis.Graph))
            AddWeight(weight, weight.Constant!);
        foreach (Node node in reachable)
        {
            if (analysis.Flow.Macs.TryGetValue(node, out Dim? macs))
                AddMacs(node, macs);
        }
        if (times is not null)
            AddKernels(reachable, times);
        _axes.Index();
        _terms.Index(_axes.All.Count);
        Whole = Start().Cost;
    }

    /// <summary>What the graph costs as it is.</summary>
    public Cost Whole { get; }

    /// <summary>Products whose work does not follow from the lengths of their axes; counted as if nothing of them went.</summary>
    public IReadOnlyList<Node> Uncounted => _uncounted;

    /// <summary>What the graph computes, and how many nodes of each kind there are; empty where time is not counted.</summary>
    public IEnumerable<(KernelShape Shape, int Count)> Kernels => _terms.Kernels;

    /// <summary>What a graph costs as it is, without looking for its units.</summary>
    public static Cost Count(GraphFacts facts, IReadOnlyDictionary<string, long>? sizes = null) => new NodeCosts(facts.Model.Graph, facts.Flow, sizes).Total;

    /// <summary>What is left when the selected units go.</summary>
    public Cost Of(UnitSelection selection)
    {
        CostState state = Start();
        foreach (int unit in selection.Classes)
            state.Remove(unit);
        return state.Cost;
    }

    /// <summary>The whole graph, from which units can be taken one after another.</summary>
    internal CostState Start() => new(_live, _axes, _terms);

    private void AddWeight(Value weight, Tensor tensor)
    {
        long factor = 1;
        var axes = new List<int>();
        if (_analysis.Flow.Layouts.TryGetValue(weight, out Layout? layout))
        {
            for (int i = 0; i < tensor.Rank; i++)
                Multiply(layout, i, ref factor, axes);
        }
        else
        {
            factor = tensor.Count;
        }
        _terms.AddWeight(axes, factor, tensor.Type.Bits());
    }

    private void AddKernels(IReadOnlyList<Node> reachable, KernelTimes times)
    {
        var reader = new KernelReader(_analysis, SizeOf, _samples.Of);
        KernelShape[] shapes = [.. reachable.Select(reader.Of).OfType<KernelShape>()];
        int[] whole = [.. _axes.All.Select(a => a.Width)];
        foreach (KernelShape shape in shapes)
            _terms.AddKernel(shape with { Whole = shape.At(whole) }, times);
    }

    private KernelSize SizeOf(Layout layout, int axis)
    {
        long factor = 1;
        var axes = new List<int>();
        Multiply(layout, axis, ref factor, axes);
        return new KernelSize(factor, [.. axes]);
    }

    private void AddMacs(Node node, Dim macs)
    {
        if (MacTerms.Of(node, _analysis, macs) is not { } terms)
        {
            _uncounted.Add(node);
            _terms.AddMacs([], _samples.Of(macs));
            return;
        }
        foreach ((Value Value, int Axis)[] term in terms)
        {
            long factor = 1;
            var axes = new List<int>();
            foreach ((Value value, int axis) in term)
                Multiply(_analysis.Of(value), axis, ref factor, axes);
            _terms.AddMacs(axes, factor);
        }
    }

    private void Multiply(Layout layout, int axis, ref long factor, List<int> axes)
    {
        if (_axes.Of(layout, axis) is not { } number)
        {
            factor *= _samples.Of(layout.Shape[axis]);
            return;
        }
        axes.Add(number);
        factor *= _samples.Of(Dim.Product(layout.Axes[axis].Where(f => !f.Size.IsConstant).Select(f => f.Size)));
    }
}
