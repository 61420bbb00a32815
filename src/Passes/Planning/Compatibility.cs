using SiDT.Passes.Analysis;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Planning;

/// <summary>
/// Whether what dimensions lose can go together. Each may lose what it likes as long as the others stay, but where several lie across
/// the rows of one tensor, its rows may be left with different lengths, or with nothing.
/// </summary>
internal sealed class Compatibility(GraphAnalysis analysis)
{
    private readonly Evenness _evenness = new(analysis.Flow.Labels, analysis.Classes);
    private readonly Layout[] _layouts = [.. analysis.Flow.Layouts.Values.Where(l => l.Arrays.Any(a => a.Labels.Length > 1))];

    /// <summary>A dimension that must lose nothing for the others to lose what they do, and one that it clashes with; null where all can go.</summary>
    public (Dimension Held, Dimension? Other)? Conflict(UnitSelection selection)
    {
        if (selection.Removed.Count == 0)
            return null;
        if (_evenness.Uneven(analysis.Classes.Gone(selection.Classes)) is { } uneven && Clash(selection, [.. uneven]) is { } clash)
            return clash;
        var cut = new Cut(analysis, selection.Classes);
        foreach (Layout layout in _layouts)
        {
            if (!Fits(cut, layout) && Clash(selection, [.. layout.Arrays.SelectMany(a => a.Labels).Where(l => l >= 0).Select(analysis.Flow.Labels.Find)]) is { } found)
                return found;
        }
        return null;
    }

    private (Dimension Held, Dimension? Other)? Clash(UnitSelection selection, HashSet<int> classes)
    {
        // the coarser its units, the less of what was asked is lost by keeping them
        Dimension[] involved =
        [
            .. selection.Removed.Keys.Where(d => d.Units.SelectMany(g => g).SelectMany(analysis.Classes.Closure).Any(classes.Contains))
                .OrderByDescending(d => analysis.Classes.Closure(d.Units[0][0]).Count).ThenBy(d => d.Size),
        ];
        return involved.Length > 0 ? (involved[0], involved.Skip(1).FirstOrDefault()) : null;
    }

    private static bool Fits(Cut cut, Layout layout)
    {
        if (layout.Arrays.Any(a => a.Labels.Length > 1 && !a.Labels.Any(cut.Keeps)))
            return false;
        // only what lies across several axes can end in rows of different lengths
        if (!layout.Arrays.Any(a => a.Over.Count > 1) || !cut.Touches(layout))
            return true;
        try
        {
            Dim[] shape = cut.Shape(layout);
            return layout.Arrays.Where(a => a.Over.Count > 1).All(a => IsRectangle(cut, layout, a, shape));
        }
        catch (CutError)
        {
            return false;
        }
    }

    // where an array alone makes up some axes, their sizes multiply to what is left of it
    private static bool IsRectangle(Cut cut, Layout layout, LabelArray array, Dim[] shape)
    {
        int[] axes = [.. Enumerable.Range(0, shape.Length).Where(i => layout.Axes[i].Any(array.Over.Contains))];
        if (axes.Any(i => !shape[i].IsConstant) || axes.SelectMany(i => layout.Axes[i]).Any(f => !array.Over.Contains(f)))
            return true;
        return axes.Aggregate(1L, (p, i) => p * shape[i].Value) == array.Labels.Count(cut.Keeps);
    }
}
