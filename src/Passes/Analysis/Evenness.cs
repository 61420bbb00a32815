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
    private readonly Dictionary<int, List<int>> _countedOf = [], _heldOf = [];

    public Evenness(LabelTable labels)
    {
        var met = new HashSet<(int[], string)>();
        foreach ((LabelArray array, int beside) in labels.Counted)
        {
            if (!met.Add((array.Labels, $"{beside}:{string.Join(',', array.Sizes)}")))
                continue;
            int[] classes = [.. array.Labels.Select(l => l < 0 ? -1 : labels.Find(l))];
            for (int outer = beside + 1; outer < array.Over.Count; outer++)
            {
                Enter(_countedOf, classes, _counted.Count);
                _counted.Add(new CountedArray(classes, Product(array.Sizes[..beside]), Product(array.Sizes[beside..outer])));
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
    public bool IsEven(IEnumerable<IEnumerable<int>> groups, ClassGraph classes)
    {
        HashSet<int>[][] gone = [.. groups.Select(g => g.Select(classes.GoneWith).ToArray())];
        HashSet<int>[] units = [.. gone.SelectMany(g => g)];
        return !units.Any(u => Of(_heldOf, u).Any(at => IsLeftInPart(at, u)))
            && units.SelectMany(u => Of(_countedOf, u)).Distinct().All(at => _counted[at].IsEven(gone));
    }

    /// <summary>How much a unit takes of what is counted, as a text that is the same for units that take alike.</summary>
    public string Taken(int unit, ClassGraph classes)
    {
        HashSet<int> gone = classes.GoneWith(unit);
        return string.Join(';', Of(_countedOf, gone).Select(at => $"{at}:{string.Join(',', _counted[at].Taken(gone).SelectMany(t => t))}"));
    }

    /// <summary>What is counted and would be left uneven, as a text that is the same for dimensions that are uneven in the same places.</summary>
    public string Places(int[][] groups, ClassGraph classes)
    {
        HashSet<int>[][] gone = [.. groups.Select(g => g.Select(classes.GoneWith).ToArray())];
        return string.Join(',', gone.SelectMany(g => g).SelectMany(u => Of(_countedOf, u)).Distinct().Order().Where(at => !_counted[at].IsEven(gone)));
    }

    private bool IsLeftInPart(int at, IReadOnlySet<int> gone) => !gone.Contains(_held[at].Row) && _held[at].Members.All(gone.Contains);

    private static IEnumerable<int> Of(Dictionary<int, List<int>> index, IEnumerable<int> classes) =>
        classes.SelectMany(c => index.TryGetValue(c, out List<int>? list) ? list : []).Distinct().Order();

    private static void Enter(Dictionary<int, List<int>> index, IEnumerable<int> classes, int at)
    {
        foreach (int c in classes.Distinct().Where(c => c >= 0))
        {
            if (!index.TryGetValue(c, out List<int>? list))
                index[c] = list = [];
            list.Add(at);
        }
    }

    private static int Product(int[] sizes) => sizes.Aggregate(1, (p, s) => p * s);

    /// <summary>
    /// Classes by position beside the axis, outer position on it and inner one; -1 always stays. Either the axis is packed, anew for
    /// each position beside it, or its positions go where nothing beside them is left.
    /// </summary>
    private sealed class CountedArray(int[] classes, int beside, int outer)
    {
        private readonly int _width = classes.Length / (beside * outer);

        public int[] Classes => classes;

        public bool IsEven(IReadOnlySet<int> gone) =>
            Packed(gone).All(AreAlike) || (beside > 1 && AreAlike(Emptied(gone)));

        /// <summary>The same for equally many units of each group, by what goes with each unit.</summary>
        public bool IsEven(HashSet<int>[][] groups) =>
            Enumerable.Range(0, beside).All(row => AreEven(groups, u => Packed(u)[row])) || (beside > 1 && AreEven(groups, Emptied));

        /// <summary>By position beside the axis how many inner positions go of each outer one, and last how many are left with nothing.</summary>
        public int[][] Taken(IReadOnlySet<int> gone) => beside > 1 ? [.. Packed(gone), Emptied(gone)] : Packed(gone);

        private int[][] Packed(IReadOnlySet<int> gone)
        {
            var taken = new int[beside][];
            for (int row = 0, at = 0; row < beside; row++)
            {
                taken[row] = new int[outer];
                for (int o = 0; o < outer; o++)
                {
                    for (int i = 0; i < _width; i++)
                        taken[row][o] += gone.Contains(classes[at++]) ? 1 : 0;
                }
            }
            return taken;
        }

        private int[] Emptied(IReadOnlySet<int> gone)
        {
            var taken = new int[outer];
            for (int o = 0; o < outer * _width; o++)
            {
                bool any = false;
                for (int row = 0; row < beside && !any; row++)
                    any = !gone.Contains(classes[(row * outer * _width) + o]);
                taken[o / _width] += any ? 0 : 1;
            }
            return taken;
        }

        private bool AreEven(HashSet<int>[][] groups, Func<HashSet<int>, int[]> take)
        {
            int[][][] taken = [.. groups.Select(g => g.Select(take).ToArray())];
            // each unit takes an outer position as a whole or as much of it as of every other
            if (taken.All(g => g.All(u => AreAlike(u))))
                return true;
            // alike within a group, and all groups together as much of each outer position
            return taken.All(g => g.All(u => u.AsSpan().SequenceEqual(g[0])))
                && Enumerable.Range(0, outer).Select(o => taken.Sum(g => g[0][o])).Distinct().Count() == 1;
        }

        // outer positions that stay keep equally many
        private bool AreAlike(int[] taken)
        {
            int each = -1;
            foreach (int t in taken)
            {
                if (t == _width)
                    continue;
                if (each >= 0 && t != each)
                    return false;
                each = t;
            }
            return true;
        }
    }
}
