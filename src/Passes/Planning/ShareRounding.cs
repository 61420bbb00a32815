using SiDT.Passes.Analysis;

namespace SiDT.Passes.Planning;

/// <summary>
/// Rules over several small dimensions that would miss their share if each were rounded by itself (three quarters of three heads are two, in every
/// block): where it was measured what cutting does, some keep the count above their share and the others the one below, so that together they keep it.
/// </summary>
internal static class ShareRounding
{
    /// <summary>By rule, the dimensions that are rounded together.</summary>
    /// <param name="ruled">Dimensions that may shrink, with their rules.</param>
    public static IReadOnlyList<(KeepRule Rule, Dimension[] Dimensions)> Of(IEnumerable<(Dimension Dimension, KeepRule Rule)> ruled) =>
        [.. ruled.GroupBy(r => r.Rule, r => r.Dimension, ReferenceEqualityComparer.Instance).Select(g => ((KeepRule)g.Key!, g.ToArray())).Where(g => Misses(g.Item1.Ratio, g.Item2))];

    /// <summary>Which of them keep the count above: those that lose most by the last unit.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="orders">Its dimensions, with measured damage.</param>
    public static void Run(KeepRule rule, IReadOnlyCollection<RemovalOrder> orders)
    {
        foreach (RemovalOrder order in orders)
            order.Kept = Below(rule.Ratio, order.Dimension.Size);
        double owed = (rule.Ratio * orders.Sum(o => o.Dimension.Size)) - orders.Sum(o => o.Kept);
        foreach (RemovalOrder order in orders.Where(o => o.Kept < rule.Ratio * o.Dimension.Size).OrderByDescending(o => o.Damage![o.Kept] - o.Damage[o.Kept + 1]))
        {
            if (owed < 0.5)
                return;
            order.Kept++;
            owed--;
        }
    }

    private static bool Misses(double ratio, Dimension[] dimensions)
    {
        double size = dimensions.Sum(d => (double)d.Size), kept = dimensions.Sum(d => (double)UnitSelection.KeptOf(d.Size, ratio));
        return dimensions.Length > 1 && Math.Abs((kept / size) - ratio) > Planner.Tolerance;
    }

    private static int Below(double ratio, int size) => Math.Clamp((int)Math.Floor((ratio * size) + 1e-9), 1, size);
}
