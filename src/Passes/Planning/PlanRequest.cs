namespace SiDT.Passes.Planning;

/// <summary>How much may be left.</summary>
/// <param name="Quantity">Of what.</param>
/// <param name="Value">A fraction of the original, or an amount (parameters, multiply-accumulates, bytes, nanoseconds).</param>
/// <param name="IsRatio">Whether <paramref name="Value"/> is a fraction.</param>
public sealed record Budget(BudgetQuantity Quantity, double Value, bool IsRatio)
{
    private const double NanosecondsPerMillisecond = 1e6;

    /// <summary>The value as plans echo it: a number, with its unit where that is a time.</summary>
    public string Text => Quantity == BudgetQuantity.Latency && !IsRatio ? FormattableString.Invariant($"{Value / NanosecondsPerMillisecond}ms") : FormattableString.Invariant($"{Value}");
}

/// <summary>Keep round(<paramref name="Ratio"/> * size) units of every dimension that <paramref name="Pattern"/> names; where that misses the share and damage was measured, of all together.</summary>
/// <param name="Pattern">The word of a kind (<c>mlp</c>), or a dimension's id with <c>*</c> and <c>?</c> for any text and any character.</param>
/// <param name="Ratio">Above 0, at most 1.</param>
public sealed record KeepRule(string Pattern, double Ratio);

/// <summary>What a plan is to achieve. Rules come first, a budget is met with the dimensions that no rule names.</summary>
public sealed record PlanRequest
{
    /// <summary>Fraction of a dimension's units that a budget leaves at least.</summary>
    public const double UsualFloor = 0.1;

    /// <summary>A rule that names a dimension by its id goes before one that names its kind; of several, the last one holds.</summary>
    public IReadOnlyList<KeepRule> Keep { get; init; } = [];

    public Budget? Budget { get; init; }

    /// <summary>
    /// Kept counts (of each group) are multiples of this where that leaves a dimension neither empty nor whole.
    /// Null: what <see cref="Keep"/> asks is kept to the unit, and budgets use 8 where a size is a multiple of 16.
    /// </summary>
    public int? Align { get; init; }

    /// <summary>Patterns of the only dimensions that may shrink; empty: all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Patterns of dimensions that stay whole.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    public double Floor { get; init; } = UsualFloor;
}
