using SiDT.Passes.Compensation.Sites;

namespace SiDT.Passes.Compensation;

/// <summary>
/// Dimensions whose nodes interleave, or between which more would have to be kept than before and behind them: they are treated from the same place
/// of the graph, one after the other.
/// </summary>
/// <param name="Start">The place before the first node that meets them.</param>
/// <param name="Places">In the order of treatment.</param>
internal sealed record Stage(int Start, IReadOnlyList<Place> Places)
{
    // numbers that cross a place, by those that cross its neighbours, from which on it is cheaper to compute them once more than to keep them
    private const double Wide = 1.5;

    /// <summary>Cuts a graph into stages.</summary>
    /// <param name="places">What is treated.</param>
    /// <param name="volume">How many numbers cross a place of the graph.</param>
    /// <param name="isFirst">Whether a place comes before all others of its stage: what goes with whole rows (heads) need not be treated.</param>
    public static IReadOnlyList<Stage> Of(IEnumerable<Place> places, Func<int, double> volume, Func<Place, bool> isFirst)
    {
        Place[] ordered = [.. places.OrderBy(p => p.Start).ThenBy(p => p.End)];
        var stages = new List<Stage>();
        var open = new List<Place>();
        int end = 0;
        for (int i = 0; i < ordered.Length; i++)
        {
            Place place = ordered[i];
            if (open.Count > 0 && place.Start >= end && !IsBump(open.Min(p => p.Start), i))
            {
                stages.Add(Close());
                open.Clear();
            }
            open.Add(place);
            end = open.Count == 1 ? place.End : Math.Max(end, place.End);
        }
        if (open.Count > 0)
            stages.Add(Close());
        return stages;

        // more crosses here than before and behind (the scores of attention, between its keys and its values)
        bool IsBump(int start, int i)
        {
            int behind = Array.Find(ordered[i..], p => p.Start > ordered[i].Start)?.Start ?? -1;
            return volume(ordered[i].Start) > Wide * Math.Max(volume(start), behind < 0 ? 0 : volume(behind));
        }

        // from inputs to outputs, because what is read later depends on it
        Stage Close() => new(open.Min(p => p.Start), [.. open.OrderBy(p => isFirst(p) ? 0 : 1).ThenBy(p => p.End)]);
    }
}
