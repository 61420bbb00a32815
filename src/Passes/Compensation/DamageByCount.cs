using SiDT.Passes.Compensation.Algebra;

namespace SiDT.Passes.Compensation;

/// <summary>Damage at every count from what was measured at a few: a monotone curve through the roots, squared, and of that the lower convex hull.</summary>
internal static class DamageByCount
{
    /// <param name="size">Units of the whole dimension.</param>
    /// <param name="measured">Units removed, rising, and the damage.</param>
    /// <returns>At [kept]; kept counts below what was measured are given the slope of the last part.</returns>
    public static double[] Of(int size, IReadOnlyList<(int Removed, double Damage)> measured)
    {
        double largest = measured.Where(m => double.IsFinite(m.Damage)).Select(m => m.Damage).DefaultIfEmpty(1).Max();
        var rising = new List<(double Removed, double Damage)>();
        double least = 0;
        foreach ((int removed, double damage) in measured)
        {
            least = Math.Max(least, double.IsFinite(damage) ? damage : 10 * largest);
            rising.Add((removed, least));
        }
        int last = (int)rising[^1].Removed;
        var curve = new DamageCurve([.. rising.Select(r => r.Removed)], [.. rising.Select(r => r.Damage)], 1);
        int[] counts = [.. Enumerable.Range(0, last + 1)];
        double[] damages = curve.Read(counts);
        var byRemoved = new double[size + 1];
        int[] hull = ConvexHull.Lower([.. counts.Select(c => (double)c)], damages);
        for (int i = 0; i + 1 < hull.Length; i++)
        {
            for (int k = hull[i]; k <= hull[i + 1]; k++)
                byRemoved[k] = damages[hull[i]] + ((damages[hull[i + 1]] - damages[hull[i]]) * (k - hull[i]) / (hull[i + 1] - hull[i]));
        }
        double slope = hull.Length > 1 ? (damages[hull[^1]] - damages[hull[^2]]) / (hull[^1] - hull[^2]) : 0;
        for (int k = last + 1; k <= size; k++)
            byRemoved[k] = byRemoved[last] + (2 * slope * (k - last)); // the last units are dear
        return [.. Enumerable.Range(0, size + 1).Select(kept => byRemoved[size - kept])];
    }
}
