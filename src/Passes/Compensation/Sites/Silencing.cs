using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Planning;

namespace SiDT.Passes.Compensation.Sites;

/// <summary>Makes classes silent in a graph whose sizes stay: all numbers that go with them become zero.</summary>
internal sealed class Silencing(GraphAnalysis analysis)
{
    private Dictionary<int, HashSet<Value>>? _homes;

    /// <summary>Zeroes every constant's positions of these classes.</summary>
    public void Run(IReadOnlySet<int> gone)
    {
        _homes ??= Index();
        foreach (Value value in gone.SelectMany(c => _homes.GetValueOrDefault(c) ?? []).Distinct())
        {
            Layout layout = analysis.Of(value);
            foreach (LabelArray array in layout.Arrays.Where(a => a.Labels.Any(l => l >= 0 && gone.Contains(analysis.Flow.Labels.Find(l)))))
            {
                int[] axes = [.. Enumerable.Range(0, layout.Rank).Where(i => layout.Axes[i].Any(array.Over.Contains))];
                Factor[] order = [.. axes.SelectMany(i => layout.Axes[i])];
                int[] classes = LabelSpread.Over(array, order, l => l < 0 ? -1 : analysis.Flow.Labels.Find(l));
                Matrix numbers = WeightMatrix.Read(value.Constant!, axes);
                for (int p = 0; p < classes.Length; p++)
                {
                    if (classes[p] >= 0 && gone.Contains(classes[p]))
                        numbers.Row(p).Clear();
                }
                value.Initializer = WeightMatrix.Write(value.Constant!, axes, numbers);
            }
        }
    }

    private Dictionary<int, HashSet<Value>> Index()
    {
        var homes = new Dictionary<int, HashSet<Value>>();
        foreach (Value value in analysis.Graph.Initializers.Where(v => v.Initializer!.Type.IsFloating() && analysis.Flow.Layouts.ContainsKey(v)))
        {
            foreach (int c in analysis.Of(value).Arrays.SelectMany(a => a.Labels).Where(l => l >= 0).Select(analysis.Flow.Labels.Find).Distinct())
            {
                if (!homes.TryGetValue(c, out HashSet<Value>? values))
                    homes[c] = values = new HashSet<Value>(ReferenceEqualityComparer.Instance);
                values.Add(value);
            }
        }
        return homes;
    }
}
