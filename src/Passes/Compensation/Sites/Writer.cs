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
    private readonly Dictionary<int, int> _place = [];

    private Writer(Value numbers, int[] axes)
    {
        _numbers = numbers;
        _axes = axes;
    }

    /// <summary>The initializer whose numbers they are.</summary>
    public Value Numbers => _numbers;

    /// <summary>Null if a class lies at several places.</summary>
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
                if (classes[p] >= 0 && (!writer._place.TryAdd(classes[p], p)))
                    return null;
            }
        }
        return writer;
    }

    public bool Has(int unit) => _place.ContainsKey(unit);

    /// <summary>Puts in the place of each unit a mix of all units of its group: new[i] = sum over j of mix[i, j] old[j].</summary>
    /// <param name="units">Classes of one group.</param>
    /// <param name="mix">[units, units]; rows below its height become zero.</param>
    public void Mix(int[] units, Matrix mix)
    {
        int[] places = [.. units.Select(u => _place[u])];
        Matrix all = WeightMatrix.Read(_numbers.Constant!, _axes);
        Matrix mixed = mix.Times(all.SelectRows(places));
        for (int i = 0; i < places.Length; i++)
        {
            if (i < mixed.Rows)
                mixed.Row(i).CopyTo(all.Row(places[i]));
            else
                all.Row(places[i]).Clear();
        }
        _numbers.Initializer = WeightMatrix.Write(_numbers.Constant!, _axes, all);
    }

    /// <summary>Makes units silent.</summary>
    public void Silence(IEnumerable<int> units)
    {
        Matrix all = WeightMatrix.Read(_numbers.Constant!, _axes);
        foreach (int u in units)
            all.Row(_place[u]).Clear();
        _numbers.Initializer = WeightMatrix.Write(_numbers.Constant!, _axes, all);
    }
}
