using SiDT.Passes.Analysis;

namespace SiDT.Passes.Planning;

/// <summary>The classes that can go: those of units that are not frozen with all they cover, and rows that go when nothing of them is left.</summary>
internal sealed class LiveClasses
{
    private readonly GraphAnalysis _analysis;
    private readonly Dictionary<int, int[]> _closures = [];
    private readonly bool[] _isLive;

    public LiveClasses(GraphAnalysis analysis)
    {
        _analysis = analysis;
        _isLive = new bool[analysis.Flow.Labels.Count];
        foreach (int unit in analysis.Dimensions.Where(d => !d.IsFrozen).SelectMany(d => d.Units).SelectMany(g => g))
        {
            foreach (int c in ClosureOf(unit))
                _isLive[c] = true;
        }
        var rows = new List<(int Row, int[] Leaves)>();
        foreach (int row in analysis.Flow.Labels.RowSets.SelectMany(s => s.Rows).Select(analysis.Flow.Labels.Find).Distinct())
        {
            int[] leaves = [.. analysis.Classes.Closure(row).Where(c => c != row && !analysis.Classes.IsRow(c))];
            if (leaves.Length > 0 && leaves.All(l => _isLive[l]))
                rows.Add((row, leaves));
        }
        foreach ((int row, _) in rows)
            _isLive[row] = true;
        Rows = rows;
    }

    public int Count => _isLive.Length;

    /// <summary>Rows of which everything can go, with what they cover.</summary>
    public IReadOnlyList<(int Row, int[] Leaves)> Rows { get; }

    /// <summary>The class of a label that can go; -1 for one that stays.</summary>
    public int Find(int label)
    {
        if (label < 0 || label >= _isLive.Length)
            return -1; // the latter were never met by the analysis
        int c = _analysis.Flow.Labels.Find(label);
        return _isLive[c] ? c : -1;
    }

    /// <summary>A unit and all that goes with it.</summary>
    public int[] ClosureOf(int unit)
    {
        if (!_analysis.Classes.IsRow(unit))
            return [unit];
        if (!_closures.TryGetValue(unit, out int[]? known))
            _closures[unit] = known = [.. _analysis.Classes.Closure(unit)];
        return known;
    }
}
