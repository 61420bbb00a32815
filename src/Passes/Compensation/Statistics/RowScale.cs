using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Compensation.Streams;

namespace SiDT.Passes.Compensation.Statistics;

/// <summary>
/// How much an error in a row of a stream counts. Whatever reads a stream divides it by its size first, so what is large hides its errors: rows count
/// by one over their variance, and rows of small variance all alike.
/// </summary>
internal static class RowScale
{
    /// <summary>Weights [rows, 1] of the rows of the original's stream, as they lie in <see cref="RowView"/>: m / (v + m), v a row's variance and m the mean of all.</summary>
    public static Value Of(Segment segment, Residual residual, GraphAnalysis analysis, int outputs)
    {
        Graph graph = segment.Graph;
        Value stream = graph.Find(residual.Original)!;
        Value rows = RowView.Flat(segment, RowView.Build(segment, stream, analysis.Of(residual.Stream), residual.Columns!)!, outputs);
        Value centred = graph.Op("Sub", "rows_centred", rows, GraphMath.Mean(graph, rows, 1));
        Value variance = GraphMath.Mean(graph, graph.Op("Mul", "rows_squared", centred, centred), 1), mean = GraphMath.Mean(graph, variance, 0);
        Value both = graph.Op("Add", "rows_both", graph.Op("Add", "rows_some", variance, mean), graph.NewInitializer("rows_least", Tensor.Scalar(1e-30f)));
        return graph.Op("Div", "rows_scale", mean, both);
    }
}
