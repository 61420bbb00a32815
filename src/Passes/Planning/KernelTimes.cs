using System.Collections.Immutable;
using SiDT.Runtime;

namespace SiDT.Passes.Planning;

/// <summary>Latency as one more cost: the times of a table, corrected by what a whole graph was measured to take.</summary>
/// <param name="table">Times of kernels; null: nothing is known and nothing costs time.</param>
/// <param name="factors">For each class of work what its times are multiplied by.</param>
public sealed class KernelTimes(CostTable? table, ImmutableSortedDictionary<WorkClass, double>? factors = null)
{
    private const double NanosecondsPerMicrosecond = 1000;

    /// <summary>No times: kernels are listed, and cost nothing.</summary>
    public static KernelTimes None { get; } = new(null);

    /// <summary>Nanoseconds of a kernel.</summary>
    public long Of(Kernel kernel) => Bind(kernel)(kernel);

    /// <summary>Nanoseconds of kernels that are like one but for their sizes.</summary>
    internal Func<Kernel, long> Bind(Kernel whole)
    {
        if (table?.GridFor(whole) is not { } grid)
            return _ => 0;
        double factor = NanosecondsPerMicrosecond * (factors?.GetValueOrDefault(KernelKinds.ClassOf(whole.Operator), 1) ?? 1);
        return kernel => (long)Math.Round(factor * grid.At(kernel.Sizes));
    }
}
