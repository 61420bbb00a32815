using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Compensation.Statistics;

namespace SiDT.Passes.Compensation.Treatments;

/// <summary>
/// Units that reach their one reader by a linear path which treats all of a group alike (values of attention): the best basis of each group for
/// what the reader makes of it, then one joint fit of the reader.
/// </summary>
internal sealed class ValueRotation : Treatment
{
    private readonly Setting _setting;
    private readonly Writer[] _writers;
    private readonly ConsumerRefit _refit;
    private readonly int[][] _places;
    private Matrix[] _bases = [];
    private readonly List<double[]> _values = [];
    private Matrix? _basis, _inverse;

    public ValueRotation(Dimension dimension, Setting setting, Consumer consumer, Writer[] writers, Residual? residual)
        : base(dimension)
    {
        _setting = setting;
        _writers = writers;
        _refit = new ConsumerRefit(consumer, new ReadMoments(consumer, setting.Analysis, setting.Tokens, residual), setting.Options);
        _places = [.. dimension.Units.Select(g => consumer.PositionsOf(g).Select(p => p.Single()).ToArray())];
    }

    public override IReadOnlyList<IStatistic> Statistics => [_refit.Moments];

    public override bool IsRotated => true;

    public override bool IsSolved => _basis is not null;

    public override string Description => _setting.Options.Refit ? "rotation with refit" : "rotation";

    public override IReadOnlyList<double> Shares => _refit.HasTarget ? [_setting.Options.Correction, 0] : [0];

    public override void Solve(int least)
    {
        if (!_refit.Moments.IsThere)
            return;
        // what does not vary a refit leaves to the bias
        Matrix moments = _setting.Options.Refit ? _refit.Moments.All.Covariance : _refit.Moments.All.Second, weight = _refit.Consumer.Weight;
        int n = weight.Rows;
        (_basis, _inverse) = (Matrix.Identity(n), Matrix.Identity(n));
        _bases = new Matrix[Dimension.Groups];
        for (int g = 0; g < Dimension.Groups; g++)
        {
            int[] at = _places[g];
            ValueBasis found = ValueBasis.Of(weight.SelectRows(at), moments.Select(at, at));
            _bases[g] = found.Transform;
            _values.Add(found.Values);
            for (int i = 0; i < at.Length; i++)
            {
                for (int j = 0; j < at.Length; j++)
                {
                    _basis[at[i], at[j]] = found.Transform[i, j];
                    _inverse[at[i], at[j]] = found.Inverse[i, j];
                }
            }
        }
    }

    public override double? Loss(int kept) => _basis is null ? null : _values.Sum(v => v.Skip(kept).Sum(s => s * s));

    public override int[][] Removed(int kept) => Tail(kept);

    public override void Apply(int kept)
    {
        HashSet<int> gone = Gone(_setting.Analysis, Removed(kept));
        if (_basis is not null)
        {
            foreach (Writer writer in _writers)
            {
                for (int g = 0; g < Dimension.Groups; g++)
                    writer.Mix(Dimension.Units[g], _bases[g].Top(kept));
            }
        }
        _refit.Fit(_refit.Consumer.Left([.. gone, .. _setting.Gone]), Share, _basis, _inverse);
        if (_basis is null)
            _setting.Silencing.Run(gone);
    }
}
