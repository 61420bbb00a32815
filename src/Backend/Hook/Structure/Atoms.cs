using SiDT.Backend.Hook.Expressions;
using SiDT.Frontend;

namespace SiDT.Backend.Hook.Structure;

/// <summary>
/// Where a network can be taken apart: between two steps that a single value connects. What accompanies the stream from afar (the
/// memory that a decoder looks at, masks, tables of rotations) is not counted.
/// </summary>
internal sealed class Atoms
{
    // further than anything inside one attention
    private const int Far = 12;

    private readonly IReadOnlyList<Step> _steps;
    private readonly Func<Value, bool> _isLeaf;
    private readonly Dictionary<Value, int> _makers = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, List<int>> _readers = new(ReferenceEqualityComparer.Instance);

    public Atoms(IReadOnlyList<Step> steps, Func<Value, bool> isLeaf)
    {
        _isLeaf = isLeaf;
        _steps = steps;
        for (int i = 0; i < steps.Count; i++)
        {
            foreach (Value read in steps[i].Reads.Distinct())
            {
                if (!_readers.TryGetValue(read, out List<int>? readers))
                    _readers[read] = readers = [];
                readers.Add(i);
            }
            foreach (Value made in steps[i].Outputs)
                _makers[made] = i;
        }
    }

    /// <summary>The step that makes a value; -1 where none does.</summary>
    public int Maker(Value value) => _makers.GetValueOrDefault(value, -1);

    /// <summary>Whether a value accompanies the stream instead of being it.</summary>
    public bool IsCompanion(Value value)
    {
        if (!_makers.TryGetValue(value, out int made) || !_readers.TryGetValue(value, out List<int>? readers))
            return false;
        if (readers[0] - made >= Far)
            return true;
        // a table for every sample
        if (_steps[made].Reads.Any() && _steps[made].Reads.All(_isLeaf) && readers.Count > 1)
            return true;
        int spots = 1;
        for (int i = 1; i < readers.Count; i++)
            spots += readers[i] - readers[i - 1] >= Far ? 1 : 0;
        return spots > 2; // a residual connection has two: where the branch begins and where it ends
    }

    /// <summary>The atoms in order; together they are all steps.</summary>
    public IReadOnlyList<Atom> Find()
    {
        // how many values cross the border in front of each step
        var change = new int[_steps.Count + 2];
        foreach ((Value value, int made) in _makers)
        {
            int last = value.IsOutput ? made : -1; // an output is taken where it is made
            if (_readers.TryGetValue(value, out List<int>? readers))
                last = Math.Max(last, readers[^1]);
            if (last <= made || IsCompanion(value))
                continue;
            change[made + 1]++;
            change[last + 1]--;
        }
        var atoms = new List<Atom>();
        int first = 0, crossing = 0;
        for (int i = 1; i <= _steps.Count; i++)
        {
            crossing += change[i];
            if (crossing > 1 && i < _steps.Count)
                continue;
            atoms.Add(Atom.Of(_steps, first, i - 1, LooksElsewhere));
            first = i;
        }
        return atoms;
    }

    private bool LooksElsewhere(AttentionParts attention, int first)
    {
        HashSet<Value> keys = Entries(attention.Key, first), queries = Entries(attention.Query, first);
        return keys.Count > 0 && (!keys.Overlaps(queries) || (keys.Any(IsCompanion) && !queries.Any(IsCompanion)));
    }

    // what a value is made of that was there before
    private HashSet<Value> Entries(Value value, int first)
    {
        var found = new HashSet<Value>(ReferenceEqualityComparer.Instance);
        var seen = new HashSet<Value>(ReferenceEqualityComparer.Instance);
        var open = new Stack<Value>([value]);
        while (open.TryPop(out Value? at))
        {
            if (!seen.Add(at) || _isLeaf(at))
                continue;
            int maker = Maker(at);
            if (maker < first)
                found.Add(at);
            else
                foreach (Value read in _steps[maker].Reads)
                    open.Push(read);
        }
        return found;
    }
}
