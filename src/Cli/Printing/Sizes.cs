using SiDT.Passes.Planning;

namespace SiDT.Cli.Printing;

/// <summary>Sizes of dimensions in a few words.</summary>
internal static class Sizes
{
    private const int Most = 4;

    /// <summary>The dimensions of one cell: <c>3 x 64</c>, <c>16, 32</c>; in parentheses what must stay whole.</summary>
    public static string Of(IReadOnlyCollection<PlanDimension> dimensions)
    {
        string[] texts = [.. dimensions.Select(d => d.Status == PlanDimension.Frozen ? $"({One(d.Groups, $"{d.Size}")})" : One(d.Groups, $"{d.Size}"))];
        string[] shown = [.. texts.GroupBy(t => t).Select(g => g.Count() == 1 ? g.Key : $"{g.Count()} of {g.Key}")];
        return shown.Length <= Most ? string.Join(", ", shown) : string.Join(", ", shown.Take(Most - 1)) + $" and {shown.Length - Most + 1} more";
    }

    /// <summary>All dimensions of a kind: <c>6 of 384</c>, <c>6 of 150 to 230</c>.</summary>
    public static string Summary(IReadOnlyCollection<PlanDimension> dimensions, Func<PlanDimension, int> size) =>
        string.Join(", ", dimensions.GroupBy(d => d.Groups).Select(g =>
        {
            int low = g.Min(size), high = g.Max(size);
            string range = One(g.Key, low == high ? $"{low}" : $"{low} to {high}");
            return g.Count() == 1 ? range : $"{g.Count()} of {range}";
        }).Take(Most));

    private static string One(int groups, string size) => groups == 1 ? size : $"{groups} x {size}";
}
