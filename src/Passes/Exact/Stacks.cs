using SiDT.Passes.Analysis;
using SiDT.Passes.Normalization;

namespace SiDT.Passes.Exact;

/// <summary>
/// Query, key and value that are made by one product and then taken apart become products of their own, so that what is zero in one
/// of them alone can be seen. ONNX Runtime runs three products as fast as one and a Split.
/// </summary>
public sealed class Stacks : IExactPass
{
    public string Name => "stacks";

    public string? Run(GraphFacts facts) => new SinkSelections(IsAttended).Run(facts) ? "stacked projections became projections of their own" : null;

    private static bool IsAttended(LabelFlow flow, Layout layout)
    {
        LabelTable labels = flow.Labels;
        HashSet<int> classes = [.. layout.Arrays.SelectMany(a => a.Labels).Where(l => l >= 0).Select(labels.Find)];
        return Enumerable.Range(0, labels.Count).Any(l => labels.UsageOf(l).HasFlag(Usage.ContractedPair) && classes.Contains(labels.Find(l)));
    }
}
