using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Compensation.Statistics;

namespace SiDT.Passes.Compensation.Treatments;

/// <summary>What all treatments of a graph share.</summary>
/// <param name="Analysis">Of the graph whose numbers change.</param>
/// <param name="Consumers">All products that read units.</param>
/// <param name="Tokens">How rows count.</param>
/// <param name="Silencing">Of the same graph.</param>
/// <param name="Options">Strengths.</param>
internal sealed record Setting(GraphAnalysis Analysis, IReadOnlyList<Consumer> Consumers, TokenWeights Tokens, Silencing Silencing, CompensationOptions Options)
{
    /// <summary>Classes that are silent already.</summary>
    public HashSet<int> Gone { get; init; } = [];
}
