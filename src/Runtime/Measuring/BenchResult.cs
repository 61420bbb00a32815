namespace SiDT.Runtime;

/// <summary>Latency of one model, in milliseconds.</summary>
/// <param name="Name">The model.</param>
/// <param name="Median">Half of the runs were faster.</param>
/// <param name="P95">95 of 100 runs were faster.</param>
/// <param name="Least">The fastest run.</param>
/// <param name="Runs">Number of measured runs.</param>
/// <param name="Ratio">Its median relative to the first model's.</param>
public sealed record Latency(string Name, double Median, double P95, double Least, int Runs, LatencyRatio Ratio);

/// <summary>A ratio of medians with the bounds between which it lies with 95 % confidence.</summary>
public sealed record LatencyRatio(double Value, double Low, double High);
