using SiDT.Passes.Analysis;

namespace SiDT.Passes.Exact.Demands;

/// <summary>
/// What no output reads is not computed. A selection of positions at the end is asked of everything before it that works
/// position by position, down to the operators that mix positions; in attention it becomes a selection of queries:
/// Gather(norm(x + proj(softmax(q k') v)), 0) => norm(x[0] + proj(softmax(q[0] k') v)).
/// </summary>
public sealed class Demand : IExactPass
{
    /// <summary>How reports call it.</summary>
    public const string Title = "demand";

    public string Name => Title;

    public string? Run(GraphFacts facts)
    {
        LabelFlow flow = facts.Flow;
        var demand = new DemandAnalysis(facts.Model.Graph, flow);
        int count = new DemandRewriting(demand, flow).Run(facts.Model.Graph);
        return count == 0 ? null : $"{count} values are computed only where an output reads them";
    }
}
