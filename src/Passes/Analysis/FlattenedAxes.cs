namespace SiDT.Passes.Analysis;

/// <summary>
/// What lies over several factors on one axis is told apart again by counting, so each outer position must keep equally many of the
/// inner ones. Where other rows lie across the outer positions, they alone would let each keep another number: the outer positions get
/// rows too. Those of which a row takes part, while it takes nothing of others, go together or not at all.
/// </summary>
internal sealed class FlattenedAxes(LabelTable labels)
{
    private readonly Dictionary<int, int[]> _leaves = [];
    private readonly Dictionary<int, List<Row>> _rowsOf = [];

    public void Run()
    {
        // rows that are made here, and positions that become one, may lie across others
        while (labels.Flattened.Count > 0 && Round())
        {
            _leaves.Clear();
            _rowsOf.Clear();
        }
    }

    private bool Round()
    {
        Enter();
        bool changed = false;
        var met = new HashSet<(int[], string)>();
        foreach (LabelArray array in labels.Flattened)
        {
            if (!met.Add((array.Labels, string.Join(',', array.Sizes))))
                continue; // the same labels, seen at another node
            for (int outer = 1; outer < array.Over.Count; outer++)
            {
                int width = array.Over.Skip(outer).Aggregate(1, (p, f) => p * (int)f.Size.Value);
                int[][] parts = [.. array.Labels.Chunk(width).Select(LeavesOf)];
                Row[] crossing = [.. Crossing(parts)];
                if (crossing.Length == 0)
                    continue;
                int known = labels.RowSets.Count;
                int[] rows = labels.Rows(array, [.. array.Over.Take(outer)]).Labels;
                changed |= labels.RowSets.Count > known | Join(rows, [.. array.Labels.Chunk(width)], [.. crossing.Select(r => Uneven(r, parts))]);
            }
        }
        return changed;
    }

    // positions that go together are a row of their own, and none of them goes alone
    private bool Join(int[] rows, int[][] members, int[][] together)
    {
        int[] of = [.. Enumerable.Range(0, rows.Length)];
        foreach (int[] hit in together.Where(h => h.Length > 1))
        {
            int[] old = [.. hit.Select(i => of[i]).Distinct()];
            for (int i = 0; i < of.Length; i++)
                of[i] = old.Contains(of[i]) ? old[0] : of[i];
        }
        int[][] joined = [.. of.Select((row, i) => (row, i)).GroupBy(p => p.row, p => p.i).Select(g => g.ToArray())];
        if (joined.Length == rows.Length)
            return false;
        int known = labels.RowSets.Count;
        labels.Rows([.. joined.Select(g => g.SelectMany(i => members[i]).ToArray())]);
        labels.Fix(joined.Where(g => g.Length > 1).SelectMany(g => g).Select(i => rows[i]));
        return labels.RowSets.Count > known;
    }

    private void Enter()
    {
        var children = new Dictionary<int, HashSet<int>>();
        foreach (RowSet set in labels.RowSets)
        {
            for (int i = 0; i < set.Rows.Length; i++)
            {
                int row = labels.Find(set.Rows[i]);
                if (!children.TryGetValue(row, out HashSet<int>? mine))
                    children[row] = mine = [];
                mine.UnionWith(labels.Classes(set.Members[i]).Where(m => m != row));
            }
        }
        foreach (int row in children.Keys)
            Expand(row, children);
        foreach (RowSet set in labels.RowSets)
        {
            int[] reached = LeavesOf([.. set.Members.SelectMany(m => m)]);
            foreach (int[] members in set.Members)
            {
                var row = new Row(LeavesOf(members), reached);
                foreach (int leaf in row.Leaves)
                {
                    if (!_rowsOf.TryGetValue(leaf, out List<Row>? rows))
                        _rowsOf[leaf] = rows = [];
                    rows.Add(row);
                }
            }
        }
    }

    // what rows over rows cover in the end
    private int[] Expand(int @class, Dictionary<int, HashSet<int>> children)
    {
        if (_leaves.TryGetValue(@class, out int[]? known))
            return known;
        if (!children.TryGetValue(@class, out HashSet<int>? mine) || mine.Count == 0)
            return [@class];
        _leaves[@class] = [@class]; // against cycles
        return _leaves[@class] = [.. mine.SelectMany(c => Expand(c, children)).Distinct().Order()];
    }

    private int[] LeavesOf(int[] members)
    {
        int[] classes = labels.Classes(members);
        return classes.Any(_leaves.ContainsKey)
            ? [.. classes.SelectMany(c => _leaves.TryGetValue(c, out int[]? covered) ? covered : [c]).Distinct().Order()]
            : classes;
    }

    // the rows that lie across the outer positions of an array, so that they alone would let each keep another number
    private List<Row> Crossing(int[][] parts)
    {
        int[] all = [.. parts.SelectMany(p => p).Distinct().Order()];
        var met = new HashSet<Row>();
        var crossing = new List<Row>();
        foreach (int[] mine in parts)
        {
            foreach (Row row in mine.SelectMany(m => _rowsOf.TryGetValue(m, out List<Row>? over) ? over : []))
            {
                // it holds some of them and some of another outer position
                if (!met.Contains(row) && Common(mine, row.Leaves) is int common && common < mine.Length && Common(all, row.Leaves) > common)
                {
                    met.Add(row);
                    crossing.Add(row);
                }
            }
        }
        return crossing;
    }

    // the outer positions of which a row takes part, where it takes nothing of others and no row over it holds these alike; else none
    private int[] Uneven(Row row, int[][] parts)
    {
        // what its set does not reach says nothing: queries beside values in one projection
        int[] reached = [.. Enumerable.Range(0, parts.Length).Where(i => Common(parts[i], row.Reached) > 0)];
        int[] hit = [.. reached.Where(i => Common(parts[i], row.Leaves) > 0)];
        bool isEven = hit.Select(i => Common(parts[i], row.Leaves)).Distinct().Count() == 1;
        if (isEven && (hit.Length == reached.Length || hit.All(i => Common(parts[i], row.Leaves) == parts[i].Length)))
            return [];
        // of what a row over exactly these takes, each other such row takes as much: heads that share keys
        int[] touched = [.. hit.SelectMany(i => parts[i]).Distinct().Order()], all = [.. reached.SelectMany(i => parts[i]).Distinct().Order()];
        return isEven && _rowsOf[row.Leaves[0]].Any(r => Common(all, r.Leaves) == touched.Length && Common(touched, r.Leaves) == touched.Length) ? [] : hit;
    }

    // how many numbers two ascending lists share
    private static int Common(int[] a, int[] b)
    {
        int count = 0;
        for (int i = 0, j = 0; i < a.Length && j < b.Length;)
        {
            int order = a[i].CompareTo(b[j]);
            count += order == 0 ? 1 : 0;
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }
        return count;
    }

    // compared by identity: rows of different sets may hold the same
    private sealed class Row(int[] leaves, int[] reached)
    {
        public int[] Leaves { get; } = leaves;

        // what all rows of the set hold together
        public int[] Reached { get; } = reached;
    }
}
