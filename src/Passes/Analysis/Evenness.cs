namespace SiDT.Passes.Analysis;

/// <summary>
/// What of a cut is more than single positions. Where several factors lie on one axis that is taken apart by counting, each outer
/// position that stays must keep equally many inner ones. And what holds rows of several arrays together goes from all of them or
/// from none: a group of channels that makes nothing any more must read nothing either.
/// </summary>
internal sealed class Evenness
{
    private readonly List<CountedArray> _counted = [];
    private readonly List<(int Row, int[] Members)> _held = [];
    private readonly ClassGraph _classes;
    private readonly List<int>?[] _countedOf, _heldOf; // by class

    public Evenness(LabelTable labels, ClassGraph graph)
    {
        _classes = graph;
        _countedOf = new List<int>?[labels.Count];
        _heldOf = new List<int>?[labels.Count];
        var met = new HashSet<(int[], string)>();
        foreach ((LabelArray array, int beside) in labels.Counted)
        {
            if (!met.Add((array.Labels, $"{beside}:{string.Join(',', array.Sizes)}")))
                continue;
            int[] classes = Array.ConvertAll(array.Labels, l => l < 0 ? -1 : labels.Find(l)), sizes = array.Sizes;
            for (int outer = beside + 1; outer < sizes.Length; outer++)
            {
                Enter(_countedOf, classes, _counted.Count);
                _counted.Add(new CountedArray(classes, Product(sizes[..beside]), Product(sizes[beside..outer])));
            }
        }
        foreach (IGrouping<int, int[]> row in labels.RowSets.SelectMany(s => s.Rows.Zip(s.Members)).GroupBy(r => labels.Find(r.First), r => r.Second))
        {
            int[][] sets = [.. row.Select(labels.Classes).Distinct(SameNumbers.Comparer)];
            if (sets.Length < 2 || row.Any(m => m.Any(l => l < 0)))
                continue;
            foreach (int[] members in sets)
            {
                Enter(_heldOf, members, _held.Count);
                _held.Add((row.Key, members));
            }
        }
    }

    /// <summary>The classes of an array that would be left uneven, or of a row that would be left in part; null where all is even.</summary>
    public IReadOnlyCollection<int>? Uneven(IReadOnlySet<int> gone)
    {
        foreach (int at in Of(_countedOf, gone))
        {
            if (!_counted[at].IsEven(gone))
                return _counted[at].Classes;
        }
        foreach (int at in Of(_heldOf, gone))
        {
            if (IsLeftInPart(at, gone))
                return [_held[at].Row, .. _held[at].Members];
        }
        return null;
    }

    /// <summary>Whether equally many units of each group can go, whichever they are.</summary>
    public bool IsEven(int[][] groups)
    {
        if (groups.All(g => g.All(u => _countedOf[u] is null && !_classes.IsRow(u))))
            return true; // most units: neither counted nor rows of anything
        int[][][] gone = [.. groups.Select(g => g.Select(GoneWith).ToArray())];
        return !gone.Any(g => g.Any(u => u.Length > 1 && IsLeftInPart(u))) && CountedIn(gone).All(at => _counted[at].IsEven(gone));
    }

    /// <summary>How much a unit takes of what is counted, as a text that is the same for units that take alike.</summary>
    public string Taken(int unit)
    {
        int[] gone = GoneWith(unit);
        return string.Join(';', Of(_countedOf, gone).Select(at => $"{at}:{string.Join(',', _counted[at].Taken(gone))}"));
    }

    /// <summary>What is counted and would be left uneven, as a text that is the same for dimensions that are uneven in the same places.</summary>
    public string Places(int[][] groups)
    {
        int[][][] gone = [.. groups.Select(g => g.Select(GoneWith).ToArray())];
        return string.Join(',', CountedIn(gone).Where(at => !_counted[at].IsEven(gone)));
    }

    // a class without rows below it goes alone: a row that covers nothing else is the same class
    private int[] GoneWith(int unit) => _classes.IsRow(unit) ? [.. _classes.GoneWith(unit)] : [unit];

    private SortedSet<int> CountedIn(int[][][] gone)
    {
        var found = new SortedSet<int>();
        foreach (int c in gone.SelectMany(g => g).SelectMany(u => u))
            found.UnionWith(_countedOf[c] ?? []);
        return found;
    }

    private bool IsLeftInPart(int[] gone)
    {
        HashSet<int> set = [.. gone];
        return Of(_heldOf, gone).Any(at => IsLeftInPart(at, set));
    }

    private bool IsLeftInPart(int at, IReadOnlySet<int> gone) => !gone.Contains(_held[at].Row) && _held[at].Members.All(gone.Contains);

    private static IEnumerable<int> Of(List<int>?[] index, IEnumerable<int> classes) => classes.SelectMany(c => index[c] ?? []).Distinct().Order();

    private static void Enter(List<int>?[] index, int[] classes, int at)
    {
        foreach (int c in classes)
        {
            if (c >= 0 && ((index[c] ??= []) is var list) && (list.Count == 0 || list[^1] != at))
                list.Add(at);
        }
    }

    private static int Product(int[] sizes) => sizes.Aggregate(1, (p, s) => p * s);
}
