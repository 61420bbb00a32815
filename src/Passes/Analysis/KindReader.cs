namespace SiDT.Passes.Analysis;

/// <summary>Reads the kind of a class off the way its labels are used.</summary>
internal sealed class KindReader
{
    private readonly LabelTable _labels;
    private readonly ClassGraph _classes;
    private readonly Dictionary<int, Usage> _usage = [];
    private readonly Dictionary<int, HashSet<int>> _reads = []; // class -> classes that its producers contract
    private readonly Dictionary<int, HashSet<int>> _writes = []; // class -> classes that its consumers make
    private readonly HashSet<int> _attended = []; // read by the producers of queries, keys or values
    private readonly Dictionary<int, DimensionKind> _kinds = [];

    public KindReader(LabelFlow flow, ClassGraph classes)
    {
        _labels = flow.Labels;
        _classes = classes;
        for (int label = 0; label < _labels.Count; label++)
        {
            int c = _labels.Find(label);
            _usage[c] = _usage.GetValueOrDefault(c) | _labels.UsageOf(label);
        }
        foreach ((int[] madeLabels, int[] readLabels) in flow.Products)
        {
            int[] made = Classes(madeLabels), read = Classes(readLabels);
            if (made.Length == 0 || read.Length == 0)
                continue;
            foreach (int c in made)
                Add(_reads, c, read[0]);
            foreach (int c in read)
            {
                Add(_writes, c, made[0]);
                if (made.Any(m => (UsageOf(m) & (Usage.ContractedPair | Usage.CarriedPair)) != 0))
                    _attended.Add(c);
            }
        }
    }

    public Usage UsageOf(int @class) => _usage.GetValueOrDefault(@class);

    /// <summary>A row that is no batch of a product of activations is used as what it covers is.</summary>
    private Usage UsageWithCovered(int @class)
    {
        Usage own = UsageOf(@class);
        return own.HasFlag(Usage.BatchPair) || !_classes.IsRow(@class) ? own : _classes.Closure(@class).Aggregate(own, (u, c) => u | (UsageOf(c) & ~(Usage.Unowned | Usage.Space)));
    }

    public DimensionKind Of(int @class)
    {
        if (_kinds.TryGetValue(@class, out DimensionKind known))
            return known;
        _kinds[@class] = DimensionKind.Other;
        return _kinds[@class] = Read(@class);
    }

    // added to itself across blocks, and normalised or attended; tokens and pixels are no streams of features
    public bool IsStream(int @class)
    {
        Usage usage = UsageOf(@class);
        return usage.HasFlag(Usage.Residual) && !usage.HasFlag(Usage.Unowned) && (usage.HasFlag(Usage.Normalized) || _attended.Contains(@class));
    }

    private DimensionKind Read(int @class)
    {
        Usage usage = UsageWithCovered(@class);
        if (IsStream(@class))
            return DimensionKind.Embed;
        if (usage.HasFlag(Usage.Unowned))
            return DimensionKind.Other;
        if (usage.HasFlag(Usage.ContractedPair))
            return DimensionKind.Qk;
        if (usage.HasFlag(Usage.CarriedPair))
            return DimensionKind.V;
        if (usage.HasFlag(Usage.BatchPair))
            return DimensionKind.Heads;
        IReadOnlySet<int> reads = _reads.GetValueOrDefault(@class) ?? [], writes = _writes.GetValueOrDefault(@class) ?? [];
        if (usage.HasFlag(Usage.Produced | Usage.Consumed) && !usage.HasFlag(Usage.Residual) && reads.Any(IsStream) && writes.Any(IsStream))
            return DimensionKind.Mlp;
        return usage.HasFlag(Usage.ProducedBySpatial) || reads.Any(r => Of(r) == DimensionKind.Conv) ? DimensionKind.Conv : DimensionKind.Other;
    }

    private int[] Classes(int[] labels) => [.. labels.Where(l => l >= 0).Select(_labels.Find).Distinct()];

    private static void Add(Dictionary<int, HashSet<int>> map, int key, int value)
    {
        if (!map.TryGetValue(key, out HashSet<int>? set))
            map[key] = set = [];
        set.Add(value);
    }
}
