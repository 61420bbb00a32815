using System.Globalization;

namespace SiDT.Tests.Compensation.Zoo;

/// <summary>What compensation made of one kind of one graph. Errors are shares of the spread of the original's outputs, on inputs that were not calibrated with.</summary>
/// <param name="Graph">The graph's name.</param>
/// <param name="Kind">What was halved.</param>
/// <param name="Magnitude">Error when the units go that are smallest.</param>
/// <param name="Activation">Error when the units go that carry least.</param>
/// <param name="Compensated">Error with compensation.</param>
/// <param name="Treatments">What was done to how many dimensions.</param>
/// <param name="Fault">What went wrong; null if nothing did.</param>
public sealed record CompensatedOutcome(string Graph, string Kind, double Magnitude, double Activation, double Compensated, string Treatments, string? Fault)
{
    /// <summary>Errors below this are rounding.</summary>
    private const double Nothing = 1e-9;

    /// <summary>Whether less is lost than by plain slicing, however its units are chosen.</summary>
    public bool IsBetter => Compensated < Math.Min(Magnitude, Activation) || Compensated < Nothing;

    /// <summary>Whether it is not by rounding that one is better than the other.</summary>
    public bool IsClear => Math.Abs(Compensated - Math.Min(Magnitude, Activation)) > 0.02 * Math.Min(Magnitude, Activation) || Compensated == Math.Min(Magnitude, Activation);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Graph}\t{Kind}\t{Magnitude:0.00000}\t{Activation:0.00000}\t{Compensated:0.00000}\t{(Fault is not null ? "FAULT" : IsBetter ? "better" : "worse")}\t{Treatments}\t{Fault}");
}
