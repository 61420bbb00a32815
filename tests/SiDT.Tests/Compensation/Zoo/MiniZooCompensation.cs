using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using SiDT.Tests.MiniZoo;

namespace SiDT.Tests.Compensation.Zoo;

/// <summary>Each kind of each mini-zoo graph halved with compensation, once for all tests.</summary>
internal static class MiniZooCompensation
{
    private static readonly ConcurrentDictionary<string, Lazy<CompensatedOutcome[]>> s_runs = [];

    public static CompensatedOutcome[] Of(string graph) => s_runs.GetOrAdd(graph, g => new Lazy<CompensatedOutcome[]>(() => Run(MiniZooGraphs.Named(g)))).Value;

    public static CompensatedOutcome[] All => [.. MiniZooGraphs.All.Where(g => Regex.IsMatch(g.Name, Environment.GetEnvironmentVariable("SIDT_ZOO_ONLY") ?? "")).AsParallel().AsOrdered().SelectMany(g => Of(g.Name))];

    private static CompensatedOutcome[] Run(MiniZooGraph graph)
    {
        var halved = new CompensatedKind(graph.Name, graph.Make);
        return [.. CompensatedKind.Kinds.Select(halved.Halve).OfType<CompensatedOutcome>()];
    }
}
