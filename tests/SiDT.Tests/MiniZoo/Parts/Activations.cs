namespace SiDT.Tests.MiniZoo.Parts;

/// <summary>Point-wise functions in the words of the spelling.</summary>
public static class Activations
{
    public static string Apply(GraphBuilder g, string x) => g.Unchanged(Apply(g, x, g.Spelling.Activation));

    public static string Apply(GraphBuilder g, string x, Activation activation)
    {
        switch (activation)
        {
            case Activation.GeluNode:
                return g.Op("Gelu", x);
            case Activation.GeluMs or Activation.BiasGelu:
                return g.Ms("Gelu", [x]);
            case Activation.GeluTanhNode:
                return g.Op("Gelu", [x], ("approximate", "tanh"));
            case Activation.FastGelu:
                return g.Ms("FastGelu", [x]);
            case Activation.GeluTanh:
                string cube = g.Mul(g.Op("Pow", x, g.Number(3)), g.Number(0.044715));
                string inner = g.Op("Tanh", g.Mul(g.Add(x, cube), g.Number(Math.Sqrt(2 / Math.PI))));
                return g.Mul(g.Mul(x, g.Number(0.5)), g.Add(inner, g.Number(1)));
            case Activation.QuickGelu:
                return g.Mul(x, g.Op("Sigmoid", g.Mul(x, g.Number(1.702))));
            case Activation.QuickGeluMs:
                return g.Ms("QuickGelu", [x], ("alpha", 1.702f));
            case Activation.Relu or Activation.FusedGemmRelu:
                return g.Op("Relu", x);
            case Activation.SquaredRelu:
                string positive = g.Op("Relu", x);
                return g.Mul(positive, positive);
            case Activation.HardSwish:
                return g.Opset >= 14 ? g.Op("HardSwish", x) : g.Div(g.Mul(x, g.Clip(g.Add(x, g.Number(3)), 0, 6)), g.Number(6));
            case Activation.Silu:
                return g.Mul(x, g.Op("Sigmoid", x));
            default:
                string erf = g.Add(g.Op("Erf", g.Div(x, g.Number(Math.Sqrt(2)))), g.Number(1));
                return g.Mul(g.Mul(x, erf), g.Number(0.5));
        }
    }
}
