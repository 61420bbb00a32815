using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;

namespace SiDT.Passes.Compensation.ResidualStream;

/// <summary>A sum and a norm in one node become a sum and a norm, so that the stream between them can be seen. Outputs stay equal.</summary>
internal static class SkipNorms
{
    public static void Run(GraphAnalysis analysis)
    {
        foreach (Node node in analysis.Graph.Nodes.ToArray())
        {
            bool isLayer = OperatorTable.Key(node) == "com.microsoft::SkipLayerNormalization";
            if ((isLayer || OperatorTable.Key(node) == "com.microsoft::SkipSimplifiedLayerNormalization") && !node.Outputs.Skip(1).Take(2).Any(o => o is { Uses.Count: > 0 } or { IsOutput: true }))
                TakeApart(node, isLayer, analysis);
        }
        analysis.Graph.Sort();
    }

    private static void TakeApart(Node node, bool isLayer, GraphAnalysis analysis)
    {
        Graph graph = analysis.Graph;
        Value result = node.Result;
        Value sum = Add(node.Inputs[0]!, node.Inputs[1]!);
        if (node.Input(isLayer ? 4 : 3) is { } bias)
            sum = Add(sum, bias);
        if (node.Output(3) is { IsOutput: false } given)
            given.ReplaceUsesWith(sum);
        else if (node.Output(3) is { } output)
        {
            node.SetOutput(3, null);
            graph.AddWithOutputs("Identity", "", output.Name, [sum], [output]);
        }
        Value? scale = node.Input(2), shift = isLayer ? node.Input(3) : null;
        // the words of the standard; what runs them is spelled out later
        node.OpType = isLayer ? "LayerNormalization" : "SimplifiedLayerNormalization";
        node.Domain = "";
        node.Set("epsilon", node.Float("epsilon", 1e-12f)).Set("axis", -1);
        node.TrimInputs(0);
        node.SetInput(0, sum);
        node.SetInput(1, scale);
        if (shift is not null)
            node.SetInput(2, shift);

        Value Add(Value a, Value b)
        {
            Value made = graph.Op("Add", $"{result.Name}_stream", a, b);
            analysis.Flow.Adopt(made, analysis.Of(result));
            return made;
        }
    }
}
