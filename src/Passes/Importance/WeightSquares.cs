using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Planning;

namespace SiDT.Passes.Importance;

/// <summary>For every class that can go, the sum of squares of the weights that go with it, by the axis of the constant they lie on.</summary>
internal sealed class WeightSquares
{
    private readonly LabelTable _labels;
    private readonly LiveClasses _live;
    private readonly Dictionary<Value, List<(LabelHome Home, double[] Sums)>> _byTensor = new(ReferenceEqualityComparer.Instance);

    /// <summary>Reads every weight of which something can go once, several weights at a time.</summary>
    public WeightSquares(GraphAnalysis analysis, LiveClasses live)
    {
        _labels = analysis.Flow.Labels;
        _live = live;
        (Value Tensor, LabelHome[] Homes)[] jobs = [.. _labels.Homes.Where(IsLive).GroupBy(h => h.Tensor).Select(g => (g.Key, g.ToArray())).OrderByDescending(j => j.Key.Constant!.Count)];
        var results = new double[]?[jobs.Length][];
        Parallel.For(0, jobs.Length, i =>
        {
            Tensor tensor = jobs[i].Tensor.Constant!;
            var wanted = new bool[tensor.Rank];
            foreach (LabelHome home in jobs[i].Homes)
                wanted[home.Axis] = true;
            results[i] = SquareSums.Along(tensor, wanted);
        });
        for (int i = 0; i < jobs.Length; i++)
            _byTensor[jobs[i].Tensor] = [.. jobs[i].Homes.Select(h => (h, results[i][h.Axis]!))];
    }

    /// <summary>By class: over all weights.</summary>
    public double[] ByClass()
    {
        var sums = new double[_live.Count];
        // in the order of the labels, so that sums do not depend on which weight was finished first
        foreach ((LabelHome home, double[] squares) in _byTensor.Values.SelectMany(l => l).OrderBy(p => p.Home.Start))
            AddTo(sums, home, squares);
        return sums;
    }

    /// <summary>By class: over the axes of one constant.</summary>
    public IReadOnlyDictionary<int, double> Of(Value tensor)
    {
        var sums = new Dictionary<int, double>();
        foreach ((LabelHome home, double[] squares) in _byTensor.GetValueOrDefault(tensor) ?? [])
        {
            for (int i = 0; i < home.Count; i++)
            {
                if (_live.Find(home.Start + i) is >= 0 and int c)
                    sums[c] = sums.GetValueOrDefault(c) + squares[i];
            }
        }
        return sums;
    }

    private bool IsLive(LabelHome home)
    {
        for (int i = 0; i < home.Count; i++)
        {
            if (_live.Find(home.Start + i) >= 0)
                return true;
        }
        return false;
    }

    private void AddTo(double[] sums, LabelHome home, double[] squares)
    {
        for (int i = 0; i < home.Count; i++)
        {
            if (_live.Find(home.Start + i) is >= 0 and int c)
                sums[c] += squares[i];
        }
    }
}
