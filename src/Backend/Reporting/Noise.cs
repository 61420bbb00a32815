using SiDT.Passes.Planning;

namespace SiDT.Backend.Reporting;

/// <summary>Dimensions that are no units of a network: tokens, pixels, positions of kernels. Plans name them, people need not see them.</summary>
public static class Noise
{
    public static bool Is(PlanDimension dimension) =>
        dimension is { Kind: "other", Status: PlanDimension.Frozen, Reason: { } reason }
        && (reason.Contains("positions that no weight owns", StringComparison.Ordinal) || reason.EndsWith("mixes its positions", StringComparison.Ordinal));
}
