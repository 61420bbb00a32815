using SiDT.Backend.Timing;
using SiDT.Runtime;
using Spectre.Console;

namespace SiDT.Cli.Printing;

/// <summary>Latencies of models, a row each.</summary>
internal static class LatencyTable
{
    public static void Write(IReadOnlyList<Latency> latencies, IReadOnlyList<ModelMemory> memory, IAnsiConsole console)
    {
        Table table = PlainTable.Of("model", "median", "95 of 100", "fastest", "memory", "ratio", "95 % interval");
        foreach (Latency latency in latencies)
        {
            bool first = latency == latencies[0];
            table.Row(
                latency.Name, Figures.Milliseconds(latency.Median), Figures.Milliseconds(latency.P95), Figures.Milliseconds(latency.Least), memory.FirstOrDefault(m => m.Name == latency.Name) is { } own ? Figures.Bytes(own.Bytes) : "",
                first ? "" : $"{latency.Ratio.Value:0.000}", first ? "" : $"{latency.Ratio.Low:0.000} to {latency.Ratio.High:0.000}");
        }
        console.Write(table);
        console.WriteLine($"{latencies[0].Runs} runs of each, in turns{(memory.Count > 0 ? "; memory at its highest while a model alone is loaded and run" : "")}.");
    }
}
