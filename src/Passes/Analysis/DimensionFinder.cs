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
        return Run(graph, flow);
    }

    /// <summary>The same by a walk that was made; its labels are united further.</summary>
    internal GraphAnalysis Run(Graph graph, LabelFlow flow)
    {
        var classes = new ClassGraph(flow.Labels);
        return new GraphAnalysis(graph, flow, classes, Find(flow, classes));
    }

    private sealed record Candidate(int Class, int[] Ancestors, string? Reason);

    private sealed record Part(DimensionKind Kind, int[][] Units, string? Reason, int Order);

    private static List<Dimension> Find(LabelFlow flow, ClassGraph classes)
    {
        LabelTable labels = flow.Labels;
        ulong[] signatures = Signatures(labels);
        int[] first = FirstHomes(labels, classes);
        var kinds = new KindReader(flow, classes);
        var kindOf = new Dictionary<(ulong, bool, Usage), DimensionKind>();
        var byKey = new Dictionary<(ulong, bool, DimensionKind), List<Candidate>>();
        foreach (int c in classes.Classes)
        {
            // tokens, pixels and kernel positions are no units; what nothing computes with parametrises an operator
            Usage usage = kinds.UsageOf(c);
            if (first[c] < 0 || signatures[c] == 0 || (usage & (Usage.Unowned | Usage.Space)) != 0
                || !IsComputedWith(c, classes, kinds))
                continue;
            int[] ancestors = classes.AncestorsOf(c);
            if (!classes.IsFree(c, ancestors))
                continue;
            bool row = classes.IsRow(c);
            if (!kindOf.TryGetValue((signatures[c], row, usage), out DimensionKind kind))
                kindOf[(signatures[c], row, usage)] = kind = kinds.Of(c);
            string? reason = classes.ReasonToStay(c) ?? WhyNotSilent(kind, usage)
                ?? (row && kind != DimensionKind.Embed && CoversStream(c, classes, kinds) ? "shares stored numbers with the residual stream" : null);
            if (reason is not null && kind != DimensionKind.Embed && reason.StartsWith(LabelFlow.OutputReason, StringComparison.Ordinal))
                kind = DimensionKind.Other; // what the model says, not how it thinks
            var key = (signatures[c], row, kind);
            if (!byKey.TryGetValue(key, out List<Candidate>? list))
                byKey[key] = list = [];
            list.Add(new Candidate(c, ancestors, reason));
        }
        MergeBrokenGroups(byKey);
        var parts = new List<Part>();
        foreach (((ulong _, bool _, DimensionKind kind), List<Candidate> candidates) in byKey)
        {
            foreach (IGrouping<bool, Candidate> part in candidates.GroupBy(c => c.Reason is not null))
            {
                Candidate[][] groups = [.. part.GroupBy(c => c.Ancestors, SameNumbers.Comparer).Select(g => g.OrderBy(c => first[c.Class]).ToArray()).OrderBy(g => first[g[0].Class])];
                string? reason = part.Key ? part.First().Reason : groups.Any(g => g.Length != groups[0].Length) ? "its groups have different sizes" : null;
                if (groups.Length > 1 && groups.All(g => g.Length == 1))
                    continue; // single units in rows: the rows are the dimension
                int[][] units = [.. groups.Select(g => g.Select(c => c.Class).ToArray())];
                parts.Add(new Part(kind, units, reason, first[units[0][0]]));
            }
        }
        parts = [.. Even(parts, new EvenGroups(new Evenness(labels, classes)), first)];
        parts.Sort((a, b) => a.Order.CompareTo(b.Order));
        var names = new DimensionNames(labels, classes, parts.Select(p => p.Units[0][0]));
        return [.. parts.Select(p => new Dimension
        {
            Id = names.Of(p.Units, p.Kind),
            Kind = p.Kind,
            Units = p.Units,
            Reason = p.Reason,
            IsNormalized = kinds.UsageOf(p.Units[0][0]).HasFlag(Usage.Normalized),
        })];
    }

    private static IEnumerable<Part> Even(List<Part> parts, EvenGroups even, int[] first)
    {
        var found = new Dictionary<Part, (int[][] Units, string? Reason)?>(ReferenceEqualityComparer.Instance);
        foreach (IGrouping<DimensionKind, Part> kind in parts.Where(p => p.Reason is null).GroupBy(p => p.Kind))
        {
            foreach ((Part part, (int[][], string?)? groups) in kind.Zip(even.Of([.. kind.Select(p => p.Units)], c => first[c])))
                found[part] = groups;
        }
        foreach (Part part in parts)
        {
            if (part.Reason is not null)
                yield return part;
            else if (found[part] is { } groups)
                yield return part with { Units = groups.Units, Reason = groups.Reason, Order = first[groups.Units[0][0]] };
        }
    }

    private static bool IsComputedWith(int @class, ClassGraph classes, KindReader kinds)
    {
        bool IsUsed(int c) => (kinds.UsageOf(c) & (Usage.Produced | Usage.Consumed)) != 0;
        return classes.IsRow(@class) ? classes.Closure(@class).Any(IsUsed) : IsUsed(@class);
    }

    private static bool CoversStream(int row, ClassGraph classes, KindReader kinds) => classes.Closure(row).Any(x => x != row && kinds.IsStream(x));

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
        bool IsBroken(List<Candidate> list) => list.Any(c => c.Ancestors.Length > 0) && list.GroupBy(c => c.Ancestors, SameNumbers.Comparer).Select(g => g.Count()).Distinct().Count() > 1;
        foreach (var key in byKey.Keys.ToArray())
        {
            if (!byKey.TryGetValue(key, out List<Candidate>? list) || !IsBroken(list))
                continue;
            var rows = new HashSet<int[]>(list.Select(c => c.Ancestors), SameNumbers.Comparer);
            foreach (var other in byKey.Keys.Where(k => k != key && k.Item2 == key.Item2 && k.Item3 == key.Item3).ToArray())
            {
                if (!byKey[other].Any(c => rows.Contains(c.Ancestors)))
                    continue;
                list.AddRange(byKey[other]);
                rows.UnionWith(byKey[other].Select(c => c.Ancestors));
                byKey.Remove(other);
            }
        }
    }

    // an order-free hash of the arrays a class appears in
    private static ulong[] Signatures(LabelTable labels)
    {
        var result = new ulong[labels.Count];
        var seen = new int[labels.Count];
        int id = 0;
        void Add(int label, ulong mix)
        {
            if (label < 0)
                return;
            int c = labels.Find(label);
            if (seen[c] == id)
                return;
            seen[c] = id;
            result[c] += mix;
        }
        ulong Next()
        {
            ulong mix = (ulong)++id * 0x9E3779B97F4A7C15;
            mix ^= mix >> 29;
            mix *= 0xBF58476D1CE4E5B9;
            return mix ^ (mix >> 32);
        }
        foreach (LabelHome home in labels.Homes)
        {
            ulong mix = Next();
            for (int i = 0; i < home.Count; i++)
                Add(home.Start + i, mix);
        }
        foreach (int[] array in labels.RowSets.Select(s => s.Rows).Concat(labels.Selections))
        {
            ulong mix = Next();
            foreach (int label in array)
                Add(label, mix);
        }
        return result;
    }

    /// <summary>For every class the first label with a weight position that goes with it; -1 where there is none.</summary>
    private static int[] FirstHomes(LabelTable labels, ClassGraph classes)
    {
        var first = new int[labels.Count];
        Array.Fill(first, -1);
        foreach (LabelHome home in labels.Homes)
        {
            for (int i = home.Start; i < home.Start + home.Count; i++)
            {
                int c = labels.Find(i);
                if (first[c] < 0)
                    first[c] = i;
            }
        }
        foreach (int row in classes.Rows)
        {
            foreach (int c in classes.Closure(row))
            {
                if (c != row && first[c] >= 0 && (first[row] < 0 || first[c] < first[row]))
                    first[row] = first[c];
            }
        }
        return first;
    }
}
