using System.Diagnostics;
namespace SiDT.Passes.Compensation;
/// <summary>tmp</summary>
public static class Prof
{
    /// <summary>tmp</summary>
    public static double X(string name, double otherwise) { foreach (string part in (Environment.GetEnvironmentVariable("SIDT_X") ?? "").Split(',')) if (part.Split('=') is [var n, var v] && n == name) return double.Parse(v, System.Globalization.CultureInfo.InvariantCulture); return otherwise; }
    private static readonly Dictionary<string, (double S, int N)> s_t = [];
    /// <summary>tmp</summary>
    public static T Time<T>(string n, Func<T> f) { long t = Stopwatch.GetTimestamp(); try { return f(); } finally { Add(n, t); } }
    /// <summary>tmp</summary>
    public static void Time(string n, Action f) { long t = Stopwatch.GetTimestamp(); try { f(); } finally { Add(n, t); } }
    /// <summary>tmp</summary>
    public static void Add(string n, long t) { var e = s_t.GetValueOrDefault(n); s_t[n] = (e.S + Stopwatch.GetElapsedTime(t).TotalSeconds, e.N + 1); }
    /// <summary>tmp</summary>
    public static void Print(string title) { foreach (var e in s_t.OrderByDescending(e => e.Value.S)) Console.Error.WriteLine($"PROF {title} {e.Key,-40} {e.Value.S,8:F2} s {e.Value.N}"); s_t.Clear(); }
}
