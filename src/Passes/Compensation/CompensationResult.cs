using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.ResidualStream;
using SiDT.Passes.Planning;

namespace SiDT.Passes.Compensation;

/// <summary>What compensation decided and did.</summary>
/// <param name="Selection">Which units go; of dimensions in another basis those at the end.</param>
/// <param name="Treatments">By dimension that shrinks: how.</param>
/// <param name="Originals">Numbers that were changed, as they were: initializers by name.</param>
public sealed record CompensationResult(
    UnitSelection Selection, IReadOnlyDictionary<Dimension, AppliedTreatment> Treatments, IReadOnlyDictionary<string, Tensor> Originals)
{
    /// <summary>The graph that is to be cut instead, where residual streams were narrowed; null where none were.</summary>
    public NarrowedStreams? Narrowed { get; init; }
}

/// <param name="IsRotated">Whether another basis took the place of the given one.</param>
/// <param name="Description">What was done, and why nothing better.</param>
public sealed record AppliedTreatment(bool IsRotated, string Description);
