using SiDT.Backend.Hook.Expressions;
using SiDT.Frontend;

namespace SiDT.Backend.Hook.Operators;

/// <summary>Element by element.</summary>
internal static class PointwiseExpressions
{
    public static void Register(Dictionary<string, Func<OperatorView, Step>> table)
    {
        foreach ((string op, string method) in new[]
        {
            ("Relu", "relu"), ("Sigmoid", "sigmoid"), ("Tanh", "tanh"), ("Erf", "erf"), ("Exp", "exp"), ("Log", "log"), ("Sqrt", "sqrt"),
            ("Abs", "abs"), ("Floor", "floor"), ("Ceil", "ceil"), ("Sin", "sin"), ("Cos", "cos"), ("Reciprocal", "reciprocal"), ("Not", "logical_not"),
        })
        {
            table[op] = v => v.Make($"{v.X}.{method}()");
        }
        foreach ((string op, string function) in new[] { ("HardSwish", "hardswish"), ("Softplus", "softplus"), ("Mish", "mish") })
            table[op] = v => v.Make($"functional.{function}({v.X:,})");
        table["Neg"] = v => v.Make($"-{v.X}", Level.Unary);
        table["Identity"] = v => v.Make($"{v.X}", Level.Primary);
        table["Dropout"] = table["Identity"];
        table["HardSigmoid"] = HardSigmoid;
        table["LeakyRelu"] = v => v.Make($"functional.leaky_relu({v.X:,}, {(double)v.Node.Float("alpha", 0.01f)})");
        table["Elu"] = v => v.Make($"functional.elu({v.X:,}, {(double)v.Node.Float("alpha", 1)})");
        table["Clip"] = Clip;
        table["Cast"] = Cast;
        table["Add"] = v => Commutative(v, "+", Level.Sum);
        table["Mul"] = v => Commutative(v, "*", Level.Product);
        table["Sub"] = Subtract;
        table["Div"] = Divide;
        table["Pow"] = Power;
        table["Sum"] = v => v.Make(Sum(v), Level.Sum);
        table["Min"] = v => v.Make($"minimum({v.X:,}, {v.In(1):,})");
        table["Max"] = v => v.Make($"maximum({v.X:,}, {v.In(1):,})");
        table["Where"] = v => v.Make($"where({v.X:,}, {v.In(1):,}, {v.In(2):,})");
        table["And"] = v => v.Make($"{v.X}.logical_and({v.In(1):,})");
        table["Or"] = v => v.Make($"{v.X}.logical_or({v.In(1):,})");
        foreach ((string op, string method) in new[] { ("Equal", "eq"), ("Greater", "gt"), ("GreaterOrEqual", "ge"), ("Less", "lt"), ("LessOrEqual", "le") })
            table[op] = v => v.Scalar(1) is { } number ? v.Make($"{v.X}.{method}({Number(v, number)})") : v.Make($"{v.X}.{method}({v.In(1):,})");
    }

    private static Step Commutative(OperatorView v, string op, Level level)
    {
        (int left, int right) = (0, 1);
        // the activation first, its bias or factor after it
        if (v.Translation.IsConstant(v.In(0)) && !v.Translation.IsConstant(v.In(1)))
            (left, right) = (1, 0);
        string format = level == Level.Sum ? "+" : "*";
        if (Stands(v, right) is { } number)
        {
            if (number < 0 && level == Level.Sum)
                return v.Make(Of(v.In(left), format, $" - {Number(v, -number)}"), level);
            return v.Make(Of(v.In(left), format, $" {op} {Number(v, number)}"), level);
        }
        return level == Level.Sum ? v.Make($"{v.In(left):+} + {v.In(right):*}", level) : v.Make($"{v.In(left):*} * {v.In(right):-}", level);
    }

    private static Step Subtract(OperatorView v)
    {
        if (Stands(v, 1) is { } taken)
            return v.Make($"{v.X:+} - {Number(v, taken)}", Level.Sum);
        return Stands(v, 0) is { } from ? v.Make($"{Number(v, from)} - {v.In(1):*}", Level.Sum) : v.Make($"{v.X:+} - {v.In(1):*}", Level.Sum);
    }

    private static Step Divide(OperatorView v)
    {
        if (!v.Type(v.X).IsFloating())
            throw v.Fault("a quotient of integers that is not known before it runs is not supported");
        if (Stands(v, 1) is { } by)
            return v.Make($"{v.X:*} / {Number(v, by)}", Level.Product);
        if (Stands(v, 0) is { } of)
            return of == 1 ? v.Make($"{v.In(1)}.reciprocal()") : v.Make($"{Number(v, of)} * {v.In(1)}.reciprocal()", Level.Product);
        return v.Make($"{v.X:*} / {v.In(1):-}", Level.Product);
    }

    private static Step Power(OperatorView v)
    {
        if (Stands(v, 1) is not { } exponent)
            return v.Make($"{v.X}.pow({v.In(1):,})");
        return exponent == 0.5 ? v.Make($"{v.X}.sqrt()") : exponent == -0.5 ? v.Make($"{v.X}.rsqrt()") : v.Make($"{v.X}.pow({Number(v, exponent)})");
    }

    private static Step HardSigmoid(OperatorView v)
    {
        float alpha = v.Node.Float("alpha", 0.2f), beta = v.Node.Float("beta", 0.5f);
        return Math.Abs(alpha - (1f / 6)) < 1e-6 && beta == 0.5f
            ? v.Make($"functional.hardsigmoid({v.X:,})")
            : v.Make($"({v.X:*} * {(double)alpha} + {(double)beta}).clamp(0, 1)");
    }

    private static Step Clip(OperatorView v)
    {
        double? low = v.Node.Has("min") ? v.Node.Float("min", 0) : v.Scalar(1), high = v.Node.Has("max") ? v.Node.Float("max", 0) : v.Scalar(2);
        if ((v.Has(1) && low is null) || (v.Has(2) && high is null))
            throw v.Fault("its bounds are computed");
        string Bound(double? bound) => bound is { } number && Math.Abs(number) < 1e38 ? Number(v, number) : "null";
        return v.Make($"{v.X}.clamp({Bound(low)}, {Bound(high)})");
    }

    private static Step Cast(OperatorView v)
    {
        ElementType from = v.Type(v.X), to = (ElementType)v.Node.Int("to", 1);
        bool same = from.IsFloating() == to.IsFloating() && (from == ElementType.Bool) == (to == ElementType.Bool);
        return same ? v.Make($"{v.X}") : v.Make($"{v.X}.to_type({Translation.TypeText(to)})");
    }

    private static Code Sum(OperatorView v)
    {
        Code code = Code.Of($"{v.X:+}");
        for (int i = 1; i < v.Node.Inputs.Count; i++)
            code = Code.Of($"{code} + {v.In(i):*}");
        return code;
    }

    private static Code Of(Value value, string format, string rest) => format == "+" ? Code.Of($"{value:+}{rest}") : Code.Of($"{value:*}{rest}");

    // the operand as a literal, where that leaves the shape of the result alone
    private static double? Stands(OperatorView v, int index)
    {
        if (v.Scalar(index) is not { } number)
            return null;
        Value other = v.In(1 - index);
        return v.Scalar(1 - index) is null && v.Rank(v.In(index)) <= v.Rank(other) ? number : null;
    }

    private static string Number(OperatorView v, double number) =>
        v.Type(v.X).IsFloating() || v.Type(v.X) == ElementType.Bool ? NumberText.Of(number) : ((long)number).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
