using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>What a graph does to its pixels before it begins.</summary>
internal static class OwnNormalization
{
    /// <summary>Numbers that a graph divides by at least this much have been pixels from 0 to 255.</summary>
    private const double Bytes = 4;

    /// <summary>
    /// Whether <paramref name="input"/> is first of all shifted or scaled by constants, and then, what pixels it expects: 0 to 255 or
    /// 0 to 1. Null if nothing of that kind stands in front of the first operator that has weights.
    /// </summary>
    public static Preprocessing? Of(Graph graph, string input)
    {
        double scale = 1;
        bool found = false;
        Value? value = graph.Inputs.FirstOrDefault(i => i.Name == input);
        while (value is not null && value.Uses.Count == 1)
        {
            Node node = value.Uses[0].Node;
            switch (node.OpType)
            {
                case "Cast" or "Identity" or "Transpose":
                    break;
                case "Sub" or "Add" when Other(node, value) is not null:
                    found = true;
                    break;
                case "Mul" when Other(node, value) is { } factor:
                    scale *= factor;
                    found = true;
                    break;
                case "Div" when node.Inputs[0] == value && Other(node, value) is { } divisor and not 0:
                    scale /= divisor;
                    found = true;
                    break;
                default:
                    value = null;
                    continue;
            }
            value = node.Outputs[0];
        }
        if (!found)
            return null;
        return scale > 0 && 1 / scale >= Bytes
            ? Preprocessing.None with { Scale = 1, Origin = "the graph's own normalisation of pixels from 0 to 255" }
            : Preprocessing.None with { Origin = "the graph's own normalisation of pixels from 0 to 1" };
    }

    /// <summary>The mean size of the constant that meets <paramref name="value"/>; null if none does, or one that is no number for each channel.</summary>
    private static double? Other(Node node, Value value)
    {
        Value? other = node.Inputs.FirstOrDefault(i => i != value);
        return other?.Constant is { Count: >= 1 and <= 4 } constant && constant.Type.IsFloating() ? constant.ToFloats().Average(x => Math.Abs(x)) : null;
    }
}
