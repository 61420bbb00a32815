using SiDT.Frontend;
using SiDT.Passes.Analysis;

namespace SiDT.Passes.Normalization;

/// <summary>
/// Numbers computed from sizes that are known become constants, so that a scale of 1 / sqrt(Shape(q)[3]) keeps its value when the width goes.
/// Sizes that depend on batch or image stay computed.
/// </summary>
public sealed class FreezeSizes : INormalization
{
    public bool Run(GraphFacts facts) => Freeze(facts.Model.Graph, facts.Shapes);

    private static bool Freeze(Graph graph, LabelFlow flow)
    {
        bool changed = false;
        foreach (Node node in graph.Nodes.ToArray())
        {
            foreach (Graph body in node.Subgraphs.Values)
                changed |= Freeze(body, flow);
            if (node.Is("Constant") || node.Inputs.Count == 0)
                continue;
            foreach (Value? output in node.Outputs)
            {
                if (output is null || output.IsOutput || output.Uses.Count == 0 || !flow.Layouts.TryGetValue(output, out Layout? layout))
                    continue;
                if (layout.IsConstant || layout.Content is not { IsKnown: true } content)
                    continue;
                // other nodes of the same shape arithmetic will go unread; only what leaves it needs a constant
                output.ReplaceUsesWith(graph.NewInitializer($"{output.Name}_frozen", content.ToTensor()));
                changed = true;
            }
        }
        return changed;
    }
}
