using System.Globalization;

namespace SiDT.Backend.Diff;

/// <summary>A bound on what a second model may cost, as a share of the first: <c>macs>0.7</c> is missed where more is left.</summary>
/// <param name="Quantity">One of <see cref="Quantities"/>.</param>
/// <param name="Above">Whether more than the bound is too much, or less.</param>
/// <param name="Inclusive">Whether the bound itself is.</param>
/// <param name="Bound">A share of the first model's.</param>
public sealed record DiffThreshold(string Quantity, bool Above, bool Inclusive, double Bound)
{
    public const string Latency = "latency";

    /// <summary>What can be bounded.</summary>
    public static IReadOnlyList<string> Quantities { get; } = ["params", "macs", "bytes", "file", "nodes", Latency];

    /// <summary>Reads one condition; null where the text is none.</summary>
    public static DiffThreshold? Read(string text)
    {
        int at = text.AsSpan().IndexOfAny('<', '>');
        if (at <= 0)
            return null;
        bool inclusive = at + 1 < text.Length && text[at + 1] == '=';
        string quantity = text[..at].Trim(), number = text[(at + (inclusive ? 2 : 1))..].Trim();
        bool percent = number.EndsWith('%');
        return Quantities.Contains(quantity) && double.TryParse(number.TrimEnd('%').Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double bound)
            ? new DiffThreshold(quantity, text[at] == '>', inclusive, percent ? bound / 100 : bound)
            : null;
    }

    /// <summary>What is left of the quantity; null where the diff does not say.</summary>
    public double? Left(ModelDiff diff) => Quantity switch
    {
        "params" => Ratio(diff.Cost.Total.Parameters),
        "macs" => diff.Cost.WorkIsKnown ? Ratio(diff.Cost.Total.Macs) : null,
        "bytes" => Ratio(diff.Cost.Total.Bytes),
        "file" => Ratio([diff.A.Bytes, diff.B.Bytes]),
        "nodes" => Ratio([diff.Nodes.Matched + diff.Nodes.Removed.Count, diff.Nodes.Matched + diff.Nodes.Added.Count]),
        _ => diff.Latency?[1].Ratio.Value,
    };

    /// <summary>A sentence where the condition holds, which it should not; else null.</summary>
    public string? Missed(ModelDiff diff)
    {
        if (Left(diff) is not { } left || !(Above ? left > Bound || (Inclusive && left == Bound) : left < Bound || (Inclusive && left == Bound)))
            return null;
        return FormattableString.Invariant($"{100 * left:0.0} % of the {Word(Quantity)} is left, and '--fail-on {this}' forbids that");
    }

    public override string ToString() => FormattableString.Invariant($"{Quantity}{(Above ? '>' : '<')}{(Inclusive ? "=" : "")}{Bound}");

    private static string Word(string quantity) => quantity switch
    {
        "params" => "parameters",
        "macs" => "multiply-accumulates",
        "bytes" => "bytes of weights",
        _ => quantity,
    };

    private static double? Ratio(long[] beforeAfter) => beforeAfter[0] > 0 ? (double)beforeAfter[1] / beforeAfter[0] : null;
}
