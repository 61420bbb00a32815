namespace SiDT.Passes.Planning;

/// <summary>How a budget of latency was met; all are fractions of the original's latency.</summary>
/// <param name="Asked">What was asked.</param>
/// <param name="Predicted">What the table of costs says of the plan.</param>
/// <param name="Measured">What the cut graph was measured to take, in turns with the original; null where only the table was asked.</param>
/// <param name="Cuts">Graphs that were cut and measured to find the plan.</param>
public sealed record PlannedLatency(double Asked, double Predicted, double? Measured, int Cuts);
