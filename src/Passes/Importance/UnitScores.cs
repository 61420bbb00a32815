using SiDT.Passes.Analysis;

namespace SiDT.Passes.Importance;

/// <summary>How much each unit matters: <c>Of(dimension)[group][index]</c>, larger is more important.</summary>
public sealed class UnitScores(IReadOnlyDictionary<Dimension, double[][]> scores)
{
    public double[][] Of(Dimension dimension) => scores[dimension];

    /// <summary>
    /// Measured damage to the outputs by dimension: at [kept], when so many units of each group are kept, convex in the count. Where it is there,
    /// budgets are spent by it alone, and on no dimension without.
    /// </summary>
    public IReadOnlyDictionary<Dimension, double[]>? Damages { get; init; }

    /// <summary>The same scores with measured damages.</summary>
    public UnitScores With(IReadOnlyDictionary<Dimension, double[]> damages) => new(scores) { Damages = damages };

    /// <summary>Scores every unit of every dimension by itself; units of frozen dimensions are not looked at and score zero.</summary>
    public static UnitScores Of(GraphAnalysis analysis, Func<int, double> score) => Of(analysis, _ => score);

    /// <summary>The same with a way to score of each dimension's own.</summary>
    public static UnitScores Of(GraphAnalysis analysis, Func<Dimension, Func<int, double>> score) =>
        new(analysis.Dimensions.ToDictionary(d => d, d => d.IsFrozen ? Zeros(d) : Each(d, score(d))));

    /// <summary>The same scores divided by each dimension's mean, so that dimensions compare.</summary>
    public UnitScores Normalized() => new(scores.ToDictionary(s => s.Key, s =>
    {
        double mean = s.Value.SelectMany(g => g).DefaultIfEmpty(0).Average();
        return s.Value.Select(g => g.Select(x => mean > 0 ? x / mean : 0).ToArray()).ToArray();
    }));

    private static double[][] Zeros(Dimension dimension) => [.. dimension.Units.Select(g => new double[g.Length])];

    private static double[][] Each(Dimension dimension, Func<int, double> score) => [.. dimension.Units.Select(g => g.Select(score).ToArray())];
}
