namespace SiDT.Passes.Compensation.Algebra;

/// <summary>
/// Removes whole blocks of what a linear consumer reads (heads), always the one whose removal raises the objective of the joint ridge
/// refit of all that is left the least: min over W of E|t - z W|^2 + ridge mean(diag G) |W|^2, exact for any target t.
/// </summary>
public static class HeadElimination
{
    /// <summary>Orders the blocks.</summary>
    /// <param name="moments">G = E z z' - mz mz' [n x n].</param>
    /// <param name="cross">B = E z t' - mz mt' [n x out]; for the local target t = z W it is G W.</param>
    /// <param name="heads">For each head its positions.</param>
    /// <param name="groups">For each head its group, where groups must lose equally many (heads that share keys); null where they are free.</param>
    /// <param name="staying">Heads that do not go.</param>
    /// <param name="stop">How many to remove at most.</param>
    /// <param name="ridge">Strength in units of mean(diag G), G with all heads.</param>
    /// <returns>The nested order; losses are how much the objective rose over that of the refit with all heads.</returns>
    /// <exception cref="AlgebraError">Sizes do not fit, or numbers are not finite.</exception>
    public static EliminationOrder Order(
        Matrix moments, Matrix cross, IReadOnlyList<int[]> heads, int[]? groups = null, IEnumerable<int>? staying = null, int stop = int.MaxValue, double ridge = 1e-4)
    {
        Matrix weight = Ridge.Solve(moments, cross, ridge);
        return UnitElimination.Order([new EliminationSite(moments, weight, heads, ridge)], groups, staying, stop);
    }
}
