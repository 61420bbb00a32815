using SiDT.Frontend;
using SiDT.Passes.Importance;

namespace SiDT.Passes.Gathering;

/// <summary>A value of which sums are taken: vectors over the positions of its kept axes, one for every place along the others.</summary>
internal sealed class GatheredValue
{
    /// <summary>Second moments of more positions than this are left out: 8192 x 8192 float64 numbers are 512 MiB.</summary>
    public const long Widest = 8192;

    public GatheredValue(Probe probe)
    {
        Probe = probe;
        Width = probe.Sizes.Aggregate(1L, (a, b) => a * b);
        Name = NameOf(probe);
        Count = new StatisticsArray($"{Name}:count", []);
        Sums = new StatisticsArray($"{Name}:sums", [Width]);
        Squares = new StatisticsArray($"{Name}:squares", [Width]);
        Rests = new StatisticsArray($"{Name}:squares.rest", [Width]);
        Moments = Width <= Widest ? new StatisticsArray($"{Name}:moments", [Width, Width]) : null;
    }

    public Probe Probe { get; }

    /// <summary>The value, and the axes that are kept.</summary>
    public string Name { get; }

    /// <summary>Positions of the kept axes, flattened.</summary>
    public long Width { get; }

    /// <summary>How many vectors were summed.</summary>
    public StatisticsArray Count { get; }

    /// <summary>Sum of the vectors.</summary>
    public StatisticsArray Sums { get; }

    /// <summary>Sum of their squares, position by position.</summary>
    public StatisticsArray Squares { get; }

    /// <summary>What rounding to float64 took from <see cref="Squares"/>.</summary>
    public StatisticsArray Rests { get; }

    /// <summary>Sum of x x^T over the vectors; null where they are too wide.</summary>
    public StatisticsArray? Moments { get; }

    /// <summary>Numbers that are held while they are summed.</summary>
    public long Numbers => (4 * Width) + (Moments?.Count ?? 0);

    /// <summary>In the order of the file.</summary>
    public IEnumerable<StatisticsArray> Arrays => Moments is null ? [Count, Sums, Squares, Rests] : [Count, Sums, Squares, Rests, Moments];

    public static string NameOf(Probe probe) => $"{probe.Value.Name}:{string.Join(',', probe.Axes)}";

    /// <summary>The mean square at every position, from a file.</summary>
    /// <exception cref="ModelError">The file says nothing of the value.</exception>
    public static double[] Means(Probe probe, StatisticsFile file)
    {
        var value = new GatheredValue(probe);
        double count = Math.Max(1, Checked(value.Count, file)[0]);
        return [.. Checked(value.Squares, file).Select(s => s / count)];
    }

    private static double[] Checked(StatisticsArray array, StatisticsFile file)
    {
        if (file.Find(array.Name) is not { } found || !found.HasSameShape(array))
            throw new ModelError($"'{file.Path}' holds no {array}; make the statistics anew with this version's 'sidtc analyze'");
        double[] numbers = file.Read(array.Name);
        return numbers.All(n => double.IsFinite(n) && n >= 0) ? numbers : throw new ModelError($"'{file.Path}': '{array.Name}' holds numbers that no sum of squares is; make the statistics anew");
    }
}
