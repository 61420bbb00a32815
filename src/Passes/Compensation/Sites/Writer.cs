using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Planning;

namespace SiDT.Passes.Compensation.Sites;

/// <summary>Numbers that make units (a weight or a bias): where in them each class lies.</summary>
internal sealed class Writer
{
    private readonly Value _numbers;
    private readonly int[] _axes;
    private readonly Dictionary<int, List<int>> _places = [];

    private Writer(Value numbers, int[] axes)
    {
        _numbers = numbers;
        _axes = axes;
    }

    /// <summary>The initializer whose numbers they are.</summary>
    public Value Numbers => _numbers;

    /// <summary>
    /// Null if one array says other classes of a position than another. A class may lie at several places (heads that share a key): the first
    /// places of all classes go together, and so on.
    /// </summary>
    public static Writer? Of(Value numbers, GraphAnalysis analysis, Func<int, bool> isUnit)
    {
        Layout layout = analysis.Of(numbers);
        bool Is(int l) => l >= 0 && isUnit(analysis.Flow.Labels.Find(l));
        LabelArray[] arrays = [.. layout.Arrays.Where(a => a.Labels.Any(Is))];
        HashSet<Factor> over = [.. arrays.SelectMany(a => a.Over)];
        int[] axes = [.. Enumerable.Range(0, layout.Rank).Where(i => layout.Axes[i].Any(over.Contains))];
        Factor[] order = [.. axes.SelectMany(i => layout.Axes[i])];
        var writer = new Writer(numbers, axes);
        foreach (LabelArray array in arrays)
        {
            int[] classes = LabelSpread.Over(array, order, l => Is(l) ? analysis.Flow.Labels.Find(l) : -1);
            for (int p = 0; p < classes.Length; p++)
            {
                if (classes[p] < 0)
                    continue;
                if (arrays.Length > 1 && writer._places.ContainsKey(classes[p]))
                    return null;
                if (!writer._places.TryGetValue(classes[p], out List<int>? places))
                    writer._places[classes[p]] = places = [];
                places.Add(p);
            }
        }
        return writer;
    }

    /// <summary>Whether a unit lies here, at one place.</summary>
    public bool Has(int unit) => _places.TryGetValue(unit, out List<int>? places) && places.Count == 1;

    /// <summary>Whether all units of a group lie here, equally often.</summary>
    public bool Has(int[] units) => units.All(u => _places.TryGetValue(u, out List<int>? places) && places.Count == _places[units[0]].Count);

    /// <summary>Puts in the place of each unit a mix of all units of its group: new[i] = sum over j of mix[i, j] old[j].</summary>
    /// <param name="units">Classes of one group.</param>
    /// <param name="mix">[units, units]; rows below its height become zero.</param>
    public void Mix(int[] units, Matrix mix)
    {
        Matrix all = WeightMatrix.Read(_numbers.Constant!, _axes);
        for (int copy = 0; copy < _places[units[0]].Count; copy++)
        {
            int[] places = [.. units.Select(u => _places[u][copy])];
            Matrix mixed = mix.Times(all.SelectRows(places));
            for (int i = 0; i < places.Length; i++)
            {
                if (i < mixed.Rows)
                    mixed.Row(i).CopyTo(all.Row(places[i]));
                else
                    all.Row(places[i]).Clear();
            }
        }
        _numbers.Initializer = WeightMatrix.Write(_numbers.Constant!, _axes, all);
    }

    /// <summary>What is written of units: a row for each, at its first place.</summary>
    public Matrix Read(int[] units) => WeightMatrix.Read(_numbers.Constant!, _axes).SelectRows([.. units.Select(u => _places[u][0])]);

    /// <summary>Writes units anew, at all their places.</summary>
    /// <param name="units">Classes.</param>
    /// <param name="rows">A row for each.</param>
    public void Write(int[] units, Matrix rows)
    {
        Matrix all = WeightMatrix.Read(_numbers.Constant!, _axes);
        for (int i = 0; i < units.Length; i++)
        {
            foreach (int place in _places[units[i]])
                rows.Row(i).CopyTo(all.Row(place));
        }
        _numbers.Initializer = WeightMatrix.Write(_numbers.Constant!, _axes, all);
    }

    /// <summary>Multiplies what is written of classes.</summary>
    public void Scale(IReadOnlyDictionary<int, double> factors)
    {
        Matrix all = WeightMatrix.Read(_numbers.Constant!, _axes);
        foreach ((int c, double factor) in factors)
        {
            foreach (int place in _places.GetValueOrDefault(c) ?? [])
            {
                foreach (ref double x in all.Row(place))
                    x *= factor;
            }
        }
        _numbers.Initializer = WeightMatrix.Write(_numbers.Constant!, _axes, all);
    }
}
