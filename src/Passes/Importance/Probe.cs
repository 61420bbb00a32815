using SiDT.Frontend;

namespace SiDT.Passes.Importance;

/// <summary>A value whose mean squares are wanted.</summary>
/// <param name="Value">An activation of the analysed graph.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Rank">How many axes it has.</param>
/// <param name="Axes">Axes that are kept, ascending; the mean is taken over all others.</param>
/// <param name="Sizes">Their sizes.</param>
/// <param name="Classes">Arrays over the positions of the kept axes, row-major: the class that lies at each; below zero: none.</param>
internal sealed record Probe(Value Value, ElementType Type, int Rank, int[] Axes, long[] Sizes, int[][] Classes)
{
    /// <summary>The mean over its positions for every class that lies here.</summary>
    public Dictionary<int, double> ByClass(double[] means)
    {
        var sums = new Dictionary<int, (double Sum, int Count)>();
        foreach (int[] array in Classes)
        {
            for (int p = 0; p < array.Length; p++)
            {
                if (array[p] < 0)
                    continue;
                (double sum, int count) = sums.GetValueOrDefault(array[p]);
                sums[array[p]] = (sum + means[p], count + 1);
            }
        }
        return sums.ToDictionary(s => s.Key, s => s.Value.Sum / s.Value.Count);
    }
}
