using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Statistics;

namespace SiDT.Passes.Compensation.Treatments;

/// <summary>The units go that score least, and all other numbers stay.</summary>
internal sealed class PlainSelection(Dimension dimension, Setting setting, double[][] scores, string? why) : Treatment(dimension)
{
    /// <summary>Why nothing better was done.</summary>
    public string Why { get; set; } = why ?? "nothing better was found";

    public override IReadOnlyList<IStatistic> Statistics => [];

    public override bool IsRotated => false;

    public override string Description => $"plain selection ({Why})";

    public override void Solve(int least)
    {
    }

    public override int[][] Removed(int kept) => Passes.Planning.UnitSelection.Lowest(scores, kept);

    public override void Apply(int kept) => setting.Silencing.Run(Gone(setting.Analysis, Removed(kept)));
}
