using SiDT.Backend.Hook.Expressions;

namespace SiDT.Backend.Hook.Structure;

/// <summary>
/// Exporters store equal weights once, and blocks that share a layer by that are no blocks any more. Every element of a list gets a layer of
/// its own, bound to the same tensor; training keeps them equal.
/// </summary>
internal static class SharedLayers
{
    /// <summary>The steps with layers of their own.</summary>
    public static IReadOnlyList<Step> Divide(Translation translation, IReadOnlyList<Step> steps)
    {
        Dictionary<Layer, List<int>> uses = Elements.Uses(translation, steps);
        var elements = new Elements(uses, l => l.Path);
        var own = new Dictionary<(Layer Layer, int At), Layer>();
        foreach ((Layer layer, List<int> at) in uses.Where(u => u.Key.IsModule && u.Value.Count > 1))
        {
            var copies = new Dictionary<string, Layer>(StringComparer.Ordinal);
            foreach (int i in at)
            {
                string[]? path = Path(layer, steps[i], i, elements);
                string key = path is null ? "" : string.Join('/', path);
                if (!copies.TryGetValue(key, out Layer? copy))
                    copies[key] = copy = path is null || (layer.Path is { } known && known.SequenceEqual(path)) ? layer : new Layer(layer.Type, layer.Construct, layer.Tensors, path, layer.Role);
                own[(layer, i)] = copy;
            }
            // one place has no element: what is shared is shared on purpose
            if (copies.ContainsKey(""))
            {
                foreach (int i in at)
                    own.Remove((layer, i));
            }
        }
        return own.Count == 0 ? steps : [.. steps.Select((s, i) => s.Layers.Any(l => own.TryGetValue((l, i), out Layer? o) && o != l) ? With(s, l => own.GetValueOrDefault((l, i), l)) : s)];
    }

    // what the layer would be called there
    private static string[]? Path(Layer layer, Step step, int at, Elements elements)
    {
        if (LayerNames.Scope(step.Node.Name) is { } scope)
            return layer.Path is { } own && IsAgain(scope, own) ? own : scope;
        if (elements.Around(at, at) is not { } element || layer.Path is not { } path)
            return null;
        int tail = Math.Min(element.Length, path.Length - 1);
        return [.. element, .. path[tail..]];
    }

    // 'attn/query_1': the same module, called a second time
    private static bool IsAgain(string[] scope, string[] own) =>
        scope.Length == own.Length && scope.Zip(own).All(w => w.First == w.Second || (w.First.StartsWith(w.Second + "_", StringComparison.Ordinal) && w.First[(w.Second.Length + 1)..].All(char.IsAsciiDigit)));

    private static Step With(Step step, Func<Layer, Layer> own) =>
        new(step.Node, new Code(step.Code.Pieces.Select(p => p is Member m ? new Member(own(m.Layer)) : p)), step.Level, step.Outputs) { IsArray = step.IsArray, Kind = step.Kind };
}
