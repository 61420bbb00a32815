using SiDT.Passes.Compensation.Algebra;

namespace SiDT.Passes.Compensation;

/// <summary>
/// Damage at every count from what was measured at a few: it goes with a power of what the products around the dimension lose, which is known at
/// every count; where that is unknown, a monotone curve through the roots, squared. Of either the lower convex hull.
/// </summary>
internal static class DamageByCount
{
    /// <param name="size">Units of the whole dimension.</param>
    /// <param name="measured">Units removed, rising, and the damage.</param>
    /// <param name="loss">What products lose when so many units are removed, up to a factor; null where it is not known.</param>
    /// <returns>At [kept]; kept counts below what was measured are given the slope of the last part.</returns>
    public static double[] Of(int size, IReadOnlyList<(int Removed, double Damage)> measured, Func<int, double?> loss)
    {
        double largest = measured.Where(m => double.IsFinite(m.Damage)).Select(m => m.Damage).DefaultIfEmpty(1).Max();
        var rising = new List<(int Removed, double Damage)>();
        double least = 0;
        foreach ((int removed, double damage) in measured)
        {
            least = Math.Max(least, double.IsFinite(damage) ? damage : 10 * largest);
            rising.Add((removed, least));
        }
        int last = rising[^1].Removed;
        int[] counts = [.. Enumerable.Range(0, last + 1)];
        double[] damages = ByLoss(rising, [.. counts.Select(loss)])
            ?? new DamageCurve([.. rising.Select(r => (double)r.Removed)], [.. rising.Select(r => r.Damage)], 1).Read(counts);
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

    // Small losses do damage in proportion. Between two counts that were measured it is a power of the loss.
    private static double[]? ByLoss(List<(int Removed, double Damage)> measured, double?[] losses)
    {
        if (losses.Skip(1).Any(l => l is not { } known || !double.IsFinite(known)))
            return null;
        var damages = new double[losses.Length];
        (int Removed, double Damage, double Loss) before = default;
        double most = 0;
        foreach ((int removed, double damage) in measured)
        {
            double loss = Math.Max(most, losses[removed]!.Value);
            if (loss <= before.Loss)
                return null; // nothing is said by losses that do not rise
            double power = before.Removed == 0 || before.Damage <= 0 ? 1 : Math.Log(damage / before.Damage) / Math.Log(loss / before.Loss);
            for (int k = before.Removed + 1; k <= removed; k++)
            {
                most = Math.Clamp(losses[k]!.Value, most, loss);
                damages[k] = damage * Math.Pow(most / loss, power);
            }
            before = (removed, damage, loss);
        }
        return damages;
    }
}
