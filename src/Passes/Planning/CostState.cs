namespace SiDT.Passes.Planning;

/// <summary>The cost while units go and come back; each step costs as much as it changes.</summary>
internal sealed class CostState
{
    private readonly LiveClasses _live;
    private readonly CountedAxes _axes;
    private readonly CostTerms _terms;
    private readonly int[] _gone; // by class: for how many reasons it is gone
    private readonly byte[] _lost; // by position number: how many of its classes are gone
    private readonly int[] _lines; // by axis, at its offset: positions left of each row, or of each column where rows are counted
    private readonly int[] _lengths;
    private readonly Cost[] _values;
    private readonly Dictionary<int, List<int>> _rowsOfLeaf = [];
    private readonly int[] _alive; // by row number: leaves that are left
    private readonly HashSet<int> _changed = [];
    private readonly HashSet<int> _stale = [];

    public CostState(LiveClasses live, CountedAxes axes, CostTerms terms)
    {
        (_live, _axes, _terms) = (live, axes, terms);
        _gone = new int[live.Count];
        _lost = new byte[axes.AxisAt.Length];
        _lines = new int[axes.AxisAt.Length];
        _lengths = new int[axes.All.Count];
        for (int i = 0; i < axes.All.Count; i++)
        {
            CountedAxis axis = axes.All[i];
            _lengths[i] = axis.Width;
            Array.Fill(_lines, axis.CountsRows ? axis.Rows : axis.Width, axes.Offsets[i], axis.CountsRows ? axis.Width : axis.Rows);
        }
        _alive = [.. live.Rows.Select(r => r.Leaves.Length)];
        for (int r = 0; r < live.Rows.Count; r++)
        {
            if (axes.PlacesOf(live.Rows[r].Row).Length == 0)
                continue; // no axis is longer or shorter for it
            foreach (int leaf in live.Rows[r].Leaves)
            {
                if (!_rowsOfLeaf.TryGetValue(leaf, out List<int>? rows))
                    _rowsOfLeaf[leaf] = rows = [];
                rows.Add(r);
            }
        }
        _values = [.. terms.All.Select(t => t.At(_lengths))];
        foreach (Cost value in _values)
            Add(value);
    }

    public Cost Cost { get; private set; }

    /// <summary>Takes a unit with all that goes with it.</summary>
    public void Remove(int unit)
    {
        foreach (int c in _live.ClosureOf(unit))
            Take(c);
        Update();
    }

    /// <summary>Takes several units at once.</summary>
    public void Remove(IEnumerable<int> units)
    {
        foreach (int c in units.SelectMany(_live.ClosureOf))
            Take(c);
        Update();
    }

    /// <summary>Undoes <see cref="Remove(IEnumerable{int})"/>.</summary>
    public void Restore(IEnumerable<int> units)
    {
        foreach (int c in units.SelectMany(_live.ClosureOf))
            Give(c);
        Update();
    }

    private void Take(int c)
    {
        if (_gone[c]++ > 0)
            return;
        foreach (int place in _axes.PlacesOf(c))
        {
            if (_lost[place]++ == 0)
                Line(place, -1);
        }
        if (!_rowsOfLeaf.TryGetValue(c, out List<int>? rows))
            return;
        foreach (int r in rows)
        {
            if (--_alive[r] == 0)
                Take(_live.Rows[r].Row);
        }
    }

    private void Give(int c)
    {
        if (--_gone[c] > 0)
            return;
        foreach (int place in _axes.PlacesOf(c))
        {
            if (--_lost[place] == 0)
                Line(place, 1);
        }
        if (!_rowsOfLeaf.TryGetValue(c, out List<int>? rows))
            return;
        foreach (int r in rows)
        {
            if (_alive[r]++ == 0)
                Give(_live.Rows[r].Row);
        }
    }

    private void Line(int place, int change)
    {
        int number = _axes.AxisAt[place], offset = _axes.Offsets[number];
        CountedAxis axis = _axes.All[number];
        int position = place - offset;
        _lines[offset + (axis.CountsRows ? position % axis.Width : position / axis.Width)] += change;
        _changed.Add(number);
    }

    private void Update()
    {
        foreach (int number in _changed)
        {
            CountedAxis axis = _axes.All[number];
            ReadOnlySpan<int> lines = _lines.AsSpan(_axes.Offsets[number], axis.CountsRows ? axis.Width : axis.Rows);
            int length = 0;
            foreach (int line in lines)
                length = axis.CountsRows ? length + (line > 0 ? 1 : 0) : Math.Max(length, line);
            if (length == _lengths[number])
                continue;
            _lengths[number] = length;
            foreach (int term in _terms.Of[number])
                _stale.Add(term);
        }
        foreach (int term in _stale)
        {
            Cost value = _terms.All[term].At(_lengths);
            Add(value - _values[term]);
            _values[term] = value;
        }
        _changed.Clear();
        _stale.Clear();
    }

    private void Add(Cost change) => Cost += change;
}
