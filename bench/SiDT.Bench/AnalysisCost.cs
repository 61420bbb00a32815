using System.Diagnostics;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Passes.Analysis;
using SiDT.Passes.Normalization;

namespace SiDT.Bench;

/// <summary>What the analysis alone takes once its code is warm.</summary>
public static class AnalysisCost
{
    private const int WarmUp = 30, Runs = 21;

    public static void Print(string file)
    {
        Model model = new Normalizer().Run(ModelReader.Read(file));
        for (int i = 0; i < WarmUp; i++)
            Analyse(model);
        double[] times = [.. Enumerable.Range(0, Runs).Select(_ => Analyse(model)).Order()];
        Console.WriteLine(FormattableString.Invariant($"analysis of {Path.GetFileName(file)}: {times[Runs / 2]:0.0} ms (median of {Runs}), {times[0]:0.0} ms at least"));
    }

    private static double Analyse(Model model)
    {
        long start = Stopwatch.GetTimestamp();
        new DimensionFinder().Run(model.Graph);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
