namespace SiDT.Tests.MiniZoo.Parts;

/// <summary>Norms over the last axis, in the words of the spelling.</summary>
public static class Norms
{
    private const float Epsilon = 1e-5f;

    public static string Apply(GraphBuilder g, string x, string name, int width) =>
        g.Module(IsRms(g) ? "RMSNorm" : "LayerNorm", x, v => Write(g, v, name, width));

    /// <summary>The norm of x plus a branch, and their sum; one node where the spelling has one.</summary>
    public static (string Sum, string Normed) AfterAdd(GraphBuilder g, string x, string branch, string name, int width)
    {
        switch (g.Spelling.Norm)
        {
            case Norm.LayerSkip:
                string[] skipped = Skip(g, "SkipLayerNormalization", "com.microsoft",
                    [x, branch, g.Gain(name + ".weight", width), g.Bias(name + ".bias", width)]);
                return (skipped[1], skipped[0]);
            case Norm.RmsSkip:
                string[] simplified = Skip(g, "SkipSimplifiedLayerNormalization", "com.microsoft", [x, branch, g.Gain(name + ".weight", width)]);
                return (simplified[1], simplified[0]);
            default:
                string sum = g.Add(x, branch);
                return (sum, Apply(g, sum, name, width));
        }
    }

    private static string[] Skip(GraphBuilder g, string type, string domain, string[] inputs)
    {
        string normed = g.Fresh(type), sum = g.Fresh(type);
        g.Emit(type, domain, inputs, [normed, "", "", sum], ("epsilon", Epsilon));
        return [normed, sum];
    }

    private static bool IsRms(GraphBuilder g) => g.Spelling.Norm >= Norm.Rms;

    private static string Write(GraphBuilder g, string x, string name, int width)
    {
        string gain = g.Gain(name + ".weight", width);
        string? shift = IsRms(g) ? null : g.Bias(name + ".bias", width);
        switch (g.Spelling.Norm)
        {
            case Norm.Layer or Norm.LayerSkip when g.Opset >= 17:
                return g.Op("LayerNormalization", [x, gain, shift], ("axis", -1), ("epsilon", Epsilon));
            case Norm.LayerOfSquares:
                string average = g.ReduceMean(x, true, -1);
                string square = g.ReduceMean(g.Mul(x, x), true, -1);
                string spread = g.Op("Relu", g.Sub(square, g.Mul(average, average)));
                string factor = g.Mul(g.Op("Reciprocal", g.Op("Sqrt", g.Add(spread, g.Number(Epsilon)))), gain);
                return g.Add(g.Mul(g.Sub(x, average), factor), shift!);
            case Norm.LayerTensorFlow:
                string mean = g.ReduceMean(x, true, -1);
                string difference = g.Sub(x, mean);
                string variance = g.ReduceMean(g.Mul(difference, difference), true, -1);
                string inverse = g.Mul(g.Op("Reciprocal", g.Op("Sqrt", g.Add(variance, g.Number(Epsilon)))), gain);
                return g.Add(g.Mul(x, inverse), g.Sub(shift!, g.Mul(mean, inverse)));
            case Norm.Rms when g.Opset >= 23:
                return g.Op("RMSNormalization", [x, gain], ("axis", -1), ("epsilon", Epsilon));
            case Norm.RmsSimplified or Norm.RmsSkip:
                return g.Op("SimplifiedLayerNormalization", [x, gain], ("axis", -1), ("epsilon", Epsilon), ("stash_type", 1));
            case Norm.RmsL2:
                string length = g.Op("Max", g.ReduceL2(x, true, -1), g.Number(1e-12));
                return g.Mul(g.Mul(g.Div(x, length), g.Number(Math.Sqrt(width))), gain);
            case Norm.Rms or Norm.RmsDecomposed:
                string power = g.ReduceMean(g.Op("Pow", x, g.Number(2)), true, -1);
                string root = g.Op("Sqrt", g.Add(power, g.Number(Epsilon)));
                return g.Mul(g.Mul(x, g.Div(g.Number(1), root)), gain);
            default:
                string centred = g.Sub(x, g.ReduceMean(x, true, -1));
                string deviation = g.Op("Sqrt", g.Add(g.ReduceMean(g.Op("Pow", centred, g.Number(2)), true, -1), g.Number(Epsilon)));
                return g.Add(g.Mul(g.Div(centred, deviation), gain), shift!);
        }
    }
}
