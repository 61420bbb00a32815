namespace SiDT.Passes.Compensation.Algebra;

/// <summary>What taking units from one dimension does to the outputs.</summary>
/// <param name="Removed">Numbers of units removed at which damage was measured, rising, above 0.</param>
/// <param name="Damages">The damage at each (a mean square), 0 or more; none at 0 units.</param>
/// <param name="Cost">What one unit saves, in the unit of the budget; above 0.</param>
/// <param name="Granularity">Units go in multiples of this number.</param>
/// <param name="Limit">The most units that may go; null: as many as were measured.</param>
public sealed record DamageCurve(double[] Removed, double[] Damages, double Cost, int Granularity = 1, int? Limit = null)
{
    /// <summary>The numbers of units that may go: 0, granularity, and so on.</summary>
    public int[] Counts()
    {
        int limit = Limit ?? (Removed.Length == 0 ? 0 : (int)Removed[^1]);
        return [.. Enumerable.Range(0, Math.Max(0, limit) / Math.Max(1, Granularity) + 1).Select(i => i * Math.Max(1, Granularity))];
    }

    /// <summary>The damage at each of the counts: the square of a monotone curve through the square roots of what was measured.</summary>
    /// <exception cref="AlgebraError">The measurements do not rise in units, or are negative or not finite.</exception>
    public double[] Read(int[] counts)
    {
        foreach (double damage in Damages)
        {
            if (!(damage >= 0))
                throw new AlgebraError($"a damage of {damage} is none");
        }
        var curve = new Pchip([0, .. Removed], [0, .. Damages.Select(Math.Sqrt)]);
        return [.. counts.Select(c => curve[c] * curve[c])];
    }
}
