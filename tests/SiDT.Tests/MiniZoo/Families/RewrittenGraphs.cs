using Microsoft.ML.OnnxRuntime;

namespace SiDT.Tests.MiniZoo.Families;

/// <summary>Graphs of the other families after the runtime's optimizer or an exporter that notes every shape has been over them.</summary>
internal static class RewrittenGraphs
{
    private static readonly string[] Optimized =
    [
        "packed-gather", "separate", "grouped-expand", "glu-split", "relative-bias-gather", "windows", "segmentation",
        "batch-norm-attention", "inverted-residuals", "two-towers", "queries-on-encoder", "modulated-split", "branches", "functions",
    ];

    private static readonly string[] Noted = ["packed-gather", "opset-22", "windows", "bottleneck-then-transformer", "two-towers", "modulated-stacked"];

    public static IEnumerable<MiniZooGraph> From(IReadOnlyList<MiniZooGraph> all) =>
    [
        .. Optimized.Select(name => Named(all, name).After($"{name}-optimized",
            (proto, _) => Rewritten.ByTheRuntime(proto, GraphOptimizationLevel.ORT_ENABLE_EXTENDED))),
        Named(all, "packed-gather").After("packed-gather-optimized-basic", (proto, _) => Rewritten.ByTheRuntime(proto, GraphOptimizationLevel.ORT_ENABLE_BASIC)),
        .. Noted.Select(name => Named(all, name).After($"{name}-with-shapes", Rewritten.WithShapes)),
    ];

    private static MiniZooGraph Named(IReadOnlyList<MiniZooGraph> all, string name) => all.Single(g => g.Name == name);
}
