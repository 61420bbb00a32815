using SiDT.Frontend;
using SiDT.Passes.Analysis;

namespace SiDT.Passes.Compensation.ResidualStream;

/// <summary>Where the units of a residual stream lie in the values of a graph.</summary>
internal sealed class StreamLabels
{
    private readonly GraphAnalysis _analysis;
    private readonly HashSet<int> _units;

    public StreamLabels(GraphAnalysis analysis, Dimension dimension)
    {
        _analysis = analysis;
        Dimension = dimension;
        Units = dimension.Units[0];
        _units = [.. dimension.Units.SelectMany(g => g)];
    }

    public Dimension Dimension { get; }

    /// <summary>The classes in the order of the dimension.</summary>
    public int[] Units { get; }

    public bool IsUnit(int @class) => _units.Contains(@class);

    /// <summary>Whether anything of a value is one of the units.</summary>
    public bool Carries(Value? value) => value is not null && _analysis.Flow.Layouts.TryGetValue(value, out Layout? layout) && layout.Arrays.Any(Holds);

    /// <summary>The axis that is the stream, each unit once; below zero where units lie otherwise.</summary>
    public int AxisOf(Value value)
    {
        Layout layout = _analysis.Of(value);
        LabelArray[] holding = [.. layout.Arrays.Where(Holds)];
        if (holding is not [var array] || array.Labels.Length != _units.Count)
            return -1;
        int axis = Enumerable.Range(0, layout.Rank).FirstOrDefault(i => array.SameFactors(layout.Axes[i]), -1);
        return axis >= 0 && array.Labels.All(l => l >= 0) && array.Labels.Select(_analysis.Flow.Labels.Find).Where(IsUnit).Distinct().Count() == _units.Count ? axis : -1;
    }

    private bool Holds(LabelArray array) => array.Labels.Any(l => l >= 0 && _units.Contains(_analysis.Flow.Labels.Find(l)));
}
