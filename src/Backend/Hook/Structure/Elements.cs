using SiDT.Backend.Hook.Expressions;

namespace SiDT.Backend.Hook.Structure;

/// <summary>
/// Where the elements of lists (<c>blocks.0</c>) begin and end among the steps, by the names of their layers.
/// </summary>
internal sealed class Elements
{
    private readonly Dictionary<string, (string[] Path, int First, int Last)> _ranges = new(StringComparer.Ordinal);

    /// <param name="uses">The steps that each layer is used in.</param>
    /// <param name="path">The names of a layer; null where it has none.</param>
    public Elements(IReadOnlyDictionary<Layer, List<int>> uses, Func<Layer, string[]?> path)
    {
        foreach ((Layer layer, List<int> at) in uses)
        {
            // what several read is no part of one of them, though it may be named after the first
            if (path(layer) is not { } names || (!layer.IsModule && at.Count > 1))
                continue;
            for (int length = 1; length < names.Length; length++)
            {
                if (!IsNumber(names[length - 1]))
                    continue;
                string key = string.Join('/', names[..length]);
                (string[] own, int first, int last) = _ranges.GetValueOrDefault(key, (names[..length], int.MaxValue, -1));
                _ranges[key] = (own, Math.Min(first, at[0]), Math.Max(last, at[^1]));
            }
        }
    }

    /// <summary>Whether a name is that of something inside an element.</summary>
    public static bool IsInside(string[] path) => path.SkipLast(1).Any(IsNumber);

    /// <summary>The innermost element around these steps; null where there is none.</summary>
    public string[]? Around(int first, int last) =>
        _ranges.Values.Where(r => r.First <= first && last <= r.Last && r.First < r.Last).OrderBy(r => r.Last - r.First).ThenByDescending(r => r.Path.Length).FirstOrDefault().Path;

    /// <summary>Where an element lies.</summary>
    public (int First, int Last) Of(string[] path) => _ranges.GetValueOrDefault(string.Join('/', path)) is { Path: not null } r ? (r.First, r.Last) : (0, -1);

    /// <summary>The steps that each layer, parameter and buffer is used in, in order.</summary>
    public static Dictionary<Layer, List<int>> Uses(Translation translation, IReadOnlyList<Step> steps)
    {
        var uses = new Dictionary<Layer, List<int>>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < steps.Count; i++)
        {
            foreach (Layer layer in steps[i].Layers.Concat(steps[i].Reads.Where(translation.Leaves.ContainsKey).Select(r => translation.Leaves[r])).Distinct())
            {
                if (!uses.TryGetValue(layer, out List<int>? at))
                    uses[layer] = at = [];
                at.Add(i);
            }
        }
        return uses;
    }

    private static bool IsNumber(string word) => word.Length < 6 && word.All(char.IsAsciiDigit);
}
