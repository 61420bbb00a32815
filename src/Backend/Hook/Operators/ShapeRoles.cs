using SiDT.Passes.Shapes;

namespace SiDT.Backend.Hook.Operators;

/// <summary>What lengths are called in code.</summary>
internal static class ShapeRoles
{
    /// <summary>The role of one axis of the result of a Reshape.</summary>
    public static string Of(Dim[] source, Dim[] target, int axis)
    {
        // the last axis became two, or three with the stacked one: heads and their width
        if (target.Length > source.Length && target.Length >= 4 && source[^1].Equals(target[^1] * target[^2] * (target.Length - source.Length == 2 ? target[^3] : Dim.One)))
            return axis == target.Length - 1 ? "headWidth" : axis == target.Length - 2 ? "heads" : "size";
        return axis == target.Length - 1 ? "dim" : "size";
    }
}
