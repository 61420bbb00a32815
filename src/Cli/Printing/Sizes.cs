using SiDT.Passes.Planning;

namespace SiDT.Cli.Printing;

/// <summary>Sizes of dimensions in a few words.</summary>
internal static class Sizes
{
    private const int Most = 3;

    /// <summary>The dimensions of one cell: <c>3 x 64</c>, <c>16, 32</c>; in parentheses what must stay whole.</summary>
    public static string Of(IReadOnlyCollection<PlanDimension> dimensions)
    {
        string[] texts = [.. dimensions.Select(d => d.Status == PlanDimension.Frozen ? $"({One(d.Groups, $"{d.Size}")})" : One(d.Groups, $"{d.Size}"))];
        return texts.Length <= Most ? string.Join(", ", texts) : string.Join(", ", texts.Take(Most - 1)) + $" +{texts.Length - Most + 1}";
    }

    /// <summary>All dimensions of a kind: <c>6 x 384</c>, <c>6 x 150 to 230</c>; with groups <c>6 x 3 x 64</c>.</summary>
    public static string Summary(IReadOnlyCollection<PlanDimension> dimensions, Func<PlanDimension, int> size)
    {
        string[] texts = [.. dimensions.GroupBy(d => d.Groups).Select(g =>
        {
            int low = g.Min(size), high = g.Max(size);
            return One(g.Count(), One(g.Key, low == high ? $"{low}" : $"{low} to {high}"));
        })];
        return texts.Length <= Most ? string.Join(", ", texts) : $"{dimensions.Count} of {texts.Length} shapes";
    }

    private static string One(int groups, string size) => groups == 1 ? size : $"{groups} x {size}";
}
