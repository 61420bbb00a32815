using System.Globalization;
using SiDT.Cli.Entry;
using SiDT.Passes.Planning;

namespace SiDT.Cli.Options;

/// <summary>Numbers with a unit: <c>0.6</c> and <c>60%</c> are shares, <c>3M</c>, <c>1.2G</c> and <c>12MB</c> are amounts.</summary>
internal static class Amount
{
    private static readonly Dictionary<string, double> s_units = new(StringComparer.OrdinalIgnoreCase)
    {
        ["k"] = 1e3,
        ["M"] = 1e6,
        ["G"] = 1e9,
        ["T"] = 1e12,
    };

    private static readonly Dictionary<string, double> s_byteUnits = new(StringComparer.OrdinalIgnoreCase)
    {
        ["B"] = 1,
        ["kB"] = 1e3,
        ["MB"] = 1e6,
        ["GB"] = 1e9,
        ["KiB"] = 1 << 10,
        ["MiB"] = 1 << 20,
        ["GiB"] = 1 << 30,
    };

    private static readonly Dictionary<string, double> s_timeUnits = new(StringComparer.Ordinal)
    {
        ["us"] = 1e3,
        ["ms"] = 1e6,
        ["s"] = 1e9,
    };

    /// <summary>What an option such as <c>--params 0.6</c> asks for.</summary>
    /// <exception cref="UsageError">It is no share and no amount.</exception>
    public static Budget Read(string option, string text, BudgetQuantity quantity)
    {
        string digits = new([.. text.TakeWhile(c => char.IsAsciiDigit(c) || c is '.')]);
        string unit = text[digits.Length..].Trim();
        if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
            throw Fault(option, text, quantity);
        if (unit == "%")
            return Share(option, text, number / 100, quantity);
        if (unit.Length == 0)
            return number <= 1 || quantity == BudgetQuantity.Latency ? Share(option, text, number, quantity) : new Budget(quantity, Whole(option, text, number, quantity), IsRatio: false);
        Dictionary<string, double> units = quantity switch { BudgetQuantity.Bytes => s_byteUnits, BudgetQuantity.Latency => s_timeUnits, _ => s_units };
        if (!units.TryGetValue(unit, out double factor) || number <= 0)
            throw Fault(option, text, quantity);
        return new Budget(quantity, number * factor, IsRatio: false);
    }

    /// <summary>A share in (0, 1].</summary>
    public static double Share(string what, string text)
    {
        string number = text.EndsWith('%') ? text[..^1] : text;
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double share))
            throw new UsageError($"'{what}' needs a share between 0 and 1, not '{text}'");
        share /= text.EndsWith('%') ? 100 : 1;
        return share is > 0 and <= 1 ? share : throw new UsageError($"'{what}' needs a share above 0 and at most 1, not '{text}'");
    }

    private static Budget Share(string option, string text, double share, BudgetQuantity quantity) =>
        share is > 0 and <= 1 ? new Budget(quantity, share, IsRatio: true) : throw Fault(option, text, quantity);

    private static double Whole(string option, string text, double number, BudgetQuantity quantity) =>
        number == Math.Floor(number) ? number : throw Fault(option, text, quantity);

    private static UsageError Fault(string option, string text, BudgetQuantity quantity) =>
        new($"'{option} {text}' is neither a share (0.6, 60%) nor an amount ({quantity switch { BudgetQuantity.Bytes => "12MB", BudgetQuantity.Latency => "20ms", _ => "3M, 1.2G" }})");
}
