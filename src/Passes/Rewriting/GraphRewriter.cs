using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Rewriting;

/// <summary>Executes a decision: slices weights and mends everything that depends on a size.</summary>
public sealed class GraphRewriter
{
    /// <summary>
    /// The smaller model. <paramref name="analysis"/> must be of <paramref name="model"/>'s graph, which is changed in place.
    /// </summary>
    public Model Run(Model model, GraphAnalysis analysis, IEnumerable<int> removedClasses)
    {
        var cut = new Cut(analysis, removedClasses);
        if (!cut.IsEmpty)
        {
            var nodes = new List<Node>();
            Collect(model.Graph, nodes);
            var mending = new Mending(analysis, cut);
            foreach (Node node in nodes)
                mending.Mend(node);
            Slice(model.Graph, analysis, cut);
        }
        model.Graph.Sweep();
        model.Graph.Sort();
        ViewChains.Run(model.Graph);
        return model;
    }

    /// <summary>What is left of a constant with that layout.</summary>
    public static Tensor Slice(Tensor tensor, Layout layout, Cut cut) =>
        WeightSlicer.Slice(tensor, [.. Enumerable.Range(0, tensor.Rank).Select(axis => cut.Masks(layout, axis) is { } m ? Positions(m[0]) : null)]);

    private static void Collect(Graph graph, List<Node> nodes)
    {
        foreach (Node node in graph.Nodes)
        {
            nodes.Add(node);
            foreach (Graph body in node.Subgraphs.Values)
                Collect(body, nodes);
        }
    }

    private static void Slice(Graph graph, GraphAnalysis analysis, Cut cut)
    {
        foreach (Value value in graph.Values)
        {
            if (!analysis.Flow.Layouts.TryGetValue(value, out Layout? layout))
                continue;
            if (!cut.Touches(layout))
                continue;
            if (value.Constant is { } tensor)
            {
                Tensor sliced = Slice(tensor, layout, cut);
                if (value.Initializer is not null)
                    value.Initializer = sliced;
                else
                    value.Producer!.Set(new Frontend.Schema.AttributeProto { Name = "value", Type = Frontend.Schema.AttributeProto.Types.AttributeType.Tensor, T = TensorContent.Write(sliced, value.Name) });
            }
            if (value.Info is { } info && !graph.Outputs.Contains(value))
                value.Info = Reshaped(info, cut.Shape(layout));
        }
        foreach (Node node in graph.Nodes)
        {
            foreach (Graph body in node.Subgraphs.Values)
                Slice(body, analysis, cut);
        }
    }

    private static Frontend.Schema.ValueInfoProto? Reshaped(Frontend.Schema.ValueInfoProto info, Dim[] shape)
    {
        if (info.Type?.TensorType?.Shape is not { } old || old.Dim.Count != shape.Length)
            return null;
        Frontend.Schema.ValueInfoProto copy = info.Clone();
        for (int i = 0; i < shape.Length; i++)
        {
            if (copy.Type.TensorType.Shape.Dim[i].HasDimValue && shape[i].IsConstant)
                copy.Type.TensorType.Shape.Dim[i].DimValue = shape[i].Value;
        }
        return copy;
    }

    internal static int[] Positions(bool[] mask) => [.. Enumerable.Range(0, mask.Length).Where(i => mask[i])];
}
