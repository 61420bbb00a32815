using SiDT.Frontend;

namespace SiDT.Passes.Analysis;

/// <summary>How a label is used; gathered while labels flow, read when kinds are decided.</summary>
[Flags]
public enum Usage
{
    None = 0,
    Produced = 1,            // made by a linear operator with a weight
    ProducedBySpatial = 2,   // made by a convolution with spatial extent
    Consumed = 4,            // contracted with a weight
    ContractedPair = 8,      // contracted activation by activation
    CarriedPair = 16,        // free axis of a product of two activations
    BatchPair = 32,          // batch axis of a product of two activations
    Normalized = 64,         // statistics are taken over it
    Residual = 128,          // added to itself from two different sources
    Pointwise = 256,         // goes through a nonlinear point-wise function
    Softmaxed = 1024,        // its product goes into a Softmax
    Sounding = 16384,        // summed up although not zero where it is silenced
    Averaged = 8192,         // a mean is taken over it
    Space = 4096,            // positions in space or of a kernel
    Unowned = 2048,          // aligned with positions that no weight owns (tokens, pixels)
}

/// <summary>A run of fresh labels: the positions of one axis of one constant.</summary>
/// <param name="Start">First label; position p has label <c>Start + p</c>.</param>
public sealed record LabelHome(int Start, int Count, Value Tensor, int Axis);

/// <summary>Labels of whole rows: row label number i covers the labels <c>Members[i]</c>.</summary>
public sealed record RowSet(int[] Rows, int[][] Members);

/// <summary>All labels of a graph: identity classes (union-find), rows over them, and what holds them fast.</summary>
/// <param name="capacity">How many labels there will be, as far as that is known.</param>
public sealed class LabelTable(int capacity = 0)
{
    private int[] _parent = new int[Math.Max(1024, capacity)];
    private Usage[] _usage = new Usage[Math.Max(1024, capacity)];
    private readonly Dictionary<int, string> _frozen = [];
    private readonly HashSet<int> _fixed = [];

    public int Count { get; private set; }

    public List<LabelHome> Homes { get; } = [];

    public List<RowSet> RowSets { get; } = [];

    /// <summary>Sets of labels that were taken out together by a selection: units inside and outside are different dimensions.</summary>
    public List<int[]> Selections { get; } = [];

    /// <summary>Arrays over several factors that lie on axes of their own: what remains must be a rectangle.</summary>
    public List<LabelArray> Rectangles { get; } = [];

    /// <summary>Arrays over several factors, in the order in which these lie on one axis that a Reshape makes or takes apart.</summary>
    public List<LabelArray> Flattened { get; } = [];

    /// <summary>These and those that an operator takes apart itself (groups, heads), each with how many of its first factors lie on other axes.</summary>
    public List<(LabelArray Array, int Beside)> Counted { get; } = [];

    public int New(int count)
    {
        int start = Count;
        Count += count;
        if (Count > _parent.Length)
        {
            int size = Math.Max(Count, _parent.Length * 2);
            Array.Resize(ref _parent, size);
            Array.Resize(ref _usage, size);
        }
        for (int i = start; i < Count; i++)
            _parent[i] = i;
        return start;
    }

    public int[] NewRange(int count)
    {
        int start = New(count);
        var labels = new int[count];
        for (int i = 0; i < count; i++)
            labels[i] = start + i;
        return labels;
    }

    /// <summary>The representative of a label's identity class.</summary>
    public int Find(int label)
    {
        while (_parent[label] != label)
        {
            _parent[label] = _parent[_parent[label]];
            label = _parent[label];
        }
        return label;
    }

    /// <summary>The classes of some labels, each once, ascending; positions that always stay are left out.</summary>
    public int[] Classes(int[] labels)
    {
        var classes = new int[labels.Length];
        int count = 0;
        foreach (int label in labels)
        {
            if (label >= 0)
                classes[count++] = Find(label);
        }
        Array.Sort(classes, 0, count);
        int kept = 0;
        for (int i = 0; i < count; i++)
        {
            if (i == 0 || classes[i] != classes[i - 1])
                classes[kept++] = classes[i];
        }
        return kept == classes.Length ? classes : classes[..kept];
    }

    /// <summary>Two labels live or die together. A position that always stays freezes the other.</summary>
    public void Unite(int a, int b, string reason)
    {
        if (a < 0 || b < 0)
        {
            if (a >= 0)
                Freeze(a, reason);
            if (b >= 0)
                Freeze(b, reason);
            return;
        }
        a = Find(a);
        b = Find(b);
        if (a == b)
            return;
        (int low, int high) = a < b ? (a, b) : (b, a);
        _parent[high] = low;
    }

    public void Mark(IEnumerable<int> labels, Usage usage)
    {
        foreach (int label in labels)
        {
            if (label >= 0)
                _usage[label] |= usage;
        }
    }

    public Usage UsageOf(int label) => _usage[label];

    /// <summary>The label must stay, and with it every row that covers it.</summary>
    public void Freeze(int label, string reason)
    {
        if (label >= 0)
            _frozen.TryAdd(label, reason);
    }

    public void Freeze(IEnumerable<int> labels, string reason)
    {
        foreach (int label in labels)
            Freeze(label, reason);
    }

    /// <summary>The label cannot go alone, only with a row that covers it.</summary>
    public void Fix(IEnumerable<int> labels)
    {
        foreach (int label in labels)
        {
            if (label >= 0)
                _fixed.Add(label);
        }
    }

    public IReadOnlyDictionary<int, string> Frozen => _frozen;

    public IReadOnlySet<int> Fixed => _fixed;

    /// <summary>Row labels over the factors <paramref name="rows"/> of <paramref name="array"/>, each covering what lies at its position.</summary>
    public LabelArray Rows(LabelArray array, IReadOnlyList<Factor> rows)
    {
        List<Factor> rest = [.. array.Over.Where(f => !rows.Contains(f))];
        if (rest.Count == 0)
            return array.Reordered(rows);
        LabelArray ordered = array.Reordered([.. rows, .. rest]);
        int width = (int)Product(rest), count = (int)Product(rows);
        var members = new int[count][];
        for (int i = 0; i < count; i++)
            members[i] = ordered.Labels[(i * width)..((i + 1) * width)];
        return new LabelArray(rows, Rows(members));
    }

    /// <summary>The labels of rows that cover these.</summary>
    public int[] Rows(int[][] members)
    {
        foreach (RowSet known in RowSets)
        {
            if (known.Members.Length == members.Length && members.Length > 0 && known.Members[0].AsSpan().SequenceEqual(members[0]) && Same(known.Members, members))
                return known.Rows;
        }
        int[] labels = NewRange(members.Length);
        RowSets.Add(new RowSet(labels, members));
        for (int i = 0; i < members.Length; i++)
        {
            // rows of tokens are tokens
            Usage place = members[i].Aggregate(Usage.Unowned | Usage.Space, (u, m) => u & (m < 0 ? u : _usage[m] | _usage[Find(m)]));
            _usage[labels[i]] |= place;
        }
        return labels;
    }

    private static bool Same(int[][] a, int[][] b)
    {
        for (int i = 0; i < a.Length; i++)
        {
            if (!a[i].AsSpan().SequenceEqual(b[i]))
                return false;
        }
        return true;
    }

    private static long Product(IReadOnlyList<Factor> factors) => factors.Aggregate(1L, (p, f) => p * f.Size.Value);
}
