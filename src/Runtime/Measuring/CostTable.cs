using System.Collections.Immutable;
using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>What operators cost on a machine: the file <c>sidt-costs/1</c>.</summary>
/// <param name="Threads">Threads of ONNX Runtime at which it was measured.</param>
/// <param name="Device">Where: <c>cpu</c> or <c>cuda</c>.</param>
/// <param name="Grids">The measurements; several of one operator cover different sizes.</param>
public sealed record CostTable(int Threads, string Device, ImmutableArray<CostGrid> Grids)
{
    public const string FormatName = "sidt-costs/1";

    /// <summary>How whole graphs relate to sums of the grids, by the hash of the model that was measured.</summary>
    public ImmutableArray<CostFactors> Models { get; init; } = [];

    /// <summary>Time of one kernel in microseconds; 0 for an operator that the table does not have.</summary>
    public double Of(Kernel kernel) => GridFor(kernel)?.At(kernel.Sizes) ?? 0;

    /// <summary>The grid that covers the sizes of a kernel best: of its own type where there is one; the one with the most sizes of several.</summary>
    public CostGrid? GridFor(Kernel kernel)
    {
        CostGrid[] same = [.. Grids.Where(g => g.Operator == kernel.Operator)];
        CostGrid[] typed = [.. same.Where(g => g.Type == kernel.Type)];
        if (typed.Length == 0)
            typed = [.. same.Where(g => g.Type == ElementType.Float32)];
        return (typed.Length > 0 ? typed : same).OrderBy(g => g.Distance(kernel.Sizes)).ThenByDescending(g => g.Microseconds.Length).FirstOrDefault();
    }
}

/// <summary>How the measured time of a graph relates to the sum of its kernels' times.</summary>
/// <param name="Sha256">Hash of the model file.</param>
/// <param name="Milliseconds">Median latency of the whole model.</param>
/// <param name="Overhead">Milliseconds of it that no kernel takes.</param>
/// <param name="Factors">For each class of work what its kernels' times are multiplied by; classes that are not named count as they are.</param>
public sealed record CostFactors(string Sha256, double Milliseconds, double Overhead, ImmutableSortedDictionary<WorkClass, double> Factors)
{
    /// <summary>Share of the latency that is left when only what is free is taken; 0 where nobody measured.</summary>
    public double Free { get; init; }
}
