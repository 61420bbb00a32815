using SiDT.Passes.Planning;

namespace SiDT.Tests.Proof;

/// <summary>What became of a graph that was to lose half of one kind.</summary>
public enum Verdict
{
    /// <summary>Units went, and the proof holds.</summary>
    Shrunk,

    /// <summary>Nothing of the kind went, and it was said why.</summary>
    Whole,

    /// <summary>The proof failed: the result would have been wrong.</summary>
    Wrong,

    /// <summary>Anything else.</summary>
    Crash,
}

/// <summary>The outcome of one run.</summary>
/// <param name="Kept">Units kept of those of the kind: the sum over its dimensions of groups times units; one where nothing went.</param>
/// <param name="Why">The reason or the fault.</param>
public sealed record Outcome(string Graph, string Kind, Verdict Verdict, double Kept, string? Why)
{
    /// <summary>A share of units that counts as about a half; small sizes round.</summary>
    public const double About = 0.67;

    /// <summary>The whole decision, where there is one.</summary>
    public IReadOnlyList<PlanDimension> Dimensions { get; init; } = [];

    /// <summary>Largest difference from the original with every slice of the plan set to zero; null where zeroing cannot tell.</summary>
    public double? FromZeroed { get; init; }

    public bool IsHalved => Verdict == Verdict.Shrunk && Kept <= About;

    /// <summary>Nothing wrong, and no dimension stays whole without a word.</summary>
    public bool IsSound => Verdict is Verdict.Shrunk or Verdict.Whole && Why != "" && Dimensions.All(d => d.Status == PlanDimension.Shrunk || !string.IsNullOrEmpty(d.Reason));

    public override string ToString() => FormattableString.Invariant($"{Graph} {Kind}: {Verdict} {Kept:0.00} {Why}");
}
