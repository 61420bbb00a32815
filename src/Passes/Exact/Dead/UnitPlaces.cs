using SiDT.Passes.Analysis;

namespace SiDT.Passes.Exact.Dead;

/// <summary>Where the classes of units lie on one value; found once for all of them.</summary>
internal sealed class UnitPlaces
{
    private readonly Dictionary<int, List<(int Array, int Position)>> _places = [];
    private readonly int[][] _axes;
    private readonly Layout _layout;

    public UnitPlaces(Layout layout, LabelTable labels)
    {
        _layout = layout;
        _axes = [.. layout.Arrays.Select(a => a.Over.Select(f => Enumerable.Range(0, layout.Rank).First(i => layout.Axes[i].Contains(f))).Distinct().ToArray())];
        for (int array = 0; array < layout.Arrays.Count; array++)
        {
            int[] own = layout.Arrays[array].Labels;
            for (int p = 0; p < own.Length; p++)
            {
                if (own[p] < 0)
                    continue;
                int c = labels.Find(own[p]);
                if (!_places.TryGetValue(c, out List<(int, int)>? list))
                    _places[c] = list = [];
                list.Add((array, p));
            }
        }
    }

    public IReadOnlyCollection<int> Classes => _places.Keys;

    public bool Has(int @class) => _places.ContainsKey(@class);

    /// <summary>Positions on the first axis of each array; constants have one axis to an array.</summary>
    public IEnumerable<(int Axis, int Position)> Of(int @class) => _places.TryGetValue(@class, out var list) ? list.Select(p => (_axes[p.Array][0], p.Position)) : [];

    public IEnumerable<int> AxesOf(int @class) => _places.TryGetValue(@class, out var list) ? list.Select(p => p.Array).Distinct().SelectMany(a => _axes[a]).Distinct() : [];

    /// <summary>Whether every array of a row has another over more factors beside it: then the units in it are judged themselves.</summary>
    public bool IsCovered(int row) => _places.TryGetValue(row, out var list) && list.Select(p => p.Array).Distinct()
        .All(r => _layout.Arrays.Any(a => a.Over.Count > _layout.Arrays[r].Over.Count && _layout.Arrays[r].Over.All(a.Over.Contains)));
}
