namespace SiDT.Backend.Hook.Structure;

/// <summary>The same unit several times in a row.</summary>
/// <param name="First">The first atom.</param>
/// <param name="Period">How many atoms a unit has.</param>
/// <param name="Count">How many units follow each other.</param>
internal sealed record Repetition(int First, int Period, int Count)
{
    public int End => First + (Period * Count);

    /// <summary>Everything that repeats, what covers most first; then by place.</summary>
    public static IReadOnlyList<Repetition> Find(IReadOnlyList<Atom> atoms)
    {
        var found = new List<Repetition>();
        Find(atoms, 0, atoms.Count, found);
        IReadOnlyList<Repetition> wide = Widen(atoms, found);
        return [.. wide.Concat(Alone(atoms, wide)).OrderBy(r => r.First)];
    }

    // an attention with a feed-forward net behind it is a block, also where there is one only
    private static List<Repetition> Alone(IReadOnlyList<Atom> atoms, IReadOnlyList<Repetition> found)
    {
        var alone = new List<Repetition>();
        for (int i = 0; i < atoms.Count; i++)
        {
            if (found.FirstOrDefault(r => i >= r.First && i < r.End) is { } taken)
            {
                i = taken.End - 1;
                continue;
            }
            int end = i;
            bool normsAfter = false;
            while (end < atoms.Count && atoms[end].IsAttention)
            {
                end++;
                bool norm = end < atoms.Count && atoms[end].Kind == AtomKind.Step && atoms[end].Text.Contains("Norm(", StringComparison.Ordinal);
                normsAfter |= norm;
                end += norm ? 1 : 0;
            }
            if (end == i || end >= atoms.Count || atoms[end].Kind != AtomKind.Mlp || found.Any(r => end >= r.First && end < r.End))
                continue;
            end += normsAfter && end + 1 < atoms.Count && atoms[end + 1].Text.Contains("Norm(", StringComparison.Ordinal) ? 2 : 1;
            alone.Add(new Repetition(i, end - i, 1));
            i = end - 1;
        }
        return alone;
    }

    private static void Find(IReadOnlyList<Atom> atoms, int from, int to, List<Repetition> found)
    {
        Repetition? best = null;
        int most = 0;
        for (int period = 1; 2 * period <= to - from; period++)
        {
            for (int at = from; at + period < to;)
            {
                int same = 0;
                while (at + same + period < to && atoms[at + same].Token == atoms[at + same + period].Token)
                    same++;
                if (same >= period)
                {
                    var candidate = Turned(atoms, at, period, (same + period) / period, (same + period) % period);
                    int steps = atoms[candidate.End - 1].Last - atoms[candidate.First].First + 1;
                    if (steps > most && IsWorth(atoms, candidate))
                        (best, most) = (candidate, steps);
                }
                at += same + 1;
            }
        }
        if (best is null)
            return;
        found.Add(best);
        Find(atoms, from, best.First, found);
        Find(atoms, best.End, to, found);
    }

    // a unit begins with what is more than one step, where it may: the norm in front of the first block is not the block's
    private static Repetition Turned(IReadOnlyList<Atom> atoms, int at, int period, int count, int slack)
    {
        for (int turn = 0; turn <= slack; turn++)
        {
            if (atoms[at + turn].Kind != AtomKind.Step)
                return new Repetition(at + turn, period, count);
        }
        return new Repetition(at, period, count);
    }

    // layers in a row without anything beside them are not blocks
    private static bool IsWorth(IReadOnlyList<Atom> atoms, Repetition r) => Enumerable.Range(r.First, r.Period).Any(i => IsLarge(atoms[i])) && !Repeats(atoms, r);

    private static bool IsLarge(Atom atom) => atom.Kind is not (AtomKind.Step or AtomKind.Other);

    // a unit that holds blocks in a row is a stage: its blocks are looked for instead
    private static bool Repeats(IReadOnlyList<Atom> atoms, Repetition r)
    {
        for (int period = 1; 2 * period <= r.Period; period++)
        {
            for (int at = r.First; at + (2 * period) <= r.First + r.Period; at++)
            {
                if (Enumerable.Range(at, period).All(i => atoms[i].Token == atoms[i + period].Token) && Enumerable.Range(at, period).Any(i => IsLarge(atoms[i])))
                    return true;
            }
        }
        return false;
    }

    // blocks that alternate (windows that are shifted every other time) are one block with both, where that leaves fewer classes in a row
    private static IReadOnlyList<Repetition> Widen(IReadOnlyList<Atom> atoms, IReadOnlyList<Repetition> all)
    {
        var result = all.ToList();
        foreach (var group in all.GroupBy(r => string.Join('|', atoms.Skip(r.First).Take(r.Period).Select(a => a.Token))))
        {
            int best = 1, fewest = group.Sum(r => Rows(atoms, r, 1));
            for (int times = 2; times <= 4; times++)
            {
                if (group.Any(r => r.Count % times != 0) || group.Sum(r => r.Count) < 2 * times)
                    continue;
                int rows = group.Sum(r => Rows(atoms, r, times));
                if (rows < fewest)
                    (best, fewest) = (times, rows);
            }
            foreach (Repetition r in group)
                result[result.IndexOf(r)] = r with { Period = r.Period * best, Count = r.Count / best };
        }
        return result;
    }

    private static int Rows(IReadOnlyList<Atom> atoms, Repetition r, int times)
    {
        int rows = 0;
        string? before = null;
        for (int i = 0; i < r.Count; i += times)
        {
            string text = string.Join('\n', atoms.Skip(r.First + (i * r.Period)).Take(times * r.Period).Select(a => a.Text));
            rows += text == before ? 0 : 1;
            before = text;
        }
        return rows;
    }
}
