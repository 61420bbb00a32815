using SiDT.Frontend;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Exact.Demands;

/// <summary>The target shape of a Reshape that makes a part.</summary>
internal static class ReshapeTarget
{
    /// <summary>Numbers, 0 and -1; null where they do not suffice.</summary>
    public static long[]? Entries(Node node, Dim[] from, Dim[] whole, Part part)
    {
        long?[] entries = PlainShapes.Entries(from, part.Cut(whole));
        return node.Is("Reshape") && entries.All(e => e is not null) ? [.. entries.Select(e => e!.Value)] : null;
    }

    public static void Set(Node node, long[] entries)
    {
        node.SetInput(1, node.Graph.NewInitializer($"{node.Result.Name}_shape", Tensor.Vector(entries)));
        node.Unset("allowzero");
    }
}
