namespace SiDT.Passes.Analysis;

/// <summary>Names of dimensions: what the names of their weights have in common, and their kind.</summary>
internal sealed class DimensionNames
{
    private readonly Dictionary<int, List<string>> _tensors = [];
    private readonly ClassGraph _classes;
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<DimensionKind, int> _count = [];

    public DimensionNames(LabelTable labels, ClassGraph classes)
    {
        _classes = classes;
        foreach (LabelHome home in labels.Homes)
        {
            for (int i = 0; i < home.Count; i++)
            {
                int c = labels.Find(home.Start + i);
                if (!_tensors.TryGetValue(c, out List<string>? names))
                    _tensors[c] = names = [];
                if (names.Count == 0 || names[^1] != home.Tensor.Name)
                    names.Add(home.Tensor.Name);
            }
        }
    }

    public string Of(int[][] units, DimensionKind kind)
    {
        string[] names = [.. _classes.Closure(units[0][0]).SelectMany(c => _tensors.GetValueOrDefault(c) ?? []).Distinct(StringComparer.Ordinal)];
        string prefix = names.Length == 0 ? "" : Common(names);
        int number = _count[kind] = _count.GetValueOrDefault(kind) + 1;
        string name = prefix.Length > 0 ? $"{prefix}.{kind.Word()}" : $"{kind.Word()}.{number - 1}";
        string unique = name;
        for (int i = 1; !_taken.Add(unique); i++)
            unique = $"{name}.{i}";
        return unique;
    }

    private static string Common(string[] names)
    {
        string[][] parts = [.. names.Select(n => n.Split('.', '/', ':'))];
        int shared = 0;
        while (parts.All(p => p.Length > shared + 1 && p[shared] == parts[0][shared]))
            shared++;
        return string.Join('.', parts[0].Take(shared).Where(p => p.Length > 0));
    }
}
