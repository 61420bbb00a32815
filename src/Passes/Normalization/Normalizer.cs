using SiDT.Frontend;
using SiDT.Passes.Analysis;

namespace SiDT.Passes.Normalization;

/// <summary>A rewrite that leaves all outputs equal.</summary>
public interface INormalization
{
    /// <summary>Changes the model of <paramref name="facts"/> in place; true if anything changed.</summary>
    bool Run(GraphFacts facts);
}

/// <summary>Many spellings to few, only where a spelling holds a unit fast. Weights stay what they are: what is selected from them is said by nodes.</summary>
public sealed class Normalizer
{
    /// <summary>The passes in order; each line that depends on another says so.</summary>
    private static readonly INormalization[] s_passes =
    [
        new PlainSplits(),          // before all: no rule follows labels through sequences
        new SharedZeros(),          // before anything is cut by labels: what layers share ties them
        new TakeApartAttention(),   // before sinking: packed weights become selections
        new AnchorShapes(),         // sizes are asked of the earliest value that has them, so that later ones can go
        new FreezeSizes(),          // what is computed from a width keeps its number
        new SinkSelections(),       // after freezing: cut places are numbers then
        new GhostMeans(),           // after sinking: units of halves are known apart
    ];

    /// <summary>A normalised copy.</summary>
    public Model Run(Model model)
    {
        var facts = new GraphFacts(model.Clone());
        Run(facts);
        return facts.Model;
    }

    /// <summary>Normalises a model in place.</summary>
    public void Run(GraphFacts facts)
    {
        foreach (INormalization pass in s_passes)
        {
            if (!pass.Run(facts))
                continue;
            facts.Changed(keepsShapes: true);
            facts.Model.Graph.Sweep();
            facts.Model.Graph.Sort();
        }
    }
}
