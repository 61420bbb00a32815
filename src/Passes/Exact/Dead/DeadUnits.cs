using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Planning;
using SiDT.Passes.Rewriting;

namespace SiDT.Passes.Exact.Dead;

/// <summary>
/// Units into which nothing comes, or out of which nothing goes, are removed; a unit that is a constant leaves it in the biases of
/// its readers. Where heads must keep equal widths, as many go from each as the head with the fewest dead ones has.
/// </summary>
public sealed class DeadUnits : IExactPass
{
    private const int MostRounds = 8;

    public string Name => "dead units";

    public string? Run(GraphFacts facts)
    {
        var removed = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (int round = 0; round < MostRounds && Round(facts, removed); round++)
        {
        }
        return removed.Count == 0 ? null : $"units that do nothing: {string.Join(", ", removed.Select(r => $"{r.Value} {r.Key}"))}";
    }

    private static bool Round(GraphFacts facts, SortedDictionary<string, int> removed)
    {
        // a look at the weights alone: without a slice of zeros somewhere nothing is dead
        if (!HasZeros(facts.Model.Graph, new SliceNumbers()))
            return false;
        GraphAnalysis analysis = facts.Analyse();
        if (!analysis.Dimensions.Any(d => IsCandidate(d) && MayBeDead(d, analysis)))
            return false;
        var search = new DeadSearch(analysis);
        // heads first: what is left of their widths is judged without them
        foreach (IGrouping<bool, Dimension> part in analysis.Dimensions.Where(IsCandidate).GroupBy(d => analysis.Classes.IsRow(d.Units[0][0])).OrderByDescending(g => g.Key))
        {
            var chosen = new Dictionary<Dimension, int[][]>();
            var shares = new List<ConstantShare>();
            foreach (Dimension dimension in part)
            {
                if (Dead(dimension, search, shares) is { } dead)
                    chosen[dimension] = dead;
            }
            if (chosen.Count == 0)
                continue;
            if (shares.Count > 0)
            {
                BiasShares.Move(shares); // the next round finds them unread
                facts.Model.Graph.Sort();
                facts.Changed(keepsShapes: false);
                return true;
            }
            foreach ((Dimension dimension, int[][] dead) in chosen)
            {
                string kind = dimension.Kind.Word();
                removed[kind] = removed.GetValueOrDefault(kind) + dead.Sum(g => g.Length);
            }
            new GraphRewriter().Run(facts.Model, analysis, new UnitSelection(chosen).Classes);
            facts.Changed(keepsShapes: false);
            return true;
        }
        return false;
    }

    private static bool IsCandidate(Dimension dimension) => !dimension.IsFrozen && !dimension.IsNormalized;

    private static bool HasZeros(Graph graph, SliceNumbers slices) =>
        graph.Values.Any(v => v.Constant is { } tensor && LabelFlow.IsLabelled(tensor.Type) && v.Uses.Any(u => !IsAdded(u)) && slices.HasZeros(tensor))
        || graph.Nodes.SelectMany(n => n.Subgraphs.Values).Any(b => HasZeros(b, slices));

    // a zero that is only added does not silence anything
    private static bool IsAdded(Use use) => use.Node.Is("Add") || (use.Index == 2 && (use.Node.Is("Gemm") || use.Node.Is("Conv"))) || (use.Index > 0 && use.Node.Is("LayerNormalization"));

    private static bool MayBeDead(Dimension dimension, GraphAnalysis analysis)
    {
        var slices = new SliceNumbers();
        return dimension.Units.SelectMany(g => g).Any(c => analysis.SlicesOf(c).Any(s => s.Tensor.Constant is { } tensor && slices.Only(tensor, s.Axis, s.Position) is 0));
    }

    private static int[][]? Dead(Dimension dimension, DeadSearch search, List<ConstantShare> shares)
    {
        var dead = new List<(int Index, IReadOnlyList<ConstantShare> Shares)>[dimension.Groups];
        int count = dimension.Size - 1; // one stays
        for (int g = 0; g < dead.Length && count > 0; g++)
        {
            dead[g] = [];
            for (int i = 0; i < dimension.Size; i++)
            {
                if (search.Shares(dimension.Units[g][i]) is { } left)
                    dead[g].Add((i, left));
            }
            count = Math.Min(count, dead[g].Count);
        }
        if (count == 0)
            return null;
        var first = dead.Select(g => g.OrderBy(d => d.Shares.Count).ThenBy(d => d.Index).Take(count).OrderBy(d => d.Index).ToArray()).ToArray();
        shares.AddRange(first.SelectMany(g => g).SelectMany(d => d.Shares));
        return [.. first.Select(g => g.Select(d => d.Index).ToArray())];
    }
}
