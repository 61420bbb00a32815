namespace SiDT.Passes.Analysis;

/// <summary>
/// The classes of a finished label flow and how rows cover them. A class that rows alone determine has no life of its own.
/// </summary>
public sealed class ClassGraph
{
    private readonly LabelTable _labels;
    private readonly Dictionary<int, HashSet<int>> _children = [];
    private readonly Dictionary<int, int[]> _leaves = [];
    private readonly Dictionary<int, List<int>> _rowsOfLeaf = [];
    private readonly Dictionary<int, string> _frozen = [];
    private readonly HashSet<int> _fixed = [];
    private readonly Dictionary<int, int[]> _ancestors = [];
    private readonly Dictionary<int, int[]> _alone = [];
    private readonly Dictionary<int, int[]> _closures = [];

    public ClassGraph(LabelTable labels)
    {
        _labels = labels;
        MakeRectangles();
        new FlattenedAxes(labels).Run();
        MergeEqualRows();
        foreach ((int label, string reason) in labels.Frozen)
            _frozen.TryAdd(labels.Find(label), reason);
        foreach (int label in labels.Fixed)
            _fixed.Add(labels.Find(label));
        FixCrossings();
        foreach (RowSet set in labels.RowSets)
        {
            for (int i = 0; i < set.Rows.Length; i++)
            {
                int row = labels.Find(set.Rows[i]);
                if (!_children.TryGetValue(row, out HashSet<int>? children))
                    _children[row] = children = [];
                foreach (int member in set.Members[i])
                {
                    if (member < 0)
                        _frozen.TryAdd(row, "covers a position that always stays");
                    else if (labels.Find(member) is int child && child != row)
                        children.Add(child);
                }
            }
        }
        foreach (int row in _children.Keys)
        {
            foreach (int leaf in LeavesOf(row))
            {
                if (!_rowsOfLeaf.TryGetValue(leaf, out List<int>? rows))
                    _rowsOfLeaf[leaf] = rows = [];
                rows.Add(row);
            }
        }
    }

    public IEnumerable<int> Classes
    {
        get
        {
            for (int label = 0; label < _labels.Count; label++)
            {
                if (_labels.Find(label) == label)
                    yield return label;
            }
        }
    }

    public IEnumerable<int> Rows => _children.Keys;

    public bool IsRow(int @class) => _children.ContainsKey(@class);

    /// <summary>Rows that cover all of a class, sorted: units with the same ones are of one group.</summary>
    public int[] AncestorsOf(int @class)
    {
        // most classes are single labels below one row or none: what is said of them takes no memory of their own
        if (!_children.ContainsKey(@class))
        {
            if (!_rowsOfLeaf.TryGetValue(@class, out List<int>? rows))
                return [];
            if (rows.Count == 1)
                return rows[0] == @class ? [] : Alone(rows[0]);
        }
        return _ancestors.TryGetValue(@class, out int[]? known) ? known : _ancestors[@class] = FindAncestors(@class);
    }

    private int[] Alone(int row) => _alone.TryGetValue(row, out int[]? known) ? known : _alone[row] = [row];

    private int[] FindAncestors(int @class)
    {
        int[] leaves = LeavesOf(@class);
        if (!_rowsOfLeaf.TryGetValue(leaves[0], out List<int>? rows))
            return [];
        if (leaves.Length == 1 && rows.Count == 1)
            return rows[0] == @class ? [] : [rows[0]];
        return [.. rows.Where(r => r != @class && leaves.All(l => _rowsOfLeaf.TryGetValue(l, out List<int>? of) && of.Contains(r))).Order()];
    }

    /// <summary>Whether a class can go alone: neither held by hand nor the only crossing of the rows over it.</summary>
    public bool IsFree(int @class, int[] ancestors)
    {
        if (_fixed.Contains(@class))
            return false;
        if (ancestors.Length == 0)
            return true;
        int leaves = LeavesOf(@class).Length;
        if (ancestors.Length == 1)
            return LeavesOf(ancestors[0]).Length > leaves;
        int[] smallest = ancestors.Select(LeavesOf).MinBy(l => l.Length)!;
        int common = smallest.Count(l => ancestors.All(a => _rowsOfLeaf[l].Contains(a)));
        return common > leaves;
    }

    /// <summary>Why a class must stay: itself, something it covers, or a row that would be left empty. Null if it can go.</summary>
    public string? ReasonToStay(int @class)
    {
        if (!_children.ContainsKey(@class))
            return _frozen.GetValueOrDefault(@class);
        foreach (int covered in Closure(@class))
        {
            if (_frozen.TryGetValue(covered, out string? reason))
                return reason;
        }
        HashSet<int> mine = [.. LeavesOf(@class)];
        foreach (int row in mine.SelectMany(l => _rowsOfLeaf[l]).Distinct())
        {
            if (_frozen.TryGetValue(row, out string? reason) && LeavesOf(row).All(mine.Contains))
                return reason;
        }
        return null;
    }

    /// <summary>A class and everything that goes with it.</summary>
    public IReadOnlyCollection<int> Closure(int @class)
    {
        if (!_children.ContainsKey(@class))
            return [@class];
        if (_closures.TryGetValue(@class, out int[]? known))
            return known;
        var seen = new HashSet<int> { @class };
        var open = new Stack<int>(seen);
        while (open.TryPop(out int next))
        {
            if (!_children.TryGetValue(next, out HashSet<int>? children))
                continue;
            foreach (int child in children)
            {
                if (seen.Add(child))
                    open.Push(child);
            }
        }
        return _closures[@class] = [.. seen];
    }

    /// <summary>Which classes are gone when <paramref name="removed"/> go: what they cover, and rows of which nothing is left.</summary>
    public HashSet<int> Gone(IEnumerable<int> removed)
    {
        return WithEmptyRows([.. removed.SelectMany(Closure)]);
    }

    /// <summary>What goes with a class: what it covers, and rows that lie wholly inside it.</summary>
    public HashSet<int> GoneWith(int @class)
    {
        HashSet<int> gone = [.. Closure(@class)];
        foreach (int row in LeavesOf(@class).SelectMany(l => _rowsOfLeaf.TryGetValue(l, out List<int>? rows) ? rows : []).Distinct())
        {
            if (!gone.Contains(row) && LeavesOf(row).All(gone.Contains))
                gone.Add(row);
        }
        return gone;
    }

    /// <summary>Adds the rows of which nothing is left.</summary>
    public HashSet<int> WithEmptyRows(HashSet<int> gone)
    {
        foreach (int row in _children.Keys)
        {
            if (!gone.Contains(row) && LeavesOf(row).All(gone.Contains))
                gone.Add(row);
        }
        return gone;
    }

    private int[] LeavesOf(int @class)
    {
        if (!_children.ContainsKey(@class))
            return [@class];
        if (_leaves.TryGetValue(@class, out int[]? known))
            return known;
        if (!_children.TryGetValue(@class, out HashSet<int>? children) || children.Count == 0)
            return _leaves[@class] = [@class];
        _leaves[@class] = [@class]; // against cycles
        return _leaves[@class] = [.. children.SelectMany(LeavesOf).Distinct()];
    }

    // what lies over several axes keeps equally many of the inner positions for each outer one
    private void MakeRectangles()
    {
        HashSet<int> covered = [.. _labels.RowSets.SelectMany(s => s.Members).SelectMany(m => m).Where(m => m >= 0).Select(_labels.Find)];
        foreach (LabelArray array in _labels.Rectangles)
        {
            if (array.Labels.Any(l => l >= 0 && !covered.Contains(_labels.Find(l))))
                _labels.Rows(array, [.. array.Over.Take(array.Over.Count - 1)]);
        }
    }

    // a label that is the only crossing of two rows over the same array has no life of its own
    private void FixCrossings()
    {
        int[][] rows = [.. _labels.RowSets.SelectMany(s => s.Members)];
        // for every label the rows it is in: those of label l are over[from[l]] to over[from[l + 1]]
        var from = new int[_labels.Count + 1];
        foreach (int[] row in rows)
        {
            foreach (int member in row)
            {
                if (member >= 0)
                    from[member + 1]++;
            }
        }
        for (int l = 0; l < _labels.Count; l++)
            from[l + 1] += from[l];
        var over = new int[from[^1]];
        int[] next = from[..^1];
        for (int r = 0; r < rows.Length; r++)
        {
            foreach (int member in rows[r])
            {
                if (member >= 0)
                    over[next[member]++] = r;
            }
        }
        bool IsIn(int member, int row) => member < 0 ? rows[row].Contains(member) : Array.IndexOf(over, row, from[member], from[member + 1] - from[member]) >= 0;
        for (int label = 0; label < _labels.Count; label++)
        {
            ReadOnlySpan<int> mine = over.AsSpan(from[label]..from[label + 1]);
            if (mine.Length < 2 || _fixed.Contains(_labels.Find(label)))
                continue;
            bool isAlone = true;
            foreach (int member in rows[mine[0]])
            {
                bool isCommon = member != label;
                for (int i = 1; i < mine.Length && isCommon; i++)
                    isCommon = IsIn(member, mine[i]);
                isAlone &= !isCommon;
                if (!isAlone)
                    break;
            }
            if (isAlone)
                _fixed.Add(_labels.Find(label));
        }
    }

    // rows that cover the same are one; a row over a single class is that class
    private void MergeEqualRows()
    {
        for (bool again = true; again;)
        {
            again = false;
            var known = new Dictionary<int[], int>(SameNumbers.Comparer);
            foreach (RowSet set in _labels.RowSets)
            {
                for (int i = 0; i < set.Rows.Length; i++)
                {
                    int[] members = _labels.Classes(set.Members[i]);
                    int row = _labels.Find(set.Rows[i]);
                    int twin = members.Length == 1 ? members[0] : row;
                    if (members.Length > 1 && !known.TryAdd(members, row))
                        twin = _labels.Find(known[members]);
                    if (twin == row)
                        continue;
                    _labels.Unite(twin, row, "");
                    again = true;
                }
            }
        }
    }
}
