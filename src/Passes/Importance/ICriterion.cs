using SiDT.Passes.Analysis;

namespace SiDT.Passes.Importance;

/// <summary>A way to score units.</summary>
public interface ICriterion
{
    /// <summary>The word of <c>--criterion</c>.</summary>
    string Name { get; }

    UnitScores Score(GraphAnalysis analysis);
}
