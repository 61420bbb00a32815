using SiDT.Frontend;
using SiDT.Passes.Analysis;

namespace SiDT.Passes.Planning;

/// <summary>A decision in the words of the input file.</summary>
public static class PlanWriter
{
    public static IReadOnlyList<PlanDimension> Describe(GraphAnalysis analysis, UnitSelection selection)
    {
        var result = new List<PlanDimension>();
        foreach (Dimension dimension in analysis.Dimensions)
        {
            int[][] removed = selection.Removed.TryGetValue(dimension, out int[][]? indices) ? indices : [.. dimension.Units.Select(_ => Array.Empty<int>())];
            int gone = removed[0].Length;
            string status = gone > 0 ? PlanDimension.Shrunk : dimension.IsFrozen ? PlanDimension.Frozen : PlanDimension.Whole;
            IEnumerable<WeightSlice> slices = removed.SelectMany((group, g) => group.SelectMany(i => analysis.SlicesOf(dimension.Units[g][i])));
            result.Add(new PlanDimension(
                dimension.Id, dimension.Kind.Word(), dimension.Size, dimension.Groups, dimension.Size - gone, status,
                gone > 0 ? null : dimension.Reason ?? "was not asked to shrink", "index", "none", new PlanRemoved(removed), Slices(slices)));
        }
        return result;
    }

    private static PlanSlice[] Slices(IEnumerable<WeightSlice> slices) =>
        [.. slices.Distinct().GroupBy(s => (Name: NameOf(s.Tensor), s.Axis)).OrderBy(g => g.Key.Name, StringComparer.Ordinal).ThenBy(g => g.Key.Axis)
            .Select(g => new PlanSlice(g.Key.Name, g.Key.Axis, [.. g.Select(s => s.Position).Order()]))];

    /// <summary>The name of a constant in a plan: with the scope of its body in front.</summary>
    public static string NameOf(Value tensor)
    {
        string name = tensor.Name;
        for (Graph graph = tensor.Graph; graph.Owner is { } owner; graph = owner.Graph)
            name = $"{(owner.Name.Length > 0 ? owner.Name : owner.Outputs[0]!.Name)}/{name}";
        return name;
    }
}
