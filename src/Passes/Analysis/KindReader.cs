namespace SiDT.Passes.Analysis;

/// <summary>Reads the kind of a class off the way its labels are used.</summary>
internal sealed class KindReader
{
    private readonly LabelTable _labels;
    private readonly ClassGraph _classes;
    private readonly Usage[] _usage;
    private readonly List<(HashSet<int> Made, HashSet<int> Read, bool Attends)> _products = [];
    private readonly Dictionary<int, DimensionKind> _kinds = [];

    public KindReader(LabelFlow flow, ClassGraph classes)
    {
        _labels = flow.Labels;
        _classes = classes;
        _usage = new Usage[_labels.Count];
        for (int label = 0; label < _usage.Length; label++)
            _usage[_labels.Find(label)] |= _labels.UsageOf(label);
        // products are looked up by the first class of an array: the others are used alike
        foreach ((int[] madeLabels, int[] readLabels) in flow.Products)
        {
            int made = First(madeLabels), read = First(readLabels);
            if (made < 0 || read < 0)
                continue;
            bool attends = madeLabels.Any(m => m >= 0 && (UsageOf(_labels.Find(m)) & (Usage.ContractedPair | Usage.CarriedPair)) != 0);
            _products.Add(([.. madeLabels.Where(l => l >= 0).Select(_labels.Find)], [.. readLabels.Where(l => l >= 0).Select(_labels.Find)], attends));
        }
    }

    public Usage UsageOf(int @class) => _usage[@class];

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
        return usage.HasFlag(Usage.Residual) && !usage.HasFlag(Usage.Unowned) && (usage.HasFlag(Usage.Normalized) || _products.Any(p => p.Attends && p.Read.Contains(@class)));
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
        int[] reads = [.. _products.Where(p => p.Made.Contains(@class)).Select(p => p.Read.First())];
        int[] writes = [.. _products.Where(p => p.Read.Contains(@class)).Select(p => p.Made.First())];
        if (usage.HasFlag(Usage.Produced | Usage.Consumed) && !usage.HasFlag(Usage.Residual) && reads.Any(IsStream) && writes.Any(IsStream))
            return DimensionKind.Mlp;
        // what keys and values alone read is a smaller copy of the stream, and what is made of a stream as well is no layer between convolutions
        bool attended = writes.Length > 0 && _products.Where(p => p.Read.Contains(@class)).All(p => p.Attends);
        return (usage.HasFlag(Usage.ProducedBySpatial) && !attended) || (reads.Length > 0 && reads.All(r => Of(r) == DimensionKind.Conv)) ? DimensionKind.Conv : DimensionKind.Other;
    }

    private int First(int[] labels)
    {
        foreach (int label in labels)
        {
            if (label >= 0)
                return _labels.Find(label);
        }
        return -1;
    }
}
