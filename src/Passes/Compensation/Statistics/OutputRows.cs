using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Compensation.Streams;

namespace SiDT.Passes.Compensation.Statistics;

/// <summary>What a last layer reads, and what its outputs lack of the original's: sums by fold, each batch being of one fold, so that all views of a sample are.</summary>
internal sealed class OutputRows : IStatistic
{
    // more rows than this of one batch are pixels or tokens, and a closed form over them is not worth its time
    private const int MostRows = 4096;

    private readonly Consumer _layer;
    private readonly GraphAnalysis _analysis;
    private readonly Residual _residual;
    private readonly FoldMoments[] _folds;
    private string? _read, _lacking;

    /// <param name="layer">The layer; its result is <paramref name="residual"/>'s stream.</param>
    /// <param name="analysis">Of the graph.</param>
    /// <param name="residual">Where the original's outputs are compared.</param>
    /// <param name="folds">Number of folds.</param>
    public OutputRows(Consumer layer, GraphAnalysis analysis, Residual residual, int folds)
    {
        (_layer, _analysis, _residual) = (layer, analysis, residual);
        _folds = [.. Enumerable.Range(0, folds).Select(_ => new FoldMoments(layer.Width, layer.Outputs))];
    }

    public IReadOnlyList<FoldMoments> Folds => _folds;

    public bool IsThere => _read is not null && _folds.Count(f => f.Weight > 0) > 1;

    public void Observe(Segment segment)
    {
        Layout read = _analysis.Of(_layer.Input);
        if (RowView.Build(segment, segment.Find(_layer.Input.Name), read, _layer.Factors) is not { } z
            || _residual.Difference(segment) is not { } d)
            return;
        _read = segment.Publish(RowView.Flat(segment, z, _layer.Width), ElementType.Float32);
        _lacking = segment.Publish(RowView.Flat(segment, d, _layer.Outputs), ElementType.Float32);
    }

    public void Add(IReadOnlyDictionary<string, Tensor> results, int batch)
    {
        if (_read is null)
            return;
        Tensor z = results[_read], d = results[_lacking!];
        int rows = (int)z.Dims[0];
        if (rows != d.Dims[0] || rows > MostRows)
        {
            _read = null;
            return;
        }
        _folds[batch % _folds.Length].Add(Matrix.FromFloats(rows, _layer.Width, z.ToFloats()), Matrix.FromFloats(rows, _layer.Outputs, d.ToFloats()));
    }
}
