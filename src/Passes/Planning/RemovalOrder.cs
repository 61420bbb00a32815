using SiDT.Passes.Analysis;

namespace SiDT.Passes.Planning;

/// <summary>The units of a dimension in the order in which they go: of every group the least important first, ties by the higher index.</summary>
internal sealed class RemovalOrder
{
    private readonly int[][] _order; // by group: indices, the first one goes first
    private readonly double[] _left; // by kept count: what the kept units score in all

    public RemovalOrder(Dimension dimension, double[][] scores)
    {
        Dimension = dimension;
        Kept = dimension.Size;
        _order = [.. scores.Select(Ascending)];
        _left = new double[dimension.Size + 1];
        for (int kept = 1; kept <= dimension.Size; kept++)
        {
            _left[kept] = _left[kept - 1];
            for (int g = 0; g < scores.Length; g++)
                _left[kept] += Math.Max(0, scores[g][_order[g][dimension.Size - kept]]);
        }
    }

    public Dimension Dimension { get; }

    /// <summary>Measured damage by kept count; null where nobody measured.</summary>
    public double[]? Damage { get; init; }

    /// <summary>Units of each group that stay.</summary>
    public int Kept { get; set; }

    /// <summary>Classes of the units that go.</summary>
    public IEnumerable<int> Removed => Between(Kept, Dimension.Size);

    /// <summary>Indices that go, by group, ascending.</summary>
    public int[][] Selected => [.. _order.Select(o => o.Take(Dimension.Size - Kept).Order().ToArray())];

    /// <summary>Classes of the units that go when the kept count falls from <paramref name="more"/> to <paramref name="fewer"/>.</summary>
    public IEnumerable<int> Between(int fewer, int more)
    {
        for (int g = 0; g < _order.Length; g++)
        {
            for (int i = Dimension.Size - more; i < Dimension.Size - fewer; i++)
                yield return Dimension.Units[g][_order[g][i]];
        }
    }

    /// <summary>The share of what is left now that goes with the next units: 1 if everything that scores goes.</summary>
    public double Loss(int fewer)
    {
        double left = _left[Kept];
        return left > 0 ? (left - _left[fewer]) / left : (double)(Kept - fewer) / Kept;
    }

    private static int[] Ascending(double[] scores)
    {
        int[] order = [.. Enumerable.Range(0, scores.Length)];
        Array.Sort(order, (a, b) => scores[a].CompareTo(scores[b]) is var c && c != 0 ? c : b.CompareTo(a));
        return order;
    }
}
