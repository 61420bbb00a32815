using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Statistics;

namespace SiDT.Passes.Compensation.Treatments;

/// <summary>
/// How one dimension shrinks with the least damage: what has to be observed, and what its numbers become for any count that is kept.
/// Used in this order: observe <see cref="Statistics"/>, <see cref="Solve"/>, then <see cref="Apply"/> as often as wanted, each time from the same numbers.
/// </summary>
internal abstract class Treatment(Dimension dimension)
{
    public Dimension Dimension { get; } = dimension;

    /// <summary>What is to be observed while the dimension is whole.</summary>
    public abstract IReadOnlyList<IStatistic> Statistics { get; }

    /// <summary>Whether another basis takes the place of the given one; units are then those of the new basis, sorted.</summary>
    public abstract bool IsRotated { get; }

    /// <summary>Whether enough could be observed to apply it.</summary>
    public virtual bool IsSolved => true;

    /// <summary>Shares of the stream's error that a fit may make good; the likeliest to be best first. What is fitted to few samples does better with none.</summary>
    public virtual IReadOnlyList<double> Shares => [0];

    /// <summary>The share that <see cref="Apply"/> takes.</summary>
    public double Share { get; set; }

    /// <summary>What was done and, where less than the best, why: a line for the report.</summary>
    public abstract string Description { get; }

    /// <summary>Finds the basis or the order of removal.</summary>
    /// <param name="least">The smallest count that will be kept.</param>
    public abstract void Solve(int least);

    /// <summary>What the products around the dimension lose when <paramref name="kept"/> of each group stay, up to a factor; null where that is not known.</summary>
    public virtual double? Loss(int kept) => null;

    /// <summary>The units that go, by group, when <paramref name="kept"/> of each stay.</summary>
    public abstract int[][] Removed(int kept);

    /// <summary>Writes new numbers into the graph, in which all units keep their places and those that go are silent.</summary>
    public abstract void Apply(int kept);

    /// <summary>The loss after so many removals; null where the order ends before.</summary>
    protected static double? LossAt(double[] losses, int removed) => removed <= losses.Length ? losses[removed - 1] : null;

    /// <summary>The classes that go, with all they cover.</summary>
    protected HashSet<int> Gone(GraphAnalysis analysis, int[][] removed) =>
        analysis.Classes.Gone(removed.SelectMany((indices, g) => indices.Select(i => Dimension.Units[g][i])));

    protected int[][] Tail(int kept) => [.. Dimension.Units.Select(g => Enumerable.Range(kept, g.Length - kept).ToArray())];
}
