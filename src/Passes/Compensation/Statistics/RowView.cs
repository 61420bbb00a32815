using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Streams;

namespace SiDT.Passes.Compensation.Statistics;

/// <summary>
/// Lays out an activation as a matrix inside a graph: one row for each combination of the positions of its other axes (images, tokens, pixels),
/// one column for each position of some factors.
/// </summary>
internal static class RowView
{
    /// <summary>The factors of a value that are neither columns nor of size one: what rows are counted over, in order.</summary>
    public static Factor[] RowFactors(Layout layout, IReadOnlyCollection<Factor> columns) => [.. layout.Axes.SelectMany(a => a).Where(f => !columns.Contains(f))];

    /// <summary>What each axis of <see cref="Build"/> but the last counts; null for an axis of several factors, or of none.</summary>
    public static Factor?[] RowAxes(Layout layout, IReadOnlyCollection<Factor> columns) => MovesWhole(layout, columns)
        ? [.. layout.Axes.Where(a => !a.Any(columns.Contains)).Select(a => a.Count == 1 ? a[0] : null)]
        : [.. RowFactors(layout, columns)];

    /// <summary>
    /// The value as 32-bit floats with the axes [rows..., columns], one axis for each row factor; null if its sizes are not known well enough.
    /// </summary>
    public static Value? Build(Segment segment, Value value, Layout layout, IReadOnlyList<Factor> columns)
    {
        if (!columns.All(f => f.Size.IsConstant))
            return null;
        Graph graph = segment.Graph;
        if (MovesWhole(layout, columns))
            return WholeAxes(graph, GraphMath.Float(graph, value, layout.Type), layout, columns);
        Factor[] factors = [.. layout.Axes.SelectMany(a => a)], rows = RowFactors(layout, columns);
        if (factors.Count(f => !f.Size.IsConstant) > 1)
            return null;
        Value x = GraphMath.Float(graph, value, layout.Type);
        x = Reshape(segment, x, factors.Select(Size));
        Factor[] order = [.. rows, .. columns];
        if (!order.SequenceEqual(factors))
            x = graph.Add("Transpose", "", $"{value.Name}_rows", [x]).Set("perm", order.Select(f => (long)Array.IndexOf(factors, f))).Result;
        return Reshape(segment, x, [.. rows.Select(Size), columns.Aggregate(1L, (p, f) => p * f.Size.Value)]);
    }

    /// <summary>The same rows as [rows, columns].</summary>
    public static Value Flat(Segment segment, Value rows, long width) => Reshape(segment, rows, [-1, width]);

    public static Value Reshape(Segment segment, Value x, IEnumerable<long> shape)
    {
        Value target = segment.Graph.NewInitializer($"{x.Name}_shape", Tensor.Vector([.. shape]));
        return segment.Graph.Op("Reshape", $"{x.Name}_shaped", x, target);
    }

    // several sizes are open, and axes hold either rows or columns: whole axes move, whatever their sizes
    private static bool MovesWhole(Layout layout, IReadOnlyCollection<Factor> columns) =>
        layout.Axes.SelectMany(a => a).Count(f => !f.Size.IsConstant) > 1 && columns.Count > 0 && layout.Axes.All(a => !a.Any(columns.Contains) || a.All(columns.Contains)) && layout.Axes.SelectMany(a => a).Where(columns.Contains).SequenceEqual(columns);

    private static Value WholeAxes(Graph graph, Value x, Layout layout, IReadOnlyCollection<Factor> columns)
    {
        int[] rows = [.. Enumerable.Range(0, layout.Rank).Where(i => !layout.Axes[i].Any(columns.Contains))];
        x = GraphMath.Transpose(graph, x, [.. rows, .. Enumerable.Range(0, layout.Rank).Except(rows)]);
        // 0 keeps a size
        Value target = graph.NewInitializer($"{x.Name}_shape", Tensor.Vector([.. rows.Select(_ => 0L), columns.Aggregate(1L, (p, f) => p * f.Size.Value)]));
        return graph.Op("Reshape", $"{x.Name}_shaped", x, target);
    }

    private static long Size(Factor factor) => factor.Size.IsConstant ? factor.Size.Value : -1;
}
