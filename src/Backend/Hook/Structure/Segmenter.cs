using SiDT.Backend.Hook.Expressions;
using SiDT.Frontend;

namespace SiDT.Backend.Hook.Structure;

/// <summary>
/// Finds modules: steps in a row whose layers share a name, and what follows them until a single value leaves.
/// </summary>
internal sealed class Segmenter
{
    private const int MaxInputs = 5;
    private const int MaxOutputs = 3;

    private readonly Translation _translation;
    private readonly IReadOnlyList<Step> _steps;
    private readonly Dictionary<Value, List<int>> _readers = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Layer, List<int>> _users = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, int> _makers = new(ReferenceEqualityComparer.Instance);
    private readonly LayerPaths _paths;

    public Segmenter(Translation translation, IReadOnlyList<Step> steps, LayerPaths paths)
    {
        _translation = translation;
        _steps = steps;
        _paths = paths;
        for (int i = 0; i < steps.Count; i++)
        {
            foreach (Value read in steps[i].Reads.Distinct())
                Entry(_readers, read).Add(i);
            foreach (Layer layer in steps[i].Layers.Distinct())
                Entry(_users, layer).Add(i);
            foreach (Value made in steps[i].Outputs)
                _makers[made] = i;
        }
    }

    /// <summary>The whole network.</summary>
    public Scope Run()
    {
        Model model = _translation.Model;
        var root = new Scope
        {
            Inputs = [.. model.Graph.Inputs.Where(i => i.Initializer is null)],
            Outputs = [.. model.Graph.Outputs],
            Name = "model",
            Depth = 0,
        };
        Fill(root, 0, _steps.Count - 1, 0);
        return root;
    }

    private void Fill(Scope scope, int first, int last, int depth)
    {
        depth = SkipCommon(first, last, depth);
        int at = first;
        foreach (Segment segment in Segments(first, last, depth))
        {
            while (at < segment.First)
                scope.Items.Add(new ScopeItem(_steps[at++], null));
            string[] words = segment.Key.Split('.');
            var child = new Scope
            {
                Inputs = Inputs(segment.First, segment.Last),
                Outputs = Outputs(segment.First, segment.Last),
                Name = words[0].Length > 0 ? words[0] : "blocks",
                Index = words.Length > 1 ? int.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture) : null,
                Depth = segment.Depth,
            };
            Fill(child, segment.First, segment.Last, segment.Depth);
            scope.Items.Add(new ScopeItem(null, child));
            at = segment.Last + 1;
        }
        while (at <= last)
            scope.Items.Add(new ScopeItem(_steps[at++], null));
        foreach (IGrouping<string, Scope> list in scope.Items.Select(i => i.Child).OfType<Scope>().Where(c => c.Index is not null).GroupBy(c => c.Name))
            StreamFirst([.. list]);
        Own(scope);
    }

    // what runs through a list of modules is their first argument
    private static void StreamFirst(Scope[] list)
    {
        if (list.Length < 2 || list.Any(c => c.Inputs.Length != list[0].Inputs.Length))
            return;
        int at = Array.FindIndex(list[1].Inputs, i => list[0].Outputs.Contains(i));
        if (at <= 0 || Enumerable.Range(1, list.Length - 1).Any(i => !list[i - 1].Outputs.Contains(list[i].Inputs[at])))
            return;
        foreach (Scope child in list)
            child.Inputs = [child.Inputs[at], .. child.Inputs.Where((_, i) => i != at)];
    }

    private void Own(Scope scope)
    {
        var inside = scope.Items.Where(i => i.Child is not null).SelectMany(i => i.Child!.Inputs).Concat(scope.Items.Where(i => i.Step is not null).SelectMany(i => i.Step!.Reads)).Concat(scope.Outputs);
        foreach (Value value in inside.Distinct())
        {
            if (_translation.Leaves.ContainsKey(value) && !scope.Inputs.Contains(value))
                scope.Owned.Add(value);
        }
    }

    // where everything lies in one module, that module is the network
    private int SkipCommon(int first, int last, int depth)
    {
        while (true)
        {
            string[] keys = [.. Tags(first, last, depth).Select(t => t.Key).Distinct().Take(2)];
            if (keys.Length != 1 || Tags(first, last, depth).Any(t => t.Path.Length <= depth + Consumed(keys[0])))
                return depth;
            depth += Consumed(keys[0]);
        }
    }

    /// <param name="Key">Its name, with its number where it is an element of a list.</param>
    /// <param name="First">The first step.</param>
    /// <param name="Last">The last step.</param>
    /// <param name="Depth">How many names lead to it.</param>
    private sealed record Segment(string Key, int First, int Last, int Depth);

    private List<Segment> Segments(int first, int last, int depth)
    {
        var found = new List<Segment>();
        List<Tag> tags = [.. Tags(first, last, depth)];
        Collect(tags, tags, first, last, depth, found);
        found.Sort((a, b) => a.First.CompareTo(b.First));
        return found;
    }

    private void Collect(IEnumerable<Tag> some, List<Tag> tags, int first, int last, int depth, List<Segment> found)
    {
        foreach (IGrouping<string, Tag> group in some.Where(t => t.Path.Length > depth + Consumed(Key(t.Path, depth))).GroupBy(t => Key(t.Path, depth)).OrderBy(g => g.Min(t => t.At)).ToList())
        {
            Tag[] own = [.. group];
            if (own.Select(t => t.Layer).OfType<Layer>().Distinct().Count() < 2 && !group.Key.Contains('.'))
                continue;
            if (Fit(group.Key, own, tags, first, last, depth + Consumed(group.Key), found) is { } segment)
                found.Add(segment);
            else
                Collect(own, tags, first, last, depth + Consumed(group.Key), found); // others stand in between: what is inside of it may be in one piece
        }
    }

    private Segment? Fit(string key, Tag[] own, List<Tag> tags, int first, int last, int depth, List<Segment> found)
    {
        int from = own.Min(t => t.At), to = own.Max(t => t.At);
        bool Belongs(Tag tag) => tag.Path.Length >= depth && tag.Path.AsSpan(0, depth).SequenceEqual(own[0].Path.AsSpan(0, depth));
        // layers of that very name: parts of what was one layer
        if (tags.Any(t => Belongs(t) ? t.Path.Length == depth : t.At >= from && t.At <= to))
            return null;
        // the module ends where a single value leaves it
        int limit = tags.Where(t => t.At > to).Select(t => t.At).DefaultIfEmpty(last + 1).Min();
        int end = to;
        while (Outputs(from, end).Length > 1 && end + 1 < limit && end + 1 <= last && end - to < 12)
            end++;
        if (Outputs(from, end).Length > Outputs(from, to).Length || Outputs(from, end).Length > 1)
            end = to;
        from = Begin(from, end, first, tags);
        if (Outputs(from, end).Length is 0 or > MaxOutputs || Inputs(from, end).Length is 0 or > MaxInputs || !IsClosed(from, end) || (from == first && end == last))
            return null;
        return found.Any(f => f.First <= end && from <= f.Last) ? null : new Segment(key, from, end, depth);
    }

    // steps without layers in front of a module are its own where fewer values enter it then
    private int Begin(int from, int end, int first, List<Tag> tags)
    {
        for (int k = 1; k <= 4 && from - k >= first && !_steps[from - k].Layers.Any() && !tags.Any(t => t.At == from - k); k++)
        {
            if (Inputs(from - k, end).Length < Inputs(from, end).Length && Outputs(from - k, end).Length == Outputs(from, end).Length)
                return Begin(from - k, end, first, tags);
        }
        return from;
    }

    private sealed record Tag(int At, Layer? Layer, string[] Path, string Key);

    private IEnumerable<Tag> Tags(int first, int last, int depth)
    {
        for (int i = first; i <= last; i++)
        {
            if (_paths.Steps.TryGetValue(_steps[i], out string[]? around) && around.Length > depth && around[depth] != LayerPaths.Within)
                yield return new Tag(i, null, around, Key(around, depth));
            foreach (Layer layer in _steps[i].Layers)
            {
                if (PathOf(layer, depth) is { } path)
                    yield return new Tag(i, layer, path, Key(path, depth));
            }
            foreach (Value read in _steps[i].Reads)
            {
                // what others read too belongs to none of them
                if (_translation.Leaves.TryGetValue(read, out Layer? leaf) && _readers[read].Count == 1 && PathOf(leaf, depth) is { } path)
                    yield return new Tag(i, leaf, path, Key(path, depth));
            }
        }
    }

    private string[]? PathOf(Layer layer, int depth) => _paths.Layers.TryGetValue(layer, out string[]? path) && path.Length > depth ? path : null;

    /// <summary>
    /// The next name of a path, with its number where it is an element of a list; a list inside of a list has no name
    /// (<c>.0</c>). Layers that have a number only are no elements.
    /// </summary>
    internal static string Key(string[] path, int depth) =>
        IsNumber(path[depth]) ? $".{path[depth]}"
        : depth + 2 < path.Length && IsNumber(path[depth + 1]) ? $"{path[depth]}.{path[depth + 1]}"
        : path[depth];

    private static bool IsNumber(string word) => word.Length < 6 && word.All(char.IsAsciiDigit);

    // how many names of a path a key stands for
    private static int Consumed(string key) => key.LastIndexOf('.') > 0 ? 2 : 1;

    private bool IsClosed(int from, int to)
    {
        for (int i = from; i <= to; i++)
        {
            if (_steps[i].Layers.Any(l => _users[l].Any(u => u < from || u > to)))
                return false;
        }
        return true;
    }

    private Value[] Inputs(int from, int to)
    {
        var inputs = new List<Value>();
        for (int i = from; i <= to; i++)
        {
            foreach (Value read in _steps[i].Reads)
            {
                if (inputs.Contains(read))
                    continue;
                bool isLeaf = _translation.Leaves.ContainsKey(read);
                if (isLeaf ? _readers[read].Any(r => r < from || r > to) : !_makers.TryGetValue(read, out int maker) || maker < from)
                    inputs.Add(read);
            }
        }
        // activations first
        return [.. inputs.OrderBy(v => _translation.Leaves.ContainsKey(v) ? 1 : 0)];
    }

    private Value[] Outputs(int from, int to) =>
        [.. Enumerable.Range(from, to - from + 1).SelectMany(i => _steps[i].Outputs).Where(v => v.IsOutput || (_readers.TryGetValue(v, out List<int>? readers) && readers.Any(r => r > to)))];

    private static List<int> Entry<TKey>(Dictionary<TKey, List<int>> map, TKey key)
        where TKey : class
    {
        if (!map.TryGetValue(key, out List<int>? list))
            map[key] = list = [];
        return list;
    }
}
