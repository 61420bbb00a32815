using SiDT.Passes.Shapes;

namespace SiDT.Passes.Analysis;

/// <summary>What is left of every value when some classes go: positions, and sizes.</summary>
public sealed class Cut
{
    private readonly LabelTable _labels;
    private readonly ClassGraph _classes;
    private readonly HashSet<int> _gone;
    private readonly Dictionary<(Layout, int), IReadOnlyList<bool[]>?> _masks = [];
    private readonly Dictionary<Layout, Dim[]> _shapes = new(ReferenceEqualityComparer.Instance);

    /// <param name="analysis">The analysis of the graph the values belong to.</param>
    /// <param name="removed">Classes of that analysis that go, with all they cover.</param>
    public Cut(GraphAnalysis analysis, IEnumerable<int> removed)
    {
        _labels = analysis.Flow.Labels;
        _classes = analysis.Classes;
        _gone = analysis.Classes.Gone(removed);
    }

    private Cut(GraphAnalysis analysis, HashSet<int> gone)
    {
        _labels = analysis.Flow.Labels;
        _classes = analysis.Classes;
        _gone = gone;
    }

    /// <summary>Exactly these classes go, and the rows of which nothing is left; what they cover is not taken along.</summary>
    public static Cut Exactly(GraphAnalysis analysis, IEnumerable<int> classes) => new(analysis, analysis.Classes.WithEmptyRows([.. classes]));

    public bool IsEmpty => _gone.Count == 0;

    public bool Keeps(int label) => label < 0 || !_gone.Contains(_labels.Find(label));

    /// <summary>Whether anything of the value goes.</summary>
    public bool Touches(Layout layout) => _gone.Count > 0 && layout.Arrays.Any(a => a.Labels.Any(l => !Keeps(l)));

    /// <summary>The shape that is left.</summary>
    /// <exception cref="CutError">What is left is no rectangle.</exception>
    public Dim[] Shape(Layout layout)
    {
        if (_shapes.TryGetValue(layout, out Dim[]? known))
            return known;
        Dim[] shape = [.. layout.Axes.Select((_, i) => Size(layout, i))];
        return _shapes[layout] = shape;
    }

    /// <summary>
    /// Which positions of an axis are left, one mask for each combination of the factors on other axes that is not gone as a whole;
    /// null where nothing goes.
    /// </summary>
    public IReadOnlyList<bool[]>? Masks(Layout layout, int axis)
    {
        if (_gone.Count == 0)
            return null;
        if (!_masks.TryGetValue((layout, axis), out IReadOnlyList<bool[]>? known))
            _masks[(layout, axis)] = known = FindMasks(layout, axis);
        return known;
    }

    private IReadOnlyList<bool[]>? FindMasks(Layout layout, int axis)
    {
        IReadOnlyList<Factor> factors = layout.Axes[axis];
        LabelArray[] touching = [.. layout.Arrays.Where(a => a.Over.Any(factors.Contains) && a.Labels.Any(l => !Keeps(l)))];
        if (touching.Length == 0)
            return null;
        Factor[] own = [.. factors.Where(f => f.Size.IsConstant)];
        Factor[] others = [.. touching.SelectMany(a => a.Over).Where(f => !factors.Contains(f)).Distinct()];
        int[] sizes = [.. others.Concat(own).Select(f => (int)f.Size.Value)];
        int width = own.Aggregate(1, (p, f) => p * (int)f.Size.Value), rows = others.Aggregate(1, (p, f) => p * (int)f.Size.Value);
        Factor[] order = [.. others, .. own];
        var kept = new bool[rows * width];
        Array.Fill(kept, true);
        foreach (LabelArray array in touching)
            Mark(array, order, sizes, kept);
        // rows that are gone in the other axes are no rows of this one
        foreach (LabelArray array in layout.Arrays.Where(a => !a.Over.Any(factors.Contains) && a.Over.All(others.Contains) && a.Labels.Any(l => !Keeps(l))))
            Mark(array, order, sizes, kept);
        var masks = new List<bool[]>();
        if (rows > 1 && touching.Where(a => a.Over.Any(others.Contains)).All(a => AreRows(a, [.. a.Over.Where(factors.Contains)], _labels, _classes)))
        {
            // the axis counts rows: a row stays while anything of it does
            var any = new bool[width];
            for (int k = 0; k < kept.Length; k++)
                any[k % width] |= kept[k];
            return [any];
        }
        for (int r = 0; r < rows; r++)
        {
            bool[] mask = kept[(r * width)..((r + 1) * width)];
            if (mask.Any(m => m))
                masks.Add(mask);
        }
        return masks.Count > 0 ? masks : [new bool[width]];
    }

    /// <summary>Positions left of a factor that is the whole axis or part of it, given as its own labels; the count for attributes such as the number of heads.</summary>
    public Dim Size(Layout layout, int axis)
    {
        if (Masks(layout, axis) is not { } masks)
            return layout.Shape[axis];
        int count = masks[0].Count(m => m);
        if (masks.Any(m => m.Count(x => x) != count))
            throw new CutError("what is left is no rectangle: rows would keep different numbers of positions");
        return Dim.Product(layout.Axes[axis].Where(f => !f.Size.IsConstant).Select(f => f.Size)) * Dim.Of(count);
    }

    /// <summary>Whether the positions of some factors of an array are rows that go as a whole (heads), what lies beside them being packed (width).</summary>
    internal static bool AreRows(LabelArray array, Factor[] factors, LabelTable labels, ClassGraph classes)
    {
        if (factors.Length == 0 || factors.Length == array.Over.Count)
            return false;
        LabelArray ordered = array.Reordered([.. factors, .. array.Over.Where(f => !factors.Contains(f))]);
        int count = (int)factors.Aggregate(1L, (p, f) => p * f.Size.Value), width = ordered.Labels.Length / count;
        int[]? first = null;
        bool differ = false;
        for (int r = 0; r < count; r++)
        {
            int[] common = classes.AncestorsOf(labels.Find(ordered.Labels[r * width]));
            for (int k = 1; k < width && common.Length > 0; k++)
            {
                int[] next = classes.AncestorsOf(labels.Find(ordered.Labels[(r * width) + k]));
                if (!ReferenceEquals(next, common) && !next.AsSpan().SequenceEqual(common))
                    common = [.. common.Intersect(next)];
            }
            if (common.Length == 0)
                return false;
            // something that covers all rows alike says nothing of rows
            first ??= common;
            differ |= !common.AsSpan().SequenceEqual(first);
        }
        return differ;
    }

    private void Mark(LabelArray array, Factor[] order, int[] sizes, bool[] kept)
    {
        var strides = new int[order.Length];
        int[] own = array.Sizes;
        for (int i = array.Over.Count - 1, s = 1; i >= 0; s *= own[i--])
            strides[Array.IndexOf(order, array.Over[i])] = s;
        var at = new int[order.Length];
        for (int k = 0, source = 0; k < kept.Length; k++)
        {
            kept[k] &= Keeps(array.Labels[source]);
            for (int d = order.Length - 1; d >= 0; d--)
            {
                source += strides[d];
                if (++at[d] < sizes[d])
                    break;
                source -= strides[d] * sizes[d];
                at[d] = 0;
            }
        }
    }
}

/// <summary>A set of units cannot be removed together; a planning error, not the user's.</summary>
public sealed class CutError(string message) : Exception(message);
