using System.Text.RegularExpressions;
using SiDT.Passes.Planning;

namespace SiDT.Cli.Printing;

/// <summary>What was done to what stays, in a line or two: counts of dimensions, and why a basis did not change.</summary>
internal static partial class CompensationText
{
    private const int Most = 4;

    public static IEnumerable<string> Of(IEnumerable<PlanDimension> dimensions)
    {
        PlanDimension[] treated = [.. dimensions.Where(d => d.Status == PlanDimension.Shrunk && d.Compensation != "none")];
        if (treated.Length == 0)
            yield break;
        yield return $"Compensation: {Counts(treated.Select(d => (What(d.Compensation), d.Kind)))}.";
        (string, string)[] reasons = [.. treated.SelectMany(d => Reasons().Matches(d.Compensation).Select(m => (Names().Replace(m.Groups[1].Value, ""), d.Kind)))];
        if (reasons.Length > 0)
            yield return $"Because: {Counts(reasons)}.";
    }

    private static string What(string description) => Reasons().Replace(description, "").Trim();

    private static string Counts(IEnumerable<(string Text, string Kind)> all)
    {
        string[] parts = [.. all.GroupBy(a => a.Text).OrderByDescending(g => g.Count())
            .Select(g => $"{g.Key} ({string.Join(", ", g.GroupBy(a => a.Kind).Select(k => $"{k.Count()} {k.Key}"))})")];
        return string.Join("; ", parts.Take(Most)) + (parts.Length > Most ? $"; and {parts.Length - Most} more, which the plan lists" : "");
    }

    // what stands in brackets says why
    [GeneratedRegex(@" \(([^()]*)\)")]
    private static partial Regex Reasons();

    // of nodes and numbers: they differ from block to block
    [GeneratedRegex(" '[^']*'")]
    private static partial Regex Names();
}
