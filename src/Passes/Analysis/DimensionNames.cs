using SiDT.Frontend;

namespace SiDT.Passes.Analysis;

/// <summary>Names of dimensions: what the names of their weights have in common, and their kind.</summary>
internal sealed class DimensionNames
{
    private readonly LabelTable _labels;
    private readonly ClassGraph _classes;
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<DimensionKind, int> _count = [];
    private readonly Dictionary<int, List<string>> _tensors = [];

    /// <param name="labels">The labels.</param>
    /// <param name="classes">Their classes.</param>
    /// <param name="named">First units of the dimensions that will be named.</param>
    public DimensionNames(LabelTable labels, ClassGraph classes, IEnumerable<int> named)
    {
        _labels = labels;
        _classes = classes;
        foreach (int c in named.SelectMany(classes.Closure))
            _tensors.TryAdd(c, []);
        foreach (LabelHome home in labels.Homes)
        {
            string name = NameOf(home.Tensor);
            for (int i = 0; i < home.Count; i++)
            {
                if (_tensors.TryGetValue(_labels.Find(home.Start + i), out List<string>? names) && (names.Count == 0 || names[^1] != name))
                    names.Add(name);
            }
        }
    }

    public string Of(int[][] units, DimensionKind kind)
    {
        string[] names = [.. _classes.Closure(units[0][0]).SelectMany(c => _tensors.GetValueOrDefault(c) ?? []).Distinct(StringComparer.Ordinal)];
        // numbers that an exporter gave say nothing, and are no reason to forget what the other names say
        string[] placed = [.. names.Where(NamePath.HasPlace)];
        string[] prefix = placed.Length > 0 ? Common(placed) : [];
        int number = _count[kind] = _count.GetValueOrDefault(kind) + 1;
        string name = prefix.Length == 0 ? $"{kind.Word()}.{number - 1}" : string.Join('.', prefix[^1] == kind.Word() ? prefix : [.. prefix, kind.Word()]);
        string unique = name;
        for (int i = 1; !_taken.Add(unique); i++)
            unique = $"{name}.{i}";
        return unique;
    }

    // a weight whose name says nothing of its place is called as the first node that reads it and has such a name
    private static string NameOf(Value tensor)
    {
        Value at = tensor;
        for (int steps = 0; steps < 4 && !NamePath.HasPlace(tensor.Name) && at.Uses.Count > 0; steps++)
        {
            Node user = at.Uses[0].Node;
            if (NamePath.HasPlace(user.Name))
                return user.Name;
            if (user.Outputs.Count == 0 || user.Outputs[0] is not { } next)
                break;
            at = next;
        }
        return tensor.Name;
    }

    /// <summary>What all paths begin with; the last part of a path is a weight or an operator, and no place.</summary>
    private static string[] Common(string[] names)
    {
        string[][] parts = [.. names.Select(NamePath.Parts)];
        int shared = 0;
        while (parts.All(p => p.Length > shared + 1 && p[shared] == parts[0][shared]))
            shared++;
        return parts[0][..shared];
    }
}
