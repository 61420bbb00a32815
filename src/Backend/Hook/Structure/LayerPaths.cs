using SiDT.Backend.Hook.Expressions;

namespace SiDT.Backend.Hook.Structure;

/// <summary>The names under which layers are sorted into modules: the graph's, and where it has none, those that its repetitions give.</summary>
internal static class LayerPaths
{
    /// <summary>A path for every layer that has a name.</summary>
    public static IReadOnlyDictionary<Layer, string[]> Of(Translation translation, IReadOnlyList<Step> steps)
    {
        var paths = new Dictionary<Layer, string[]>(ReferenceEqualityComparer.Instance);
        foreach (Layer layer in steps.SelectMany(s => s.Layers).Concat(translation.Leaves.Values))
        {
            if (layer.Path is { } path)
                paths[layer] = path;
        }
        return paths;
    }
}
