using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Compensation.Statistics;

namespace SiDT.Passes.Compensation.Treatments;

/// <summary>
/// Units that products with weights read: the ones go of which the others can tell most, and the products are fitted to what stays.
/// </summary>
internal sealed class ReadSelection : Treatment
{
    // some hundred pictures show little of what a unit is for: one that hardly stirs counts as if it did (docs/results.md)
    private const double ChoiceRidge = 0.2;

    private readonly Setting _setting;
    private readonly string? _why;
    private readonly ConsumerRefit[] _refits;
    private readonly SelectedMoments[] _selected;
    private readonly double[][] _fallback;
    private int[][] _order = [];
    private double[]? _losses;

    /// <param name="dimension">The dimension.</param>
    /// <param name="setting">Of the graph.</param>
    /// <param name="consumers">The products that read it; may be none.</param>
    /// <param name="residuals">By consumer, where its target is.</param>
    /// <param name="fallback">Scores by group and index, for what nothing can be observed of.</param>
    /// <param name="why">Why no other basis was taken; null where none could be.</param>
    public ReadSelection(Dimension dimension, Setting setting, IReadOnlyList<Consumer> consumers, Func<Consumer, Residual?> residuals, double[][] fallback, string? why)
        : base(dimension)
    {
        _setting = setting;
        _why = why;
        _fallback = fallback;
        _refits = [.. consumers.Select(c => new ConsumerRefit(c, new ReadMoments(c, setting.Analysis, setting.Tokens, residuals(c)), setting.Options))];
        _selected = [.. consumers.Select(c => new SelectedMoments(c, setting.Analysis, setting.Tokens))];
    }

    public override IReadOnlyList<IStatistic> Statistics => [.. _refits.Select(r => r.Moments), .. IsOrderedByScores ? [] : _selected]; // scores choose by themselves

    public override bool IsRotated => false;

    public override IReadOnlyList<double> Shares => _refits.Any(r => r.HasTarget) ? [_setting.Options.Correction, 0] : [0];

    /// <summary>Whether the given scores say which units go, whatever was observed.</summary>
    public bool IsOrderedByScores { get; init; }

    public override string Description => (_refits.Any(r => r.Moments.IsThere) && _setting.Options.Refit ? "selection with refit" : "selection")
        + (_why is not null ? $" ({_why})" : _refits.Length > 0 && !_refits.Any(r => r.Moments.IsThere) ? $" (what reads it is wider than {ReadMoments.Widest} or of unknown size)" : "");

    public override void Solve(int least)
    {
        int[] flat = [.. Dimension.Units.SelectMany(g => g)];
        var sites = new List<EliminationSite>();
        foreach ((ConsumerRefit refit, SelectedMoments selected) in _refits.Zip(_selected).Where(r => r.First.Moments.IsThere))
        {
            int[][] positions = refit.Consumer.PositionsOf(flat);
            if (positions.Any(p => p.Length > 0))
                sites.Add(new EliminationSite(selected.Choice(refit.Moments.All), refit.Consumer.Weight, positions, ChoiceRidge));
        }
        _order = IsOrderedByScores || sites.Count == 0 || !sites.Any(s => s.Positions.All(u => u.Length > 0))
            ? [.. _fallback.Select(g => Enumerable.Range(0, g.Length).OrderBy(i => g[i]).ThenByDescending(i => i).ToArray())]
            : Eliminate(sites, least);
    }

    public override double? Loss(int kept) => _losses is null ? null : kept == Dimension.Size ? 0 : LossAt(_losses, Dimension.Groups * (Dimension.Size - kept));

    public override int[][] Removed(int kept) => [.. _order.Select(g => g[..(Dimension.Size - kept)].Order().ToArray())];

    public override void Apply(int kept)
    {
        HashSet<int> gone = Gone(_setting.Analysis, Removed(kept));
        foreach (ConsumerRefit refit in _refits)
            refit.Fit(refit.Consumer.Left([.. gone, .. _setting.Gone]), Share);
        _setting.Silencing.Run(gone);
    }

    private int[][] Eliminate(List<EliminationSite> sites, int least)
    {
        int size = Dimension.Size, stop = Dimension.Groups * (size - least);
        int[] groups = [.. Enumerable.Range(0, Dimension.Groups * size).Select(u => u / size)];
        // of whole rows the exact loss can be afforded
        EliminationOrder found = _setting.Analysis.Classes.IsRow(Dimension.Units[0][0]) && sites is [var only]
            ? HeadElimination.Order(only.Moments, only.Moments.Times(only.Weight), only.Positions, groups, stop: stop)
            : UnitElimination.Order(sites, groups, stop: stop);
        int[] order = found.Units;
        _losses = found.Losses;
        return [.. Enumerable.Range(0, Dimension.Groups).Select(g => order.Where(u => groups[u] == g).Select(u => u - (g * size)).ToArray())];
    }
}
