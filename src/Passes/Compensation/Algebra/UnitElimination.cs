namespace SiDT.Passes.Compensation.Algebra;

/// <summary>
/// Removes the units of a linear consumer's input one after the other, always the one whose removal costs least after the best refit of
/// what is left (Hassibi and Stork, Second order derivatives for network pruning: optimal brain surgeon, 1993; for blocks: Kurtic et
/// al., 2022). The order is nested: one pass serves every size. n^3 operations in all.
/// </summary>
public static class UnitElimination
{
    /// <summary>Orders the units of one consumer; each owns one position.</summary>
    /// <inheritdoc cref="Order(IReadOnlyList{EliminationSite}, int[], IEnumerable{int}, int)"/>
    public static EliminationOrder Order(Matrix moments, Matrix weight, int stop = int.MaxValue, double ridge = 1e-3) =>
        Order([new EliminationSite(moments, weight, [.. Enumerable.Range(0, moments.Rows).Select(i => new[] { i })], ridge)], stop: stop);

    /// <summary>Orders units that several consumers read; their losses add up.</summary>
    /// <param name="sites">The consumers; all count the same units.</param>
    /// <param name="groups">For each unit its group, where groups must lose equally many; null where units are free.</param>
    /// <param name="staying">Units that do not go.</param>
    /// <param name="stop">How many units to remove at most.</param>
    /// <returns>
    /// Units in the order of removal. With k groups, each run of k units holds one of every group; the order ends where a group has none left.
    /// </returns>
    /// <exception cref="AlgebraError">Sizes do not fit, or numbers are not finite.</exception>
    public static EliminationOrder Order(IReadOnlyList<EliminationSite> sites, int[]? groups = null, IEnumerable<int>? staying = null, int stop = int.MaxValue)
    {
        int count = sites.Count == 0 ? 0 : sites[0].Positions.Count;
        if (sites.Any(s => s.Positions.Count != count) || (groups is not null && groups.Length != count))
            throw new AlgebraError("consumers, or groups, do not count the same units");
        DowndatedSite[] states = [.. sites.Select(s => new DowndatedSite(s))];
        var open = new bool[count];
        Array.Fill(open, true);
        foreach (int unit in staying ?? [])
            open[unit] = false;
        Dictionary<int, int>? lost = groups?.Distinct().ToDictionary(g => g, _ => 0);
        List<int> units = [];
        List<double> losses = [];
        double total = 0;
        for (int step = 0; step < stop; step++)
        {
            int round = lost is null ? 0 : units.Count / lost.Count;
            (int best, double loss) = Cheapest(states, open, unit => lost is null || lost[groups![unit]] == round);
            if (best < 0)
                break;
            foreach (DowndatedSite state in states)
                state.Remove(best);
            open[best] = false;
            if (lost is not null)
                lost[groups![best]]++;
            units.Add(best);
            losses.Add(total += loss);
        }
        // a round that a group could not take part in is none
        int whole = lost is null || units.Count == stop ? units.Count : units.Count / lost.Count * lost.Count;
        return new EliminationOrder([.. units.Take(whole)], [.. losses.Take(whole)]);
    }

    private static (int Unit, double Loss) Cheapest(DowndatedSite[] states, bool[] open, Func<int, bool> allowed)
    {
        int best = -1;
        double least = double.PositiveInfinity;
        for (int unit = 0; unit < open.Length; unit++)
        {
            if (!open[unit] || !allowed(unit))
                continue;
            double loss = 0;
            foreach (DowndatedSite state in states)
                loss += state.Loss(unit);
            if (loss < least || best < 0)
                (best, least) = (unit, loss);
        }
        return (best, least);
    }
}
