using SiDT.Passes.Planning;
using SiDT.Runtime;

namespace SiDT.Backend.Sweeps;

/// <summary>A model of a sweep as it is reported.</summary>
/// <param name="Name">The point as it was asked for.</param>
/// <param name="File">Where the model is.</param>
/// <param name="Plan">Where its plan is.</param>
/// <param name="FileBytes">Length of the model, external data counted.</param>
/// <param name="Cost">Before and after.</param>
/// <param name="Score">Next to the original, on the data that were given.</param>
/// <param name="Latency">In milliseconds, with the ratio to the original; null where nobody measured.</param>
/// <param name="Met">How a budget of latency was met; null where there was none.</param>
public sealed record SweepRow(string Name, string File, string Plan, long FileBytes, PlanCost Cost, ModelScore Score, Latency? Latency, PlannedLatency? Met)
{
    /// <summary>sum |a - b|^2 / sum |b|^2 over all outputs that are compared, the worst of them, each less its mean.</summary>
    public double Error => ErrorOf(Score);

    /// <inheritdoc cref="Error"/>
    public static double ErrorOf(ModelScore score) => score.CentredErrors.Values.DefaultIfEmpty(0).Max();
}
