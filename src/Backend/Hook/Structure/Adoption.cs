using SiDT.Backend.Hook.Expressions;

namespace SiDT.Backend.Hook.Structure;

/// <summary>
/// Exporters fold a transposition or a scale into a weight and give it a number for a name. What stands in the middle of a block and is used
/// nowhere else is a part of that block, whatever it is called.
/// </summary>
internal static class Adoption
{
    /// <summary>Gives layers without a telling name the names of the modules around them.</summary>
    public static void Run(Dictionary<Layer, string[]> paths, Translation translation, IReadOnlyList<Step> steps)
    {
        Dictionary<Layer, List<int>> uses = Elements.Uses(translation, steps);
        var elements = new Elements(uses, paths.GetValueOrDefault);
        var adopted = new List<(Layer Layer, string[] Element, int At)>();
        foreach ((Layer layer, List<int> at) in uses)
        {
            if (paths.TryGetValue(layer, out string[]? own) && Elements.IsInside(own))
                continue;
            if (elements.Around(at[0], at[^1]) is { } element)
                adopted.Add((layer, element, at[0]));
        }
        foreach (var group in adopted.GroupBy(a => string.Join('/', a.Element)))
        {
            string[] element = group.First().Element;
            (int first, int last) = elements.Of(element);
            Step[] inside = [.. steps.Skip(first).Take(last - first + 1)];
            IReadOnlyDictionary<Layer, string> roles = AttentionParts.In(inside).Count == 1 ? BlockRoles.Of(inside, translation) : new Dictionary<Layer, string>();
            var known = uses.Where(u => paths.TryGetValue(u.Key, out string[]? p) && p.Length > element.Length && p[..element.Length].SequenceEqual(element)).Select(u => (At: u.Value[0], Path: paths[u.Key])).OrderBy(k => k.At).ToArray();
            foreach ((Layer layer, _, int at) in group)
            {
                string role = roles.GetValueOrDefault(layer) ?? SurroundingNames.Leaf(steps[at], layer, isStem: false);
                string[] before = known.LastOrDefault(k => k.At < at).Path ?? element, after = known.FirstOrDefault(k => k.At > at).Path ?? element;
                paths[layer] = [.. Module(element, steps[at], layer, role, before, after), role];
            }
        }
    }

    // the module that a layer is in: what its node says, else what its neighbours have in common
    private static string[] Module(string[] element, Step step, Layer layer, string role, string[] before, string[] after)
    {
        if (LayerNames.Scope(step.Node.Name) is { } scope && scope.Length > element.Length && scope[..element.Length].SequenceEqual(element))
            return scope;
        int common = element.Length;
        while (common < Math.Min(before.Length, after.Length) - 1 && before[common] == after[common])
            common++;
        if (common > element.Length || layer.Type.EndsWith("Norm", StringComparison.Ordinal) || role is "scale" or "norm")
            return before[..common];
        // between a norm of the block and the projection of its attention
        return after.Length > element.Length + 1 ? after[..(element.Length + 1)] : before.Length > element.Length + 1 ? before[..(element.Length + 1)] : element;
    }
}
