using SiDT.Frontend;

namespace SiDT.Passes.Exact.Dead;

/// <summary>Functions of single numbers, for what a constant becomes behind them.</summary>
internal static class PointFunctions
{
    /// <summary>The value of a unary operator at <paramref name="x"/>; null where it is not known here.</summary>
    public static double? Unary(Node node, double x) => node.OpType switch
    {
        "Identity" or "Dropout" or "Cast" => x,
        "Relu" => Math.Max(x, 0),
        "LeakyRelu" => x >= 0 ? x : x * node.Float("alpha", 0.01f),
        "Elu" => x >= 0 ? x : node.Float("alpha", 1) * (Math.Exp(x) - 1),
        "Gelu" when node.Text("approximate", "none") == "tanh" => Fast(x),
        "Gelu" => Gelu(x),
        "QuickGelu" => x * Sigmoid(node.Float("alpha", 1.702f) * x),
        "FastGelu" => Fast(x),
        "Swish" => x * Sigmoid(node.Float("alpha", 1) * x),
        "Sigmoid" => Sigmoid(x),
        "HardSigmoid" => Math.Clamp((node.Float("alpha", 0.2f) * x) + node.Float("beta", 0.5f), 0, 1),
        "HardSwish" => x * Math.Clamp((x / 6) + 0.5, 0, 1),
        "Tanh" => Math.Tanh(x),
        "Mish" => x * Math.Tanh(Math.Log(1 + Math.Exp(x))),
        "Softplus" => Math.Log(1 + Math.Exp(x)),
        "Erf" => Erf(x),
        "Sqrt" => Math.Sqrt(x),
        "Exp" => Math.Exp(x),
        "Neg" => -x,
        "Abs" => Math.Abs(x),
        "Sin" => Math.Sin(x),
        "Sign" => Math.Sign(x),
        _ => null,
    };

    /// <summary>The value of a binary operator; either operand may be unknown.</summary>
    public static double? Binary(string op, double? a, double? b) => op switch
    {
        "Mul" when a == 0 || b == 0 => 0,
        "Div" when a == 0 && b != 0 => 0,
        "Add" => a + b,
        "Sub" => a - b,
        "Mul" => a * b,
        "Div" => b == 0 ? null : a / b,
        "Pow" => a is { } x && b is { } y ? Math.Pow(x, y) : null,
        "Max" => a is { } x && b is { } y ? Math.Max(x, y) : null,
        "Min" => a is { } x && b is { } y ? Math.Min(x, y) : null,
        _ => null,
    };

    public static double Gelu(double x) => 0.5 * x * (1 + Erf(x / Math.Sqrt(2)));

    public static double Fast(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    // the series converges everywhere; beyond 6 nothing is left of the complement in double precision
    private static double Erf(double x)
    {
        if (Math.Abs(x) > 6)
            return Math.Sign(x);
        double term = x, sum = x;
        for (int n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum) && n < 300; n++)
        {
            term *= -x * x / n;
            sum += term / ((2 * n) + 1);
        }
        return sum * 2 / Math.Sqrt(Math.PI);
    }
}
