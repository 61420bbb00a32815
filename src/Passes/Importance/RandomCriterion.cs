using SiDT.Passes.Analysis;

namespace SiDT.Passes.Importance;

/// <summary>Uniform numbers in [0, 1): what every other criterion has to beat.</summary>
/// <param name="seed">The same seed gives the same scores for the same graph.</param>
public sealed class RandomCriterion(int seed) : ICriterion
{
    public string Name => "random";

    public UnitScores Score(GraphAnalysis analysis)
    {
        var random = new Random(seed);
        return UnitScores.Of(analysis, _ => random.NextDouble());
    }
}
