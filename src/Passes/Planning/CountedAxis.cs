using SiDT.Passes.Analysis;

namespace SiDT.Passes.Planning;

/// <summary>
/// An axis whose length depends on what goes: the classes at each of its positions. Axes of all values with the same classes are one,
/// so a whole network has few of them.
/// </summary>
/// <param name="Rows">Combinations of positions on other axes that the labels lie over too (the heads, for a width); 1 if none.</param>
/// <param name="Width">Positions of the axis itself.</param>
/// <param name="CountsRows">A position stays while anything of it does (the head axis); else a position of a row goes when its class does.</param>
/// <param name="Classes">Arrays of Rows x Width classes; a position is gone when one of them is. Below zero: never goes.</param>
internal sealed record CountedAxis(int Rows, int Width, bool CountsRows, int[][] Classes)
{
    public ulong Hash
    {
        get
        {
            ulong hash = ((ulong)Rows * 31) + ((ulong)Width * 2) + (CountsRows ? 1UL : 0);
            foreach (int[] array in Classes)
            {
                foreach (int c in array)
                    hash = (hash ^ (uint)c) * 0x100000001B3;
                hash = (hash ^ 0xFFFFFFFF) * 0x100000001B3;
            }
            return hash;
        }
    }

    public bool IsSame(CountedAxis other) =>
        Rows == other.Rows && Width == other.Width && CountsRows == other.CountsRows && Classes.Length == other.Classes.Length
        && Classes.Zip(other.Classes).All(p => p.First.AsSpan().SequenceEqual(p.Second));

    /// <summary>
    /// Reads an axis of a layout as <see cref="Cut"/> does when it takes masks; null if nothing of it can go.
    /// </summary>
    /// <param name="analysis">The analysis that the layout is of.</param>
    /// <param name="find">The class of a label that can go; below zero for one that stays.</param>
    public static CountedAxis? Read(Layout layout, int axis, GraphAnalysis analysis, Func<int, int> find)
    {
        IReadOnlyList<Factor> factors = layout.Axes[axis];
        if (factors.Count == 0)
            return null;
        LabelArray[] live = [.. layout.Arrays.Where(a => a.Labels.Any(l => find(l) >= 0))];
        LabelArray[] touching = [.. live.Where(a => a.Over.Any(factors.Contains))];
        if (touching.Length == 0)
            return null;
        Factor[] own = [.. factors.Where(f => f.Size.IsConstant)];
        Factor[] others = [.. touching.SelectMany(a => a.Over).Where(f => !factors.Contains(f)).Distinct()];
        int width = Count(own), rows = Count(others);
        Factor[] order = [.. others, .. own];
        LabelArray[] spanning = [.. touching.Where(a => a.Over.Any(others.Contains))];
        bool countsRows = rows > 1 && spanning.All(a => Cut.AreRows(a, [.. a.Over.Where(factors.Contains)], analysis.Flow.Labels, analysis.Classes));
        IEnumerable<LabelArray> beside = live.Where(a => !a.Over.Any(factors.Contains) && a.Over.All(others.Contains));
        int[][] expanded = [.. touching.Concat(beside).Select(a => LabelSpread.Over(a, order, find))];
        return new CountedAxis(rows, width, countsRows, expanded);
    }

    private static int Count(Factor[] factors) => factors.Aggregate(1, (p, f) => p * (int)f.Size.Value);
}
