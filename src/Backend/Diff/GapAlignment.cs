using SiDT.Frontend;

namespace SiDT.Backend.Diff;

/// <summary>
/// Matches what hashes did not: between pairs that stand in the same order in both graphs, the nodes that are left are
/// aligned as two texts are, by operator, neighbours, attributes and names.
/// </summary>
internal sealed class GapAlignment(Matching matching, LocalHashes localA, LocalHashes localB)
{
    private const long MostCells = 4_000_000;

    /// <summary>Aligns, and tells each pair that it finds.</summary>
    public void Run(Func<int, int, bool> pair)
    {
        List<(int A, int B)> fixedPairs = Ordered();
        fixedPairs.Add((matching.A.Nodes.Count, matching.B.Nodes.Count));
        int fromA = 0, fromB = 0;
        foreach ((int toA, int toB) in fixedPairs)
        {
            int[] a = Left(matching.ToB, fromA, toA), b = Left(matching.ToA, fromB, toB);
            if (a.Length > 0 && b.Length > 0 && (long)a.Length * b.Length <= MostCells)
                Align(a, b, pair);
            (fromA, fromB) = (toA + 1, toB + 1);
        }
        // what moved to another gap
        int[] restA = Left(matching.ToB, 0, matching.A.Nodes.Count), restB = Left(matching.ToA, 0, matching.B.Nodes.Count);
        if ((long)restA.Length * restB.Length > MostCells)
            return;
        foreach ((int x, int y, int _) in restA.SelectMany(x => restB.Select(y => (x, y, Score: Likeness(x, y)))).Where(p => p.Score >= (IsNamed(p.x, p.y) ? 6 : 8)).OrderByDescending(p => p.Score).Take(restA.Length))
            pair(x, y);
    }

    private bool IsNamed(int a, int b) => matching.A.Nodes[a].Name is { Length: > 0 } name && name == matching.B.Nodes[b].Name;

    private static int[] Left(int[] partners, int from, int to) => [.. Enumerable.Range(from, Math.Max(0, to - from)).Where(n => partners[n] < 0)];

    /// <summary>The most pairs that stand in the same order on both sides (longest ascending run of partners).</summary>
    private List<(int A, int B)> Ordered()
    {
        var ends = new List<int>(); // nodes of a; ends[k] closes the run of length k + 1 with the least partner
        var before = new int[matching.ToB.Length];
        for (int a = 0; a < matching.ToB.Length; a++)
        {
            int b = matching.ToB[a];
            if (b < 0)
                continue;
            int low = 0, high = ends.Count;
            while (low < high)
            {
                int middle = (low + high) / 2;
                if (matching.ToB[ends[middle]] < b)
                    low = middle + 1;
                else
                    high = middle;
            }
            before[a] = low > 0 ? ends[low - 1] : -1;
            if (low == ends.Count)
                ends.Add(a);
            else
                ends[low] = a;
        }
        var result = new List<(int, int)>();
        for (int a = ends.Count > 0 ? ends[^1] : -1; a >= 0; a = before[a])
            result.Add((a, matching.ToB[a]));
        result.Reverse();
        return result;
    }

    private void Align(int[] a, int[] b, Func<int, int, bool> pair)
    {
        var best = new int[a.Length + 1, b.Length + 1];
        for (int i = a.Length - 1; i >= 0; i--)
        {
            for (int j = b.Length - 1; j >= 0; j--)
            {
                int likeness = Likeness(a[i], b[j]);
                int skip = Math.Max(best[i + 1, j], best[i, j + 1]);
                best[i, j] = likeness > 0 ? Math.Max(skip, likeness + best[i + 1, j + 1]) : skip;
            }
        }
        for (int i = 0, j = 0; i < a.Length && j < b.Length;)
        {
            int likeness = Likeness(a[i], b[j]);
            if (likeness > 0 && best[i, j] == likeness + best[i + 1, j + 1])
                pair(a[i++], b[j++]);
            else if (best[i, j] == best[i + 1, j])
                i++;
            else
                j++;
        }
    }

    /// <summary>How much speaks for two nodes to be one; 0 where they cannot be.</summary>
    private int Likeness(int a, int b)
    {
        Node x = matching.A.Nodes[a], y = matching.B.Nodes[b];
        if (x.OpType != y.OpType || x.Domain != y.Domain || x.Overload != y.Overload)
            return 0;
        int score = 1;
        Operand[] p = matching.A.Operands[a], q = matching.B.Operands[b];
        foreach ((int i, int j) in NodeMatcher.OperandPairs(matching, a, b))
        {
            if (matching.AreSame(p[i], q[j]))
                score += 4;
            else if (p[i].Kind != q[j].Kind || matching.Differ(p[i], q[j]))
                score -= 2;
            else if (p[i].Kind == OperandKind.Tensor)
                score += p[i].Value!.Name == q[j].Value!.Name ? 3 : p[i].Value!.Constant!.Rank == q[j].Value!.Constant!.Rank ? 1 : -1;
        }
        for (int slot = 0; slot < Math.Min(x.Outputs.Count, y.Outputs.Count); slot++)
        {
            if (x.Outputs[slot] is not { } v || y.Outputs[slot] is not { } w)
                continue;
            HashSet<int> readers = [.. matching.B.ReadingsOf(w).Select(r => r.Node)];
            score += matching.A.ReadingsOf(v).Any(r => readers.Contains(matching.ToB[r.Node])) ? 4 : 0;
            score += v.IsOutput && w.IsOutput ? 2 : 0;
        }
        score += IsNamed(a, b) ? 3 : 0;
        score += localA.Of(a, HashLevel.Sizes) == localB.Of(b, HashLevel.Sizes) ? 1 : 0;
        return Math.Max(0, score);
    }
}
