namespace SiDT.Cli.Printing;

/// <summary>Numbers as people read them.</summary>
internal static class Figures
{
    /// <summary><c>684 k</c>, <c>5.72 M</c>.</summary>
    public static string Count(double number) => number switch
    {
        < 1e4 => $"{number:0}",
        < 1e6 => $"{Three(number / 1e3)} k",
        < 1e9 => $"{Three(number / 1e6)} M",
        < 1e12 => $"{Three(number / 1e9)} G",
        _ => $"{Three(number / 1e12)} T",
    };

    /// <summary><c>2.78 MB</c>.</summary>
    public static string Bytes(long number) => number switch
    {
        < 1000 => $"{number} B",
        < 1_000_000 => $"{Three(number / 1e3)} kB",
        < 1_000_000_000 => $"{Three(number / 1e6)} MB",
        _ => $"{Three(number / 1e9)} GB",
    };

    public static string Percent(double share) => $"{100 * share:0.0} %";

    /// <summary><c>60.1 %</c>; nothing where there is nothing to compare with.</summary>
    public static string Share(double after, double before) => before > 0 ? Percent(after / before) : "";

    public static string Milliseconds(double number) => $"{Three(number)} ms";

    /// <summary>Three significant digits.</summary>
    public static string Three(double number) => number switch
    {
        < 10 => $"{number:0.00}",
        < 100 => $"{number:0.0}",
        _ => $"{number:0}",
    };
}
