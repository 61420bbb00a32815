using SiDT.Backend.Hook.Expressions;
using SiDT.Frontend;

namespace SiDT.Backend.Hook.Recognition;

/// <summary>
/// Element-wise functions of one value, whatever operators spell them: the function is computed at some points and compared with
/// the known ones.
/// </summary>
internal static class ActivationRecogniser
{
    private static readonly (string Name, Func<double, double> Function)[] s_known =
    [
        ("gelu", x => 0.5 * x * (1 + Erf(x / Math.Sqrt(2)))),
        ("silu", x => x / (1 + Math.Exp(-x))),
        ("hardswish", x => x * Math.Clamp((x / 6) + 0.5, 0, 1)),
    ];

    private static readonly double[] s_points = [-7.3, -3.1, -2.2, -1.1, -0.6, -0.05, 0.3, 0.9, 1.7, 2.9, 3.4, 6.1];

    public static Step? Find(Value value, Translation t)
    {
        if (value.Producer is not { } last || !(last.Is("Mul") || last.Is("Div")))
            return null;
        // the frontier moves back until one value is left from which everything follows
        var inside = new HashSet<Value>(ReferenceEqualityComparer.Instance) { };
        var frontier = new HashSet<Value>(ReferenceEqualityComparer.Instance) { value };
        for (int i = 0; i < 12; i++)
        {
            Value latest = frontier.MaxBy(v => v.Producer is null ? -1 : t.Order(v.Producer))!;
            if (latest.Producer is not { } node || !IsPointwise(node, t))
                return null;
            frontier.Remove(latest);
            inside.Add(latest);
            foreach (Value? input in node.Inputs)
            {
                if (input is not null && t.Scalar(input) is null)
                    frontier.Add(input);
            }
            if (frontier.Count == 1 && inside.Count > 1 && Match(value, frontier.Single(), t) is { } name)
            {
                Value x = frontier.Single();
                return new Step(last, name == "silu" ? Code.Of($"{x}.silu()") : Code.Of($"functional.{name}({x:,})"), Level.Primary, value);
            }
        }
        return null;
    }

    private static bool IsPointwise(Node node, Translation t) =>
        node.Domain.Length == 0 && node.OpType is "Add" or "Sub" or "Mul" or "Div" or "Pow" or "Erf" or "Tanh" or "Sigmoid" or "Exp" or "Neg" or "Clip" or "HardSigmoid" or "Reciprocal" or "Identity"
        && node.Inputs.Count(i => i is not null && t.IsConstant(i) && t.Scalar(i) is null) == 0;

    private static string? Match(Value value, Value x, Translation t)
    {
        foreach ((string name, Func<double, double> function) in s_known)
        {
            if (s_points.All(p => Math.Abs(Compute(value, x, p, t) - function(p)) < 2e-6 * (1 + Math.Abs(p))))
                return name;
        }
        return null;
    }

    private static double Compute(Value value, Value x, double at, Translation t)
    {
        if (value == x)
            return at;
        if (t.Scalar(value) is { } number)
            return number;
        Node node = value.Producer!;
        double In(int i) => node.Input(i) is { } input ? Compute(input, x, at, t) : double.NaN;
        return node.OpType switch
        {
            "Add" => In(0) + In(1),
            "Sub" => In(0) - In(1),
            "Mul" => In(0) * In(1),
            "Div" => In(0) / In(1),
            "Pow" => Math.Pow(In(0), In(1)),
            "Erf" => Erf(In(0)),
            "Tanh" => Math.Tanh(In(0)),
            "Sigmoid" => 1 / (1 + Math.Exp(-In(0))),
            "Exp" => Math.Exp(In(0)),
            "Neg" => -In(0),
            "Identity" => In(0),
            "Reciprocal" => 1 / In(0),
            "HardSigmoid" => Math.Clamp((node.Float("alpha", 0.2f) * In(0)) + node.Float("beta", 0.5f), 0, 1),
            "Clip" => Math.Min(Math.Max(In(0), Bound(node, "min", In(1), double.MinValue)), Bound(node, "max", In(2), double.MaxValue)),
            _ => double.NaN,
        };
    }

    private static double Bound(Node node, string attribute, double given, double none) => node.Has(attribute) ? node.Float(attribute, 0) : double.IsNaN(given) ? none : given;

    // Abramowitz and Stegun 7.1.5: the series converges for every argument used here
    private static double Erf(double x)
    {
        if (Math.Abs(x) > 5.5)
            return Math.Sign(x);
        double term = x, sum = x;
        for (int n = 1; n < 120; n++)
        {
            term *= -x * x / n;
            sum += term / ((2 * n) + 1);
        }
        return 2 / Math.Sqrt(Math.PI) * sum;
    }
}
