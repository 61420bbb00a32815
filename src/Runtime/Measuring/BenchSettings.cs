namespace SiDT.Runtime;

/// <summary>How long latency is measured.</summary>
/// <param name="Seconds">Least measured time for each model.</param>
/// <param name="WarmUpSeconds">Time for each model before anything counts (at least three runs).</param>
/// <param name="LeastRounds">Rounds that are measured in any case; in a round every model runs once.</param>
/// <param name="MostRounds">Rounds after which it stops although time is left.</param>
/// <param name="Resamples">Bootstrap samples of the confidence intervals.</param>
/// <param name="Seed">Seed of the bootstrap.</param>
public sealed record BenchSettings(
    double Seconds = 2, double WarmUpSeconds = 0.3, int LeastRounds = 20, int MostRounds = 2000, int Resamples = 1000, int Seed = 0);
