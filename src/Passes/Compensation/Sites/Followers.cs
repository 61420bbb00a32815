using SiDT.Frontend;

namespace SiDT.Passes.Compensation.Sites;

/// <summary>
/// What is fitted behind a place makes good a part of what is lost there: cutting half of a network's widths hurts less the earlier they lie,
/// compared with the damage that each cut does alone.
/// </summary>
internal static class Followers
{
    // measured on pictures that nothing was fitted to: cuts were chosen best where the first place counts half (docs/results.md)
    private const double MadeGood = 0.5;

    /// <summary>What the damage of each place counts: 1 where nothing is fitted behind it, half where most is.</summary>
    public static IReadOnlyDictionary<Place, double> Shares(IReadOnlyList<Place> places)
    {
        HashSet<Node> fitted = [.. places.SelectMany(p => p.Consumers).Select(c => c.Node)];
        Dictionary<Place, int> behind = places.ToDictionary(p => p, p => Behind(p, fitted));
        int most = Math.Max(1, behind.Values.DefaultIfEmpty().Max());
        return behind.ToDictionary(b => b.Key, b => 1 - (MadeGood * b.Value / most));
    }

    private static int Behind(Place place, HashSet<Node> fitted)
    {
        Node[] own = [.. place.Consumers.Select(c => c.Node), .. place.Pairs.Select(p => p.Node)];
        var seen = new HashSet<Node>(own);
        var open = new Stack<Node>(own);
        while (open.TryPop(out Node? node))
        {
            foreach (Node reader in node.Outputs.SelectMany(o => o?.Uses ?? []).Select(u => u.Node))
            {
                if (seen.Add(reader))
                    open.Push(reader);
            }
        }
        return seen.Except(own).Count(fitted.Contains);
    }
}
