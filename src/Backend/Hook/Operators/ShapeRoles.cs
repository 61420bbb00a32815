using SiDT.Passes.Shapes;

namespace SiDT.Backend.Hook.Operators;

/// <summary>What lengths are called in code.</summary>
internal static class ShapeRoles
{
    /// <summary>The role of one axis of the result of a Reshape.</summary>
    public static string Of(Dim[] source, Dim[] target, int axis)
    {
        // the last axis became two, or three with the stacked one: heads and their width
        if (target.Length >= 4 && Split(source, target) is { Count: 2 or 3 } parts)
            return axis == parts[0] ? "headWidth" : axis == parts[1] ? "heads" : "size";
        return axis == target.Length - 1 ? "dim" : "size";
    }

    // the axes, last first, whose product is the last axis of what they come from; those of length one do not count
    private static List<int>? Split(Dim[] source, Dim[] target)
    {
        if (source.Length == 0 || source[^1].Is(1))
            return null;
        var parts = new List<int>();
        Dim product = Dim.One;
        for (int i = target.Length - 1; i > 0 && !product.Equals(source[^1]); i--)
        {
            product *= target[i];
            if (!target[i].Is(1))
                parts.Add(i);
        }
        return product.Equals(source[^1]) ? parts : null;
    }
}
