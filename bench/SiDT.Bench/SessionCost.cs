using System.Diagnostics;
using SiDT.Runtime;

namespace SiDT.Bench;

/// <summary>What ONNX Runtime takes to load a file, as a measure for what compiling it may take.</summary>
public static class SessionCost
{
    public static void Print(string file)
    {
        long start = Stopwatch.GetTimestamp();
        using (Session.Open(file))
            Console.WriteLine(FormattableString.Invariant($"session creation: {Stopwatch.GetElapsedTime(start).TotalSeconds:0.00} s"));
    }
}
