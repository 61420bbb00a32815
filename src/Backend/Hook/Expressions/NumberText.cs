using System.Globalization;

namespace SiDT.Backend.Hook.Expressions;

/// <summary>Numbers as C# literals.</summary>
internal static class NumberText
{
    /// <summary>The shortest literal that is the same 32-bit float, as a double.</summary>
    public static string Of(double number)
    {
        if (double.IsNaN(number))
            return "double.NaN";
        if (double.IsInfinity(number))
            return number > 0 ? "double.PositiveInfinity" : "double.NegativeInfinity";
        float single = (float)number;
        string text = float.IsInfinity(single) || Math.Abs(number - single) > 1e-7 * Math.Abs(number)
            ? number.ToString("R", CultureInfo.InvariantCulture)
            : single.ToString("R", CultureInfo.InvariantCulture);
        text = text.Replace("E", "e", StringComparison.Ordinal);
        // an integer literal would make an integer of a quotient, and does not fit where it is large
        return text.Contains('.') || text.Contains('e') ? text : Math.Abs(number) < 1e9 ? text : text + ".0";
    }
}
