using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Compensation.Statistics;

namespace SiDT.Passes.Compensation.Treatments;

/// <summary>
/// Layers whose results are outputs: what the outputs lack is fitted to what the layer reads, with a strength that is validated on samples that were
/// left out, and added to the layer. Only the difference is fitted: with a strong ridge the old layer is what remains.
/// </summary>
internal sealed class LastLayers
{
    private const int MostFolds = 5;

    private readonly (Consumer Layer, OutputRows Rows)[] _layers;

    public LastLayers(GraphAnalysis analysis, IEnumerable<Consumer> consumers, IReadOnlySet<int> gone, int batches)
    {
        Layers = [.. consumers.Where(c => c.Result.IsOutput && c.IsDense && c.Left(gone as HashSet<int> ?? [.. gone]).Length == c.Width)
            .Select(c => Residual.Of(c, analysis)).OfType<Residual>().Where(r => r.Stream == r.Consumer.Result)];
        _layers = [.. Layers.Select(r => (r.Consumer, new OutputRows(r.Consumer, analysis, r, Math.Min(MostFolds, batches))))];
    }

    /// <summary>The layers, each with the output it makes.</summary>
    public IReadOnlyList<Residual> Layers { get; }

    public IReadOnlyList<IStatistic> Statistics => [.. _layers.Select(l => l.Rows)];

    /// <summary>Writes what helps into the graph; how many layers that were.</summary>
    public int Apply()
    {
        int count = 0;
        foreach ((Consumer layer, OutputRows rows) in _layers.Where(l => l.Rows.IsThere))
        {
            HeadRefit refit = HeadRefit.Of(rows.Folds);
            if (!(refit.Validation.Error < 1))
                continue;
            layer.Weight = layer.Weight.Plus(refit.WeightChange);
            layer.AddToBias(refit.BiasChange);
            count++;
        }
        return count;
    }
}
