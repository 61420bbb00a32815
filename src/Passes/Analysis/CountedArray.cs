namespace SiDT.Passes.Analysis;

/// <summary>
/// Classes by position beside an axis, outer position on it and inner one; -1 always stays. Either the axis is packed, anew for each
/// position beside it, or its positions go where nothing beside them is left. What is asked of a unit takes time with what goes with
/// it, not with the size of the array.
/// </summary>
internal sealed class CountedArray
{
    private readonly int _beside, _outer, _width;
    private readonly int[] _sorted, _positions; // classes, ascending, and where each lies

    public CountedArray(int[] classes, int beside, int outer)
    {
        (Classes, _beside, _outer, _width) = (classes, beside, outer, classes.Length / (beside * outer));
        _sorted = [.. classes];
        _positions = [.. Enumerable.Range(0, classes.Length)];
        Array.Sort(_sorted, _positions);
    }

    public int[] Classes { get; }

    /// <summary>Whether each outer position that stays keeps equally many inner ones.</summary>
    public bool IsEven(IReadOnlySet<int> gone)
    {
        int[] mine = [.. Classes.Distinct().Where(gone.Contains)];
        return AreAlike(Packed(mine)) || (_beside > 1 && AreAlike(Emptied(mine)));
    }

    /// <summary>The same for equally many units of each group, whichever they are, by what goes with each unit.</summary>
    public bool IsEven(int[][][] groups) => AreEven(groups, Packed) || (_beside > 1 && AreEven(groups, Emptied));

    /// <summary>What goes of which places, as a list of places.</summary>
    public IEnumerable<string> Taken(int[] gone) =>
        Packed(gone).Select(t => $"{t}").Concat(_beside > 1 ? Emptied(gone).Select(t => $"+{t}") : []);

    // for each inner position that goes its place, ascending: position beside the axis and outer position
    private int[] Packed(int[] gone) => Places(PositionsOf(gone));

    // for each inner position that has nothing left beside it its outer position, ascending
    private int[] Emptied(int[] gone)
    {
        int size = _outer * _width;
        return Places([.. PositionsOf(gone).GroupBy(at => at % size).Where(g => g.Count() == _beside).Select(g => g.Key)]);
    }

    private int[] Places(List<int> positions)
    {
        int[] places = [.. positions.Select(at => at / _width)];
        Array.Sort(places);
        return places;
    }

    private List<int> PositionsOf(int[] gone)
    {
        var found = new List<int>();
        foreach (int c in gone)
        {
            int at = Array.BinarySearch(_sorted, c);
            if (at < 0)
                continue;
            while (at > 0 && _sorted[at - 1] == c)
                at--;
            for (; at < _sorted.Length && _sorted[at] == c; at++)
                found.Add(_positions[at]);
        }
        return found;
    }

    // of each row of outer positions, those of which something stays lose equally many
    private bool AreAlike(int[] taken) => taken.CountBy(t => t).GroupBy(t => t.Key / _outer).All(row =>
    {
        int[] partly = [.. row.Select(t => t.Value).Where(t => t < _width)];
        return partly.Length == 0 || (partly.All(t => t == partly[0]) && row.Count() == _outer);
    });

    private bool AreEven(int[][][] groups, Func<int[], int[]> take)
    {
        int[][][] taken = [.. groups.Select(g => g.Select(take).ToArray())];
        // alike within a group, and all groups together as much of each outer position
        if (taken.All(g => g.All(u => u.AsSpan().SequenceEqual(g[0])))
            && taken.SelectMany(g => g[0]).CountBy(t => t).GroupBy(t => t.Key / _outer).All(row => row.Count() == _outer && row.Select(t => t.Value).Distinct().Count() == 1))
            return true;
        // or each unit takes an outer position as a whole, or as much of it as of every other
        return taken.All(g => g.All(AreAlike));
    }
}
