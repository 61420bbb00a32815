using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Compensation.Statistics;

namespace SiDT.Passes.Compensation.Treatments;

/// <summary>
/// Units that one product of two activations contracts (query and key) and whose basis is free: of each group the best low-rank bilinear form under
/// the moments of both sides.
/// </summary>
internal sealed class PairRotation : Treatment
{
    private readonly PairMoments _moments;
    private readonly Writer[] _queries, _keys;
    private readonly double[][] _fallback;
    private readonly Setting _setting;
    private QueryKeyBasis[]? _bases;

    /// <param name="dimension">The dimension.</param>
    /// <param name="setting">Of the graph.</param>
    /// <param name="moments">Of its product.</param>
    /// <param name="queries">What writes the one side.</param>
    /// <param name="keys">What writes the other.</param>
    /// <param name="fallback">Scores by group and index, for what nothing can be observed of.</param>
    public PairRotation(Dimension dimension, Setting setting, PairMoments moments, Writer[] queries, Writer[] keys, double[][] fallback)
        : base(dimension)
    {
        _setting = setting;
        _moments = moments;
        _queries = queries;
        _keys = keys;
        _fallback = fallback;
    }

    public override IReadOnlyList<IStatistic> Statistics => [_moments];

    public override bool IsRotated => _bases is not null;

    public override bool IsSolved => IsRotated;

    public override string Description => IsRotated ? "rotation" : "selection (too little is known of its sizes)";

    public override void Solve(int least)
    {
        if (_moments.IsThere)
            _bases = [.. Enumerable.Range(0, Dimension.Groups).Select(g => QueryKeyBasis.Of(_moments.Query(g), _moments.Key(g)))];
    }

    public override double? Loss(int kept) => _bases?.Sum(b => b.Values.Skip(kept).Sum(s => s * s));

    public override int[][] Removed(int kept) => _bases is not null ? Tail(kept) : Passes.Planning.UnitSelection.Lowest(_fallback, kept);

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
