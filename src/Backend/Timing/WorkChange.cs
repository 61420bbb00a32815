using SiDT.Runtime;

namespace SiDT.Backend.Timing;

/// <summary>Time of one class of work, in milliseconds of one run.</summary>
/// <param name="Class">The class, in lower case.</param>
/// <param name="Before">In the original.</param>
/// <param name="After">In what was made of it.</param>
public sealed record WorkTime(string Class, double Before, double After);

/// <summary>Where the time went: why latency falls by less, or more, than multiply-accumulates do.</summary>
/// <param name="Classes">By class of work, the largest first.</param>
public sealed record WorkChange(IReadOnlyList<WorkTime> Classes)
{
    /// <summary>Compares two profiles.</summary>
    public static WorkChange Of(WorkShares before, WorkShares after) => new(
        [.. Enum.GetValues<WorkClass>().Select(c => new WorkTime(c.ToString().ToLowerInvariant(), before.Milliseconds.GetValueOrDefault(c), after.Milliseconds.GetValueOrDefault(c)))
            .Where(t => t.Before > 0 || t.After > 0).OrderByDescending(t => t.Before)]);

    /// <summary>A sentence for a person; null where there is nothing to explain.</summary>
    /// <param name="latency">Share of the latency that is left.</param>
    /// <param name="macs">Share of the multiply-accumulates that is left.</param>
    public string? Explain(double latency, double macs)
    {
        const string Products = "products";
        double whole = Classes.Sum(c => c.Before), rest = Classes.Where(c => c.Class != Products).Sum(c => c.Before), restAfter = Classes.Where(c => c.Class != Products).Sum(c => c.After);
        if (whole <= 0 || rest <= 0 || Classes.FirstOrDefault(c => c.Class == Products) is not { Before: > 0 } products)
            return null;
        string others = string.Join(", ", Classes.Where(c => c.Class != Products).Select(c => FormattableString.Invariant($"{c.Class} {100 * c.Before / whole:0} %, {(c.Before > 0 ? 100 * c.After / c.Before : 100):0} % left")));
        return FormattableString.Invariant(
            $"{100 * latency:0.0} % of the latency is left of {100 * macs:0.0} % of the multiply-accumulates: products took {100 * products.Before / whole:0} % of the time and keep {100 * products.After / products.Before:0} % of it; the rest keeps {100 * restAfter / rest:0} % ({others}).");
    }
}
