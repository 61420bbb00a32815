using SiDT.Passes.Analysis;
using SiDT.Passes.Rewriting;

namespace SiDT.Passes.Exact;

/// <summary>Constants folded, and weights that nobody reads any more dropped even where the file lists them as inputs.</summary>
public sealed class Constants : IExactPass
{
    public string Name => "constants";

    public bool KeepsProducts => true;

    public string? Run(GraphFacts facts)
    {
        int count = new ConstantFolding().Run(facts.Model.Graph);
        count += facts.Model.Graph.Inputs.RemoveAll(v => v.Initializer is not null && v.Uses.Count == 0 && !v.IsOutput);
        return count == 0 ? null : $"{count} nodes moved constants alone";
    }
}
