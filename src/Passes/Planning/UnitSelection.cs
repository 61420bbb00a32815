using SiDT.Passes.Analysis;

namespace SiDT.Passes.Planning;

/// <summary>The decision in terms of one analysis: which units of each dimension go.</summary>
public sealed record UnitSelection(IReadOnlyDictionary<Dimension, int[][]> Removed)
{
    /// <summary>The classes that go.</summary>
    public IEnumerable<int> Classes => Removed.SelectMany(r => r.Value.SelectMany((indices, group) => indices.Select(i => r.Key.Units[group][i])));

    /// <summary>Removes the units with the lowest scores: of every group down to <paramref name="kept"/>, ties by index.</summary>
    public static int[][] Lowest(double[][] scores, int kept) =>
        [.. scores.Select(g => Enumerable.Range(0, g.Length).OrderBy(i => g[i]).ThenByDescending(i => i).Take(g.Length - kept).Order().ToArray())];

    /// <summary>round(R * size), at least one, ties up.</summary>
    public static int KeptOf(int size, double ratio) => Math.Clamp((int)Math.Floor((ratio * size) + 0.5 + 1e-9), 1, size);
}
