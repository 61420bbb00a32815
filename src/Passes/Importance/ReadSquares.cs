using SiDT.Passes.Planning;

namespace SiDT.Passes.Importance;

/// <summary>Products of squares, by reader: what a unit carries times what meets it there.</summary>
internal sealed class ReadSquares(LiveClasses live)
{
    private readonly List<(IReadOnlyDictionary<int, double> Left, IReadOnlyDictionary<int, double> Right)> _readers = [];
    private readonly Dictionary<int, List<int>> _readersOf = [];

    public void Add(IReadOnlyDictionary<int, double> left, IReadOnlyDictionary<int, double> right)
    {
        foreach (int c in left.Keys)
        {
            if (!_readersOf.TryGetValue(c, out List<int>? readers))
                _readersOf[c] = readers = [];
            readers.Add(_readers.Count);
        }
        _readers.Add((left, right));
    }

    /// <summary>Over all readers of a unit and of what it covers.</summary>
    public double Of(int unit)
    {
        int[] closure = live.ClosureOf(unit);
        if (closure.Length == 1)
            return _readersOf.TryGetValue(unit, out List<int>? readers) ? readers.Sum(r => _readers[r].Left[unit] * _readers[r].Right.GetValueOrDefault(unit)) : 0;
        return closure.SelectMany(c => _readersOf.GetValueOrDefault(c) ?? []).Distinct().Sum(r => Meeting(closure, _readers[r].Left, _readers[r].Right));
    }

    // class by class where both sides have the same classes (the widths of a head), else all together (several queries and their one key)
    private static double Meeting(int[] closure, IReadOnlyDictionary<int, double> left, IReadOnlyDictionary<int, double> right)
    {
        double same = closure.Sum(c => left.GetValueOrDefault(c) * right.GetValueOrDefault(c));
        return same > 0 ? same : closure.Sum(c => left.GetValueOrDefault(c)) * closure.Sum(c => right.GetValueOrDefault(c));
    }
}
