using SiDT.Passes.Compensation.Sites;

namespace SiDT.Passes.Compensation;

/// <summary>Dimensions whose nodes interleave: they are treated from the same place of the graph, one after the other.</summary>
/// <param name="Start">The place before the first node that meets them.</param>
/// <param name="Places">In the order of treatment.</param>
internal sealed record Stage(int Start, IReadOnlyList<Place> Places)
{
    /// <summary>Cuts a graph into stages.</summary>
    /// <param name="places">What is treated.</param>
    /// <param name="isFirst">Whether a place comes before all others of its stage: what goes with whole rows (heads) need not be treated.</param>
    public static IReadOnlyList<Stage> Of(IEnumerable<Place> places, Func<Place, bool> isFirst)
    {
        var stages = new List<Stage>();
        var open = new List<Place>();
        int end = 0;
        foreach (Place place in places.OrderBy(p => p.Start).ThenBy(p => p.End))
        {
            if (open.Count > 0 && place.Start >= end)
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

        // from inputs to outputs, because what is read later depends on it
        Stage Close() => new(open.Min(p => p.Start), [.. open.OrderBy(p => isFirst(p) ? 0 : 1).ThenBy(p => p.End)]);
    }
}
