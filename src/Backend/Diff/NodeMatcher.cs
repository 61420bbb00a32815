using SiDT.Frontend;

namespace SiDT.Backend.Diff;

/// <summary>
/// Finds which node of one graph is which of another. Names decide only where structure does not: exporters number them anew.
/// What is certain comes first (inputs, outputs, numbers that are in both graphs once), spreads along edges, and makes more
/// certain: nodes are hashed by what lies above and below them up to nodes that are matched, and equal hashes that occur once
/// match. What is left is aligned in order, between the pairs around it.
/// </summary>
internal sealed class NodeMatcher
{
    private const int LeastAnchor = 8;

    private readonly GraphView _a;
    private readonly GraphView _b;
    private readonly LocalHashes _localA;
    private readonly LocalHashes _localB;
    private readonly Matching _matching;
    private readonly Queue<(int A, int B)> _open = new();

    public NodeMatcher(GraphView a, GraphView b)
    {
        (_a, _b) = (a, b);
        (_localA, _localB) = (new LocalHashes(a), new LocalHashes(b));
        _matching = new Matching(a, b);
    }

    public Matching Run()
    {
        MatchInterface();
        AnchorByNumbers();
        Spread();
        foreach (HashLevel level in (HashLevel[])[HashLevel.Content, HashLevel.Sizes, HashLevel.Structure])
        {
            if (level == HashLevel.Structure)
                MatchNames();
            while (MatchUnique(level))
            {
            }
        }
        new GapAlignment(_matching, _localA, _localB).Run(Pair);
        Spread();
        MatchTensorsByRole();
        MatchLeftTensors();
        return _matching;
    }

    private void MatchInterface()
    {
        ByNameThenPlace(_a.Model.Graph.Inputs.Where(i => i.Constant is null), _b.Model.Graph.Inputs.Where(i => i.Constant is null), (x, y) => _matching.Match(x, y));
        ByNameThenPlace(_a.Model.Graph.Outputs, _b.Model.Graph.Outputs, (x, y) =>
        {
            if (x.Producer is { } p && y.Producer is { } q && x.Constant is null && y.Constant is null)
                Pair(_a.NumberOf(p), _b.NumberOf(q));
        });
        Spread();
    }

    private static void ByNameThenPlace(IEnumerable<Value> a, IEnumerable<Value> b, Action<Value, Value> match)
    {
        List<Value> left = [.. a], right = [.. b];
        foreach (Value value in left.ToArray())
        {
            if (right.Find(r => r.Name == value.Name) is not { } same)
                continue;
            match(value, same);
            left.Remove(value);
            right.Remove(same);
        }
        if (left.Count != right.Count)
            return;
        for (int i = 0; i < left.Count; i++)
            match(left[i], right[i]);
    }

    /// <summary>Numbers that occur once in each graph belong together, and so do the nodes that alone read them in the same place.</summary>
    private void AnchorByNumbers()
    {
        Dictionary<ulong, Value?> a = Once(_a, _localA), b = Once(_b, _localB);
        foreach ((ulong hash, Value? tensor) in a)
        {
            if (tensor is null || b.GetValueOrDefault(hash) is not { } same || !_matching.Match(tensor, same))
                continue;
            if (_a.ReadingsOf(tensor) is [var x] && _b.ReadingsOf(same) is [var y] && x.Index == y.Index)
                Pair(x.Node, y.Node);
        }
    }

    private static Dictionary<ulong, Value?> Once(GraphView view, LocalHashes local)
    {
        var result = new Dictionary<ulong, Value?>();
        foreach (Value tensor in view.Tensors.Where(t => t.Constant!.Count >= LeastAnchor && !GraphView.IsArgument(t)))
        {
            ulong hash = local.Of(tensor, HashLevel.Content);
            result[hash] = result.ContainsKey(hash) ? null : tensor;
        }
        return result;
    }

    private bool MatchUnique(HashLevel level)
    {
        bool any = false;
        foreach (Func<NodeHashes, int, ulong> kind in (Func<NodeHashes, int, ulong>[])[(h, n) => h.Both(n), (h, n) => h.Up[n], (h, n) => h.Down[n]])
        {
            var a = new NodeHashes(_a, _localA, level, n => _matching.ToB[n] >= 0 ? n : -1, _matching.PairOf);
            var b = new NodeHashes(_b, _localB, level, n => _matching.ToA[n], _matching.PairOf);
            Dictionary<ulong, List<int>> left = Unmatched(_matching.ToB, n => kind(a, n)), right = Unmatched(_matching.ToA, n => kind(b, n));
            foreach ((ulong hash, List<int> mine) in left)
            {
                if (right.TryGetValue(hash, out List<int>? others))
                    any |= PairGroup(mine, others);
            }
            Spread();
        }
        return any;
    }

    /// <summary>Nodes that look alike: the only one with the only one, else those whose names agree, else in order where there are equally many.</summary>
    private bool PairGroup(List<int> a, List<int> b)
    {
        if (a.Count == 1 && b.Count == 1)
            return Pair(a[0], b[0]);
        bool any = false;
        foreach (int x in a)
        {
            int[] named = [.. b.Where(y => _a.Nodes[x].Name.Length > 0 && _b.Nodes[y].Name == _a.Nodes[x].Name)];
            if (named.Length == 1)
                any |= Pair(x, named[0]);
        }
        if (any || a.Count != b.Count)
            return any;
        for (int i = 0; i < a.Count; i++)
            any |= Pair(a[i], b[i]);
        return any;
    }

    private static Dictionary<ulong, List<int>> Unmatched(int[] partners, Func<int, ulong> hash)
    {
        var result = new Dictionary<ulong, List<int>>();
        for (int n = 0; n < partners.Length; n++)
        {
            if (partners[n] >= 0)
                continue;
            ulong key = hash(n);
            if (!result.TryGetValue(key, out List<int>? list))
                result[key] = list = [];
            list.Add(n);
        }
        return result;
    }

    /// <summary>Nodes of one name whose operands are of the same kind: a number alone, such as that of <c>Add_7</c>, says nothing.</summary>
    private void MatchNames()
    {
        ILookup<string, int> a = Named(_a, _matching.ToB), b = Named(_b, _matching.ToA);
        foreach (IGrouping<string, int> group in a)
        {
            int[] mine = [.. group], others = [.. b[group.Key]];
            if (mine.Length == 1 && others.Length == 1)
                Pair(mine[0], others[0]);
        }
        Spread();
    }

    private static ILookup<string, int> Named(GraphView view, int[] partners) =>
        Enumerable.Range(0, partners.Length).Where(n => partners[n] < 0 && view.Nodes[n].Name.Length > 0).ToLookup(n => $"{view.Nodes[n].Name}\n{KindsOf(view, n)}", StringComparer.Ordinal);

    private static string KindsOf(GraphView view, int node)
    {
        IEnumerable<string> kinds = view.Operands[node].Select(o => o.Kind == OperandKind.Node ? view.Nodes[o.Node].OpType : o.Kind.ToString());
        return $"{view.Nodes[node].OpType}({string.Join(',', NodeHashes.Commutes(view.Nodes[node]) ? kinds.Order(StringComparer.Ordinal) : kinds)})";
    }

    /// <summary>Two nodes of one operator, unless what they read is known to be different.</summary>
    private bool Pair(int a, int b)
    {
        if (!CanPair(a, b) || !_matching.Match(a, b))
            return false;
        _open.Enqueue((a, b));
        return true;
    }

    private bool CanPair(int a, int b)
    {
        Node x = _a.Nodes[a], y = _b.Nodes[b];
        if (_matching.ToB[a] >= 0 || _matching.ToA[b] >= 0 || x.OpType != y.OpType || x.Domain != y.Domain || x.Overload != y.Overload)
            return false;
        // a constant that belongs elsewhere speaks against it; a value need not, because something may stand in between
        for (int i = 0; i < Math.Min(_a.Operands[a].Length, _b.Operands[b].Length); i++)
        {
            Operand p = _a.Operands[a][i], q = _b.Operands[b][i];
            if (p.Kind == OperandKind.Tensor && q.Kind == OperandKind.Tensor && !GraphView.IsArgument(p.Value!) && !GraphView.IsArgument(q.Value!) && _matching.Differ(p, q) && _a.ReadingsOf(p.Value!).Count == 1 && _b.ReadingsOf(q.Value!).Count == 1)
                return false;
        }
        return true;
    }

    private void Spread()
    {
        while (_open.TryDequeue(out (int A, int B) pair))
        {
            foreach ((int i, int j) in OperandPairs(pair.A, pair.B))
            {
                Operand x = _a.Operands[pair.A][i], y = _b.Operands[pair.B][j];
                if (x.Kind == OperandKind.Node && y.Kind == OperandKind.Node && x.Slot == y.Slot)
                    Pair(x.Node, y.Node);
            }
            IReadOnlyList<Value?> made = _a.Nodes[pair.A].Outputs, others = _b.Nodes[pair.B].Outputs;
            for (int slot = 0; slot < Math.Min(made.Count, others.Count); slot++)
            {
                if (made[slot] is { } v && others[slot] is { } w)
                    PairReaders(v, w);
            }
        }
    }

    /// <summary>Which operand of a node stands where in its partner; those of a sum may have changed places.</summary>
    public IEnumerable<(int I, int J)> OperandPairs(int a, int b) => OperandPairs(_matching, a, b);

    /// <inheritdoc cref="OperandPairs(int, int)"/>
    public static IEnumerable<(int I, int J)> OperandPairs(Matching matching, int a, int b)
    {
        Operand[] x = matching.A.Operands[a], y = matching.B.Operands[b];
        if (x.Length == 2 && y.Length == 2 && NodeHashes.Commutes(matching.A.Nodes[a]) && Fit(0, 1) + Fit(1, 0) > Fit(0, 0) + Fit(1, 1))
            return [(0, 1), (1, 0)];
        return Enumerable.Range(0, Math.Min(x.Length, y.Length)).Select(i => (i, i));

        int Fit(int i, int j) => x[i].Kind != y[j].Kind ? 0
            : matching.AreSame(x[i], y[j]) ? 4
            : matching.Differ(x[i], y[j]) ? 0
            : x[i].Kind == OperandKind.Node && matching.A.Nodes[x[i].Node].OpType != matching.B.Nodes[y[j].Node].OpType ? 1 : 2;
    }

    /// <summary>Nodes that read a pair of values: one of a kind with one of a kind.</summary>
    private void PairReaders(Value a, Value b)
    {
        ILookup<(string, int), int> mine = Readers(_a, a, _matching.ToB), others = Readers(_b, b, _matching.ToA);
        foreach (IGrouping<(string, int), int> group in mine)
        {
            int[] left = [.. group], right = [.. others[group.Key]];
            if (left.Length == 1 && right.Length == 1 && LooksAlike(left[0], right[0]))
                Pair(left[0], right[0]);
        }
    }

    // at an edge that may be new, one more reason than the operator
    private bool LooksAlike(int a, int b)
    {
        Operand[] x = _a.Operands[a], y = _b.Operands[b];
        return x.Length == y.Length && OperandPairs(a, b).All(p => x[p.I].Kind == y[p.J].Kind);
    }

    private static ILookup<(string, int), int> Readers(GraphView view, Value value, int[] partners) =>
        view.ReadingsOf(value).Where(r => partners[r.Node] < 0).ToLookup(r => ($"{view.Nodes[r.Node].Domain}:{view.Nodes[r.Node].OpType}", NodeHashes.Commutes(view.Nodes[r.Node]) ? 0 : r.Index), r => r.Node);

    /// <summary>Constants in the same place of nodes that match.</summary>
    private void MatchTensorsByRole()
    {
        for (int a = 0; a < _a.Nodes.Count; a++)
        {
            int b = _matching.ToB[a];
            if (b < 0)
                continue;
            foreach ((int i, int j) in OperandPairs(a, b))
            {
                Operand x = _a.Operands[a][i], y = _b.Operands[b][j];
                if (x.Kind == OperandKind.Tensor && y.Kind == OperandKind.Tensor)
                    _matching.Match(x.Value!, y.Value!);
                else if (x.Kind == OperandKind.Input && y.Kind == OperandKind.Input && _a.InputPlace(x.Value!).Owner is not null)
                    _matching.Match(x.Value!, y.Value!);
            }
        }
    }

    /// <summary>What no matched node reads: equal numbers, then equal names.</summary>
    private void MatchLeftTensors()
    {
        foreach (Func<GraphView, LocalHashes, Value, string> key in (Func<GraphView, LocalHashes, Value, string>[])
            [(_, l, t) => $"{t.Name} {l.Of(t, HashLevel.Content)}", (_, l, t) => $"{l.Of(t, HashLevel.Content)}", (_, _, t) => $"{t.Name} {t.Constant!.Rank} {t.Constant.Type}"])
        {
            ILookup<string, Value> left = _a.Tensors.Where(t => _matching.Of(t) is null).ToLookup(t => key(_a, _localA, t), StringComparer.Ordinal);
            ILookup<string, Value> right = _b.Tensors.Where(t => _matching.From(t) is null).ToLookup(t => key(_b, _localB, t), StringComparer.Ordinal);
            foreach (IGrouping<string, Value> group in left)
            {
                foreach ((Value x, Value y) in group.Zip(right[group.Key]))
                    _matching.Match(x, y);
            }
        }
    }
}
