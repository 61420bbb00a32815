using SiDT.Frontend;

namespace SiDT.Passes.Analysis;

/// <summary>Everything the analysis says of a graph.</summary>
public sealed class GraphAnalysis(Graph graph, LabelFlow flow, ClassGraph classes, IReadOnlyList<Dimension> dimensions)
{
    private Dictionary<int, List<WeightSlice>>? _slices;

    public Graph Graph { get; } = graph;

    public LabelFlow Flow { get; } = flow;

    public ClassGraph Classes { get; } = classes;

    public IReadOnlyList<Dimension> Dimensions { get; } = dimensions;

    public Layout Of(Value value) => Flow.Of(value);

    /// <summary>The weight positions that go when a class goes.</summary>
    public IEnumerable<WeightSlice> SlicesOf(int @class)
    {
        _slices ??= Index();
        foreach (int covered in Classes.Closure(@class))
        {
            if (_slices.TryGetValue(covered, out List<WeightSlice>? slices))
            {
                foreach (WeightSlice slice in slices)
                    yield return slice;
            }
        }
    }

    private Dictionary<int, List<WeightSlice>> Index()
    {
        var result = new Dictionary<int, List<WeightSlice>>();
        foreach (LabelHome home in Flow.Labels.Homes)
        {
            for (int i = 0; i < home.Count; i++)
            {
                int c = Flow.Labels.Find(home.Start + i);
                if (!result.TryGetValue(c, out List<WeightSlice>? list))
                    result[c] = list = [];
                list.Add(new WeightSlice(home.Tensor, home.Axis, i));
            }
        }
        return result;
    }
}
