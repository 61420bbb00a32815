using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Exact.Folding;
using SiDT.Passes.Operators;

namespace SiDT.Passes.Exact.Spelling;

/// <summary>
/// ONNX Runtime's kernel for LayerNormalization on processors takes several times as long as the same arithmetic in parts, which it
/// vectorises; scale and shift go into the products that read the norm:
/// y = LayerNormalization(x, g, t) W + b => d = x - mean(x); y = (d / sqrt(mean(d d) + e)) (g W) + (b + t W).
/// The quotient is spelled d (1 / sqrt(..)), so that it is not fused back.
/// </summary>
public sealed class Norms : IExactPass
{
    public string Name => "norms";

    public bool KeepsProducts => true;

    public string? Run(GraphFacts facts)
    {
        LabelFlow flow = facts.Shapes;
        int count = 0;
        var taken = new List<Take>();
        foreach (Node node in facts.Model.Graph.Nodes.ToArray())
        {
            if (node.Is("LayerNormalization") && Replace(node, flow, taken))
                count++;
        }
        // the weights are read once for it, and lie apart
        Parallel.ForEach(taken, t => t.Reader.AddProduct(t.Shift, t.Bias));
        foreach (Take take in taken)
        {
            take.Reader.ScaleInputs(take.Scale);
            take.Reader.WriteBias(take.Bias);
        }
        return count == 0 ? null : $"{count} norms are spelled as their parts";
    }

    /// <summary>What a layer takes over of the norm that it reads: (n g + t) W + b = n (g W) + (t W + b).</summary>
    private sealed record Take(Linear Reader, double[] Scale, double[] Shift)
    {
        public double[] Bias { get; } = Reader.ReadBias();
    }

    private static bool Replace(Node norm, LabelFlow flow, List<Take> taken)
    {
        Layout x = flow.Of(norm.Inputs[0]!);
        if (!NormParts.AreThere(norm, x) || norm.Result.IsOutput)
            return false;
        int width = (int)x.Shape[^1].Value;
        if (Numbers(norm.Input(1), width) is not { } scale || (norm.Input(2) is not null && Numbers(norm.Input(2), width) is null))
            return false;
        double[] shift = Numbers(norm.Input(2), width) ?? new double[width];
        var readers = new List<Linear>();
        bool folds = Readers(norm.Result, x.Rank, flow, readers);
        if (folds)
            taken.AddRange(readers.Select(r => new Take(r, scale, shift)));
        Value normal = NormParts.Normal(norm);
        norm.Result.ReplaceUsesWith(folds ? normal : NormParts.Scaled(norm, normal));
        return true;
    }

    private static double[]? Numbers(Value? value, int width) => value?.Constant is { Type: ElementType.Float32 } t && t.Count == width ? [.. t.ToFloats().Select(x => (double)x)] : null;

    /// <summary>The layers that read a norm, straight or behind a choice of positions; false if anything else does.</summary>
    private static bool Readers(Value value, int rank, LabelFlow flow, List<Linear> readers)
    {
        if (value.IsOutput)
            return false;
        foreach (Use use in value.Uses)
        {
            if (use.Index != 0)
                return false;
            Node node = use.Node;
            if (Linear.Of(node) is { } linear)
            {
                readers.Add(linear);
                continue;
            }
            bool keepsWidth = node.Is("Gather") ? new NodeView(node, flow.Of).Axis("axis", 0, rank) != rank - 1
                : node.Is("Reshape") && flow.Of(node.Result).Rank > 0 && flow.Of(node.Result).Shape[^1].Equals(flow.Of(value).Shape[^1]);
            if (!keepsWidth || !Readers(node.Result, flow.Of(node.Result).Rank, flow, readers))
                return false;
        }
        return true;
    }
}
