using SiDT.Backend.Hook.Expressions;

namespace SiDT.Backend.Hook.Structure;

/// <summary>The names under which steps are sorted into modules: the graph's, and where it has none, those that its repetitions give.</summary>
/// <param name="Layers">Names of the modules around a layer and its own, outermost first.</param>
/// <param name="Steps">Of steps that belong to a module whether they have layers or not: the modules around them, and <see cref="Within"/>.</param>
internal sealed record LayerPaths(IReadOnlyDictionary<Layer, string[]> Layers, IReadOnlyDictionary<Step, string[]> Steps)
{
    /// <summary>Ends the path of a step.</summary>
    public const string Within = "*";

    /// <summary>A path for every layer that has a name: the graph's names, where these tell more of the network than its repetitions do.</summary>
    public static LayerPaths Of(Translation translation, IReadOnlyList<Step> steps)
    {
        LayerPaths named = Named(translation, steps);
        double share = Share(translation, steps, named);
        if (share >= 0.5 || steps.SelectMany(s => s.Layers).Distinct().Take(3).Count() < 3)
            return named;
        LayerPaths repeated = new RepetitionNames(translation, steps).Find();
        return repeated.Layers.Count > 0 && Share(translation, steps, repeated) > share + 0.2 ? repeated : named;
    }

    // how much of the network stands in modules of its own
    private static double Share(Translation translation, IReadOnlyList<Step> steps, LayerPaths paths)
    {
        Scope root = new Segmenter(translation, steps, paths).Run();
        int alone = root.Items.Count(i => i.Step?.Layers.Any() == true), all = steps.Count(s => s.Layers.Any());
        return all == 0 ? 1 : 1 - ((double)alone / all);
    }

    private static LayerPaths Named(Translation translation, IReadOnlyList<Step> steps)
    {
        var paths = new Dictionary<Layer, string[]>(ReferenceEqualityComparer.Instance);
        foreach (Layer layer in steps.SelectMany(s => s.Layers).Concat(translation.Leaves.Values))
        {
            if (layer.Path is { } path)
                paths[layer] = path;
        }
        Number(paths);
        Distinguish(paths, translation, steps);
        Adoption.Run(paths, translation, steps);
        return new LayerPaths(paths, new Dictionary<Step, string[]>());
    }

    // 'encoder_layer_0', 'encoder_layer_1': elements of a list whose number is a part of their name
    private static void Number(Dictionary<Layer, string[]> paths)
    {
        static (string Stem, int Number)? Split(string word)
        {
            int at = word.LastIndexOf('_');
            return at > 0 && int.TryParse(word.AsSpan(at + 1), out int number) && number < 1000 ? (word[..at], number) : null;
        }
        int longest = paths.Values.Select(p => p.Length).DefaultIfEmpty().Max();
        for (int depth = 0; depth < longest; depth++)
        {
            int here = depth;
            // modules with something inside, beside each other, numbered without a gap
            var series = paths.Values.Where(p => p.Length > here + 1 && Split(p[here]) is not null).GroupBy(p => string.Join('/', p[..here]) + "/" + Split(p[here])!.Value.Stem)
                .Where(g => g.Select(p => Split(p[here])!.Value.Number).Distinct().Order().ToArray() is { Length: > 1 } numbers && numbers[^1] - numbers[0] == numbers.Length - 1)
                .Select(g => g.Key).ToHashSet(StringComparer.Ordinal);
            foreach ((Layer layer, string[] path) in paths.ToArray())
            {
                if (path.Length > depth + 1 && Split(path[depth]) is { } split && series.Contains(string.Join('/', path[..depth]) + "/" + split.Stem))
                    paths[layer] = [.. path[..depth], split.Stem, split.Number.ToString(System.Globalization.CultureInfo.InvariantCulture), .. path[(depth + 1)..]];
            }
        }
    }

    // where cutting made several layers of one, or a graph names the module around a layer alone, what they do tells them apart
    private static void Distinguish(Dictionary<Layer, string[]> paths, Translation translation, IReadOnlyList<Step> steps)
    {
        static string Text(IEnumerable<string> path) => string.Join('/', path);
        var modules = paths.Where(p => p.Key.IsModule).ToArray();
        var around = modules.SelectMany(p => Enumerable.Range(1, p.Value.Length - 1).Select(n => Text(p.Value[..n]))).ToHashSet(StringComparer.Ordinal);
        var alike = modules.GroupBy(p => Text(p.Value)).Where(g => g.Count() > 1 || around.Contains(g.Key)).SelectMany(g => g).ToArray();
        foreach (var module in alike.GroupBy(p => Text(around.Contains(Text(p.Value)) ? p.Value : p.Value[..^1])))
        {
            string[] name = module.Key.Length == 0 ? [] : module.Key.Split('/');
            int[] places = [.. Enumerable.Range(0, steps.Count).Where(i => steps[i].Layers.Any(l => paths.TryGetValue(l, out string[]? p) && p.Length >= name.Length && p[..name.Length].SequenceEqual(name)))];
            if (places.Length == 0)
                continue;
            Step[] inside = [.. steps.Skip(places[0]).Take(places[^1] - places[0] + 1)];
            if (name.Length == 0 || AttentionParts.In(inside).Count != 1)
                continue;
            foreach ((Layer layer, string role) in BlockRoles.Of(inside, translation))
            {
                if (paths.TryGetValue(layer, out string[]? path) && path.Length >= name.Length && path[..name.Length].SequenceEqual(name))
                    paths[layer] = [.. name, role];
            }
        }
    }
}
