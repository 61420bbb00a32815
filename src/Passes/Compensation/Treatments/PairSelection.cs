using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Compensation.Statistics;

namespace SiDT.Passes.Compensation.Treatments;

/// <summary>
/// Units that products of two activations contract, in the basis they have (rotary pairs, normed queries and keys, keys that several queries share):
/// the ones go of whose share in the scores the others can tell most, and what stays is scaled to make up for them.
/// </summary>
internal sealed class PairSelection : Treatment
{
    private const double Ridge = 1e-3;

    private readonly Setting _setting;
    private readonly PairMoments[] _moments;
    private readonly Writer[] _scales;
    private readonly double[][] _fallback;
    private readonly string? _why;
    private Matrix[] _shares = [];
    private int[][] _order = [];
    private double[][] _losses = [];

    /// <param name="dimension">The dimension.</param>
    /// <param name="setting">Of the graph.</param>
    /// <param name="moments">Of its products.</param>
    /// <param name="scales">What writes it on one side; empty where units may not be scaled.</param>
    /// <param name="fallback">Scores by group and index, for what nothing can be observed of.</param>
    /// <param name="why">Why the basis is not free.</param>
    public PairSelection(Dimension dimension, Setting setting, PairMoments[] moments, Writer[] scales, double[][] fallback, string? why)
        : base(dimension)
    {
        _setting = setting;
        _moments = moments;
        _scales = setting.Options.Refit ? scales : [];
        _fallback = fallback;
        _why = why;
    }

    public override IReadOnlyList<IStatistic> Statistics => _moments;

    public override bool IsRotated => false;

    public override bool IsSolved => _moments.All(m => m.IsThere);

    public override string Description => (_shares.Length > 0 && _scales.Length > 0 ? "selection with scaling" : "selection") + (_why is null ? "" : $" ({_why})");

    public override void Solve(int least)
    {
        if (!_moments.All(m => m.IsThere))
        {
            _order = [.. _fallback.Select(g => Enumerable.Range(0, g.Length).OrderBy(i => g[i]).ThenByDescending(i => i).ToArray())];
            return;
        }
        int size = Dimension.Size;
        _shares = [.. Enumerable.Range(0, Dimension.Groups).Select(g => _moments.Select(m => m.Scores(g)).Aggregate((a, b) => a.Plus(b)).Symmetrized())];
        var all = new Matrix(size, 1);
        Array.Fill(all.Data, 1);
        EliminationOrder[] orders = [.. _shares.Select(s => UnitElimination.Order(s, all, stop: size - least, ridge: Ridge))];
        _order = [.. orders.Select(o => o.Units)];
        _losses = [.. orders.Select(o => o.Losses)];
    }

    public override double? Loss(int kept) => _losses.Length == 0 ? null : kept == Dimension.Size ? 0 : _losses.Sum(l => LossAt(l, Dimension.Size - kept) ?? double.NaN);

    public override int[][] Removed(int kept) => [.. _order.Select(g => g[..(Dimension.Size - kept)].Order().ToArray())];

    public override void Apply(int kept)
    {
        int[][] removed = Removed(kept);
        if (_shares.Length > 0 && _scales.Length > 0)
        {
            var factors = new Dictionary<int, double>();
            for (int g = 0; g < Dimension.Groups; g++)
            {
                int[] left = [.. Enumerable.Range(0, Dimension.Size).Except(removed[g])];
                Matrix all = _shares[g].SelectRows(left), sums = new(left.Length, 1);
                for (int i = 0; i < left.Length; i++)
                    sums[i, 0] = System.Numerics.Tensors.TensorPrimitives.Sum<double>(all.Row(i));
                Matrix scales = Algebra.Ridge.Solve(_shares[g].Select(left, left), sums, Ridge);
                for (int i = 0; i < left.Length; i++)
                {
                    foreach (int c in _setting.Analysis.Classes.Closure(Dimension.Units[g][left[i]]))
                        factors[c] = Math.Clamp(scales[i, 0], 0.5, 2);
                }
            }
            foreach (Writer writer in _scales)
                writer.Scale(factors);
        }
        _setting.Silencing.Run(Gone(_setting.Analysis, removed));
    }
}
