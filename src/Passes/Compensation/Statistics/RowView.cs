using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Streams;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Compensation.Statistics;

/// <summary>
/// Lays out an activation as a matrix inside a graph: one row for each combination of the positions of its other axes (images, tokens, pixels),
/// one column for each position of some factors.
/// </summary>
internal static class RowView
{
    /// <summary>The factors of a value that are neither columns nor of size one: what rows are counted over, in order.</summary>
    public static Factor[] RowFactors(Layout layout, IReadOnlyCollection<Factor> columns) => [.. layout.Axes.SelectMany(a => a).Where(f => !columns.Contains(f))];

    /// <summary>
    /// The value as 32-bit floats with the axes [rows..., columns], one axis for each row factor; null if its sizes are not known well enough.
    /// </summary>
    public static Value? Build(Segment segment, Value value, Layout layout, IReadOnlyList<Factor> columns)
    {
        Graph graph = segment.Graph;
        Factor[] factors = [.. layout.Axes.SelectMany(a => a)], rows = RowFactors(layout, columns);
        if (factors.Count(f => !f.Size.IsConstant) > 1 || !columns.All(f => f.Size.IsConstant))
            return null;
        Value x = value;
        if (layout.Type != ElementType.Float32)
            x = graph.Add("Cast", "", $"{value.Name}_float", [x]).Set("to", (long)ElementType.Float32).Result;
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

    private static long Size(Factor factor) => factor.Size.IsConstant ? factor.Size.Value : -1;
}
