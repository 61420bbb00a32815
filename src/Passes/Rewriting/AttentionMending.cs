using SiDT.Frontend;
using SiDT.Passes.Analysis;

namespace SiDT.Passes.Rewriting;

/// <summary>Attention operators: numbers of heads, and the scale, which stays what the original width made it.</summary>
internal sealed class AttentionMending(GraphAnalysis analysis, Cut cut)
{
    public void Standard(Node node)
    {
        Layout q = Of(node, 0), k = Of(node, 1);
        bool packed = q.Rank == 3;
        long heads = packed ? node.Int("q_num_heads", 1) : q.Shape[1].Value;
        Freeze(node, packed ? q.Shape[2].Value / heads : q.Shape[3].Value);
        if (!packed)
            return;
        long kv = node.Int("kv_num_heads", 1);
        node.Set("q_num_heads", Left(q, 2, heads));
        node.Set("kv_num_heads", Left(k, 2, kv));
    }

    public void MultiHead(Node node)
    {
        Layout q = Of(node, 0);
        long heads = node.Int("num_heads", 1);
        Freeze(node, q.Shape[2].Value / heads);
        node.Set("num_heads", Left(q, 2, heads));
    }

    public void GroupQuery(Node node)
    {
        Layout q = Of(node, 0), k = Of(node, 1);
        long heads = node.Int("num_heads", 1), kv = node.Int("kv_num_heads", 1);
        Freeze(node, q.Shape[2].Value / heads);
        node.Set("num_heads", Left(q, 2, heads));
        node.Set("kv_num_heads", Left(k, 2, kv));
    }

    public void Rotary(Node node)
    {
        Layout x = Of(node, 0);
        long heads = node.Int("num_heads", 0);
        if (x.Rank == 3 && heads > 0)
            node.Set("num_heads", Left(x, 2, heads));
        if (node.Int("rotary_embedding_dim", 0) != 0)
        {
            Shapes.Dim[] shape = cut.Shape(x);
            node.Set("rotary_embedding_dim", x.Rank == 4 ? shape[3].Value : shape[2].Value / Left(x, 2, heads));
        }
    }

    private Layout Of(Node node, int input) => analysis.Of(node.Inputs[input]!);

    // scale 0 or absent: one over the square root of the width
    private static void Freeze(Node node, long width)
    {
        if (node.Float("scale", 0) == 0)
            node.Set("scale", (float)(1 / Math.Sqrt(width)));
    }

    /// <summary>How many of the equal parts of an axis are not gone as a whole.</summary>
    private long Left(Layout layout, int axis, long parts)
    {
        if (cut.Masks(layout, axis) is not { } masks)
            return parts;
        int width = (int)(layout.Shape[axis].Value / parts);
        return Enumerable.Range(0, (int)parts).Count(p => masks[0].AsSpan(p * width, width).Contains(true));
    }
}
