using System.Collections.Concurrent;
using SiDT.Backend.Compilation;
using SiDT.Frontend.Writing;
using SiDT.Tests.MiniZoo;

namespace SiDT.Tests.Proof;

/// <summary>Each kind of each mini-zoo graph halved, once for all tests.</summary>
internal static class MiniZooRuns
{
    private static readonly ConcurrentDictionary<string, Lazy<Outcome[]>> s_runs = [];

    public static Outcome[] Of(string graph) => s_runs.GetOrAdd(graph, g => new Lazy<Outcome[]>(() => Run(MiniZooGraphs.Named(g)))).Value;

    private static Outcome[] Run(MiniZooGraph graph)
    {
        GraphBuilder builder = graph.Write();
        var result = new Outcome[HalvedKind.Kinds.Length];
        Parallel.For(0, result.Length, i => result[i] = HalvedKind.Of(graph.Name, graph.Make(), HalvedKind.Kinds[i], small => FromZeroed(builder, small)));
        return result;
    }

    private static double? FromZeroed(GraphBuilder original, CompileResult result)
    {
        if (ZeroedOriginal.Make(original.ToProto(), result.Decision.Plan.Dimensions) is not { } zeroed)
            return null;
        Dictionary<string, double[]> expected = RunMiniZoo.Run(zeroed, original.Inputs), found = RunMiniZoo.Run(ModelWriter.ToBytes(result.Small), original.Inputs);
        return expected.Max(o => RunMiniZoo.Distance(o.Value, found[o.Key]));
    }
}
