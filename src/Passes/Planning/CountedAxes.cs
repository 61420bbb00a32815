using SiDT.Passes.Analysis;

namespace SiDT.Passes.Planning;

/// <summary>The different axes of a graph that can become shorter, and where each class lies on them.</summary>
internal sealed class CountedAxes(GraphAnalysis analysis, LiveClasses live)
{
    private readonly List<CountedAxis> _all = [];
    private readonly Dictionary<ulong, List<int>> _byHash = [];
    private readonly Dictionary<(Layout, int), int?> _known = [];
    private int[] _start = [];
    private int[] _places = [];

    public IReadOnlyList<CountedAxis> All => _all;

    /// <summary>First position number of each axis: positions of all axes are numbered through.</summary>
    public int[] Offsets { get; private set; } = [];

    /// <summary>For each position number its axis.</summary>
    public int[] AxisAt { get; private set; } = [];

    /// <summary>The number of an axis; null if nothing of it can go.</summary>
    public int? Of(Layout layout, int axis)
    {
        if (_known.TryGetValue((layout, axis), out int? known))
            return known;
        return _known[(layout, axis)] = CountedAxis.Read(layout, axis, analysis, live.Find) is { } read ? Number(read) : null;
    }

    /// <summary>Position numbers at which a class lies; a position may be named twice.</summary>
    public ReadOnlySpan<int> PlacesOf(int @class) => _places.AsSpan(_start[@class].._start[@class + 1]);

    /// <summary>Prepares <see cref="PlacesOf"/> when all axes are known.</summary>
    public void Index()
    {
        Offsets = new int[_all.Count + 1];
        for (int i = 0; i < _all.Count; i++)
            Offsets[i + 1] = Offsets[i] + (_all[i].Rows * _all[i].Width);
        AxisAt = new int[Offsets[^1]];
        _start = new int[live.Count + 1];
        for (int i = 0; i < _all.Count; i++)
        {
            Array.Fill(AxisAt, i, Offsets[i], Offsets[i + 1] - Offsets[i]);
            foreach (int c in _all[i].Classes.SelectMany(a => a))
            {
                if (c >= 0)
                    _start[c + 1]++;
            }
        }
        for (int c = 0; c < live.Count; c++)
            _start[c + 1] += _start[c];
        _places = new int[_start[^1]];
        int[] next = [.. _start];
        for (int i = 0; i < _all.Count; i++)
        {
            foreach (int[] array in _all[i].Classes)
            {
                for (int p = 0; p < array.Length; p++)
                {
                    if (array[p] >= 0)
                        _places[next[array[p]]++] = Offsets[i] + p;
                }
            }
        }
    }

    private int Number(CountedAxis axis)
    {
        ulong hash = axis.Hash;
        if (!_byHash.TryGetValue(hash, out List<int>? same))
            _byHash[hash] = same = [];
        foreach (int number in same)
        {
            if (_all[number].IsSame(axis))
                return number;
        }
        _all.Add(axis);
        same.Add(_all.Count - 1);
        return _all.Count - 1;
    }
}
