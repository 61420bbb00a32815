using SiDT.Frontend;

namespace SiDT.Passes.Analysis;

/// <summary>Labels to classes to dimensions.</summary>
public sealed class DimensionFinder
{
    /// <summary>Analyses a graph: one walk for the labels, one over the classes.</summary>
    public GraphAnalysis Run(Graph graph)
    {
        var flow = new LabelFlow();
        flow.Run(graph);
        var classes = new ClassGraph(flow.Labels);
        return new GraphAnalysis(graph, flow, classes, Find(flow, classes));
    }

    private sealed record Candidate(int Class, int[] Ancestors, string? Reason);

    private static List<Dimension> Find(LabelFlow flow, ClassGraph classes)
    {
        LabelTable labels = flow.Labels;
        Dictionary<int, ulong> signatures = Signatures(labels);
        Dictionary<int, (int Order, LabelHome Home)> first = FirstHomes(labels, classes);
        var kinds = new KindReader(flow, classes);
        var byKey = new Dictionary<(ulong, bool, DimensionKind), List<Candidate>>();
        foreach (int c in classes.Classes)
        {
            if (!first.ContainsKey(c) || !signatures.TryGetValue(c, out ulong signature))
                continue;
            // constants that parametrise an operator (scales, limits) have labels that nothing computes with
            if (!classes.Closure(c).Any(x => (kinds.UsageOf(x) & (Usage.Produced | Usage.Consumed)) != 0))
                continue;
            // tokens, pixels and kernel positions are no units
            if ((kinds.UsageOf(c) & (Usage.Unowned | Usage.Space)) != 0)
                continue;
            int[] ancestors = classes.AncestorsOf(c);
            if (!classes.IsFree(c, ancestors))
                continue;
            DimensionKind kind = kinds.Of(c);
            string? reason = classes.ReasonToStay(c) ?? WhyNotSilent(kind, kinds.UsageOf(c)) ?? (kind != DimensionKind.Embed && classes.Closure(c).Any(x => x != c && kinds.IsStream(x)) ? "shares stored numbers with the residual stream" : null);
            if (reason is not null && kind != DimensionKind.Embed && reason.StartsWith(LabelFlow.OutputReason, StringComparison.Ordinal))
                kind = DimensionKind.Other; // what the model says, not how it thinks
            var key = (signature, classes.IsRow(c), kind);
            if (!byKey.TryGetValue(key, out List<Candidate>? list))
                byKey[key] = list = [];
            list.Add(new Candidate(c, ancestors, reason));
        }
        MergeBrokenGroups(byKey);
        var result = new List<(int Order, Dimension Dimension)>();
        var names = new DimensionNames(labels, classes);
        foreach (((ulong _, bool _, DimensionKind kind), List<Candidate> candidates) in byKey)
        {
            foreach (IGrouping<bool, Candidate> part in candidates.GroupBy(c => c.Reason is not null))
            {
                var groups = part.GroupBy(c => string.Join(',', c.Ancestors)).Select(g => g.OrderBy(c => first[c.Class].Order).ToArray()).OrderBy(g => first[g[0].Class].Order).ToArray();
                string? reason = part.Key ? part.First().Reason : groups.Any(g => g.Length != groups[0].Length) ? "its groups have different sizes" : null;
                if (groups.Length > 1 && groups.All(g => g.Length == 1))
                    continue; // single units in rows: the rows are the dimension
                int[][] units = [.. groups.Select(g => g.Select(c => c.Class).ToArray())];
                result.Add((first[units[0][0]].Order, new Dimension
                {
                    Id = names.Of(units, kind),
                    Kind = kind,
                    Units = units,
                    Reason = reason,
                    IsNormalized = kinds.UsageOf(units[0][0]).HasFlag(Usage.Normalized),
                }));
            }
        }
        return [.. result.OrderBy(r => r.Order).Select(r => r.Dimension)];
    }

    // what the plan's words cannot express: zero weights would leave something of the unit
    private static string? WhyNotSilent(DimensionKind kind, Usage usage)
    {
        if (kind == DimensionKind.Embed)
            return null;
        if (usage.HasFlag(Usage.Averaged))
            return "a norm takes its mean over it, and only the residual stream may change what a mean is taken over";
        return usage.HasFlag(Usage.Sounding) ? "zero weights do not silence it: a function of it is summed up that is not zero at zero" : null;
    }

    /// <summary>
    /// A tensor stored in pieces that end inside a row gives the parts of a row different signatures: together they are one dimension.
    /// </summary>
    private static void MergeBrokenGroups(Dictionary<(ulong, bool, DimensionKind), List<Candidate>> byKey)
    {
        static string GroupOf(Candidate c) => string.Join(',', c.Ancestors);
        bool IsBroken(List<Candidate> list) => list.Any(c => c.Ancestors.Length > 0) && list.GroupBy(GroupOf).Select(g => g.Count()).Distinct().Count() > 1;
        foreach (var key in byKey.Keys.ToArray())
        {
            if (!byKey.TryGetValue(key, out List<Candidate>? list) || !IsBroken(list))
                continue;
            HashSet<string> rows = [.. list.Select(GroupOf)];
            foreach (var other in byKey.Keys.Where(k => k != key && k.Item2 == key.Item2 && k.Item3 == key.Item3).ToArray())
            {
                if (!byKey[other].Any(c => rows.Contains(GroupOf(c))))
                    continue;
                list.AddRange(byKey[other]);
                rows.UnionWith(byKey[other].Select(GroupOf));
                byKey.Remove(other);
            }
        }
    }

    // an order-free hash of the arrays a class appears in
    private static Dictionary<int, ulong> Signatures(LabelTable labels)
    {
        var result = new Dictionary<int, ulong>();
        var seen = new Dictionary<int, int>();
        int id = 0;
        void Add(IEnumerable<int> array)
        {
            id++;
            ulong mix = (ulong)id * 0x9E3779B97F4A7C15;
            mix ^= mix >> 29;
            mix *= 0xBF58476D1CE4E5B9;
            mix ^= mix >> 32;
            foreach (int label in array)
            {
                if (label < 0)
                    continue;
                int c = labels.Find(label);
                if (seen.TryGetValue(c, out int last) && last == id)
                    continue;
                seen[c] = id;
                result[c] = result.GetValueOrDefault(c) + mix;
            }
        }
        foreach (LabelHome home in labels.Homes)
            Add(Enumerable.Range(home.Start, home.Count));
        foreach (RowSet set in labels.RowSets)
            Add(set.Rows);
        foreach (int[] selection in labels.Selections)
            Add(selection);
        return result;
    }

    /// <summary>For every class the first weight position that goes with it.</summary>
    private static Dictionary<int, (int Order, LabelHome Home)> FirstHomes(LabelTable labels, ClassGraph classes)
    {
        var own = new Dictionary<int, (int Order, LabelHome Home)>();
        foreach (LabelHome home in labels.Homes)
        {
            for (int i = 0; i < home.Count; i++)
                own.TryAdd(labels.Find(home.Start + i), (home.Start + i, home));
        }
        foreach (int row in classes.Classes.Where(classes.IsRow))
        {
            (int Order, LabelHome Home)[] covered = [.. classes.Closure(row).Where(own.ContainsKey).Select(c => own[c])];
            if (covered.Length > 0)
                own[row] = covered.MinBy(c => c.Order);
        }
        return own;
    }
}
