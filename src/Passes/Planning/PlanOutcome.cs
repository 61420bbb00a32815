using SiDT.Passes.Analysis;

namespace SiDT.Passes.Planning;

/// <summary>A decision and what it costs.</summary>
/// <param name="Selection">Which units go.</param>
/// <param name="Before">The whole graph.</param>
/// <param name="After">The graph without the units.</param>
/// <param name="IsMet">Whether the budget is met within <see cref="Planner.Tolerance"/> of the original; true without a budget.</param>
/// <param name="Nearest">Where it is not met, what comes nearest: <c>0.41 of the parameters</c>.</param>
/// <param name="Reasons">For every dimension that stays whole, why.</param>
public sealed record PlanOutcome(
    UnitSelection Selection, Cost Before, Cost After, bool IsMet, string? Nearest, IReadOnlyDictionary<Dimension, string> Reasons)
{
    /// <summary>Patterns of the request that name no dimension, as they were written.</summary>
    public IReadOnlyList<string> Unmatched { get; init; } = [];

    /// <summary>How the latency was met, where it was asked for.</summary>
    public PlannedLatency? Latency { get; init; }
}
