using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Compensation.Statistics;

namespace SiDT.Passes.Compensation.Treatments;

/// <summary>
/// Units that a product of two activations contracts (query and key): of each group the best low-rank bilinear form under the moments of both
/// sides where the basis is free, else the units that carry most of the scores.
/// </summary>
internal sealed class PairRotation : Treatment
{
    private readonly Setting _setting;
    private readonly PairMoments? _moments;
    private readonly Writer[] _queries, _keys;
    private readonly double[][] _fallback;
    private readonly string? _why;
    private QueryKeyBasis[]? _bases;
    private int[][] _order = [];

    /// <param name="dimension">The dimension.</param>
    /// <param name="setting">Of the graph.</param>
    /// <param name="moments">Of its product; null where there is not exactly one.</param>
    /// <param name="queries">What writes the one side; empty where the basis is not free.</param>
    /// <param name="keys">What writes the other.</param>
    /// <param name="fallback">Scores by group and index.</param>
    /// <param name="why">Why the basis is not free.</param>
    public PairRotation(Dimension dimension, Setting setting, PairMoments? moments, Writer[] queries, Writer[] keys, double[][] fallback, string? why)
        : base(dimension)
    {
        _setting = setting;
        _moments = moments;
        _queries = queries;
        _keys = keys;
        _fallback = fallback;
        _why = why;
    }

    public override IReadOnlyList<IStatistic> Statistics => _moments is null ? [] : [_moments];

    public override bool IsRotated => _bases is not null;

    public override string Description => IsRotated ? "rotation" : $"selection{(_why is null ? "" : $" ({_why})")}";

    public override void Solve(int least)
    {
        bool isSeen = _moments is { IsThere: true };
        if (isSeen && _queries.Length > 0 && _keys.Length > 0)
        {
            _bases = [.. Enumerable.Range(0, Dimension.Groups).Select(g => QueryKeyBasis.Of(_moments!.Query(g), _moments.Key(g)))];
            return;
        }
        double[][] scores = isSeen
            ? [.. Enumerable.Range(0, Dimension.Groups).Select(g => Enumerable.Range(0, Dimension.Size).Select(i => _moments!.Query(g)[i, i] * _moments.Key(g)[i, i]).ToArray())]
            : _fallback;
        _order = [.. scores.Select(g => Enumerable.Range(0, g.Length).OrderBy(i => g[i]).ThenByDescending(i => i).ToArray())];
    }

    public override int[][] Removed(int kept) => _bases is not null ? Tail(kept) : [.. _order.Select(g => g[..(g.Length - kept)].Order().ToArray())];

    public override void Apply(int kept)
    {
        if (_bases is null)
        {
            _setting.Silencing.Run(Gone(_setting.Analysis, Removed(kept)));
            return;
        }
        for (int g = 0; g < Dimension.Groups; g++)
        {
            foreach (Writer query in _queries)
                query.Mix(Dimension.Units[g], _bases[g].Query.Top(kept));
            foreach (Writer key in _keys)
                key.Mix(Dimension.Units[g], _bases[g].Key.Top(kept));
        }
    }
}
