namespace SiDT.Passes.Analysis;

/// <summary>Groups of units of which equally many can go, whichever they are.</summary>
internal sealed class EvenGroups(Evenness evenness)
{
    private const string Reason = "what is left of it would be no rectangle";

    /// <summary>
    /// Each dimension's groups, with a reason where it is uneven. Units that take unlike amounts of what is counted are groups apart;
    /// dimensions that are uneven in the same places are one, as heads whose values are stored in weights of their own: the first of
    /// them has the groups of all, and of the others nothing is left.
    /// </summary>
    /// <param name="dimensions">Units by dimension, group and index, all of one kind.</param>
    /// <param name="order">By which units are ordered.</param>
    public (int[][] Units, string? Reason)?[] Of(int[][][] dimensions, Func<int, int> order)
    {
        var result = new (int[][] Units, string? Reason)?[dimensions.Length];
        var uneven = new List<int>();
        for (int d = 0; d < dimensions.Length; d++)
        {
            int[][]? groups = evenness.IsEven(dimensions[d]) ? dimensions[d] : ByWhatTheyTake(dimensions[d], order);
            result[d] = (groups ?? dimensions[d], groups is null ? Reason : null);
            if (groups is null)
                uneven.Add(d);
        }
        foreach (int[] together in uneven.GroupBy(d => evenness.Places(dimensions[d])).Select(g => g.ToArray()).Where(g => g.Length > 1))
        {
            int[][] units = [.. together.SelectMany(d => dimensions[d])];
            if (!AreGroups(units))
                continue;
            foreach (int d in together)
                result[d] = d == together[0] ? (units, null) : null;
        }
        return result;
    }

    private int[][]? ByWhatTheyTake(int[][] units, Func<int, int> order)
    {
        int[][] groups = [.. units.SelectMany(g => g).GroupBy(c => evenness.Taken(c)).Select(g => g.OrderBy(order).ToArray()).OrderBy(g => order(g[0]))];
        return AreGroups(groups) ? groups : null;
    }

    private bool AreGroups(int[][] groups) =>
        groups[0].Length > 1 && groups.All(g => g.Length == groups[0].Length) && evenness.IsEven(groups);
}
