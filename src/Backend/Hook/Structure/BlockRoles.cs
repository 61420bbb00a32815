using System.Globalization;
using SiDT.Backend.Hook.Expressions;
using SiDT.Frontend;

namespace SiDT.Backend.Hook.Structure;

/// <summary>What layers of a block are called after what they do: query, key and value, projection, layers of a feed-forward net.</summary>
internal static class BlockRoles
{
    /// <summary>Names of layers of one atom; layers without a role of their own are left out.</summary>
    public static IReadOnlyDictionary<Layer, string> Of(Step[] steps, Translation translation)
    {
        var names = new Dictionary<Layer, string>(ReferenceEqualityComparer.Instance);
        IReadOnlyList<AttentionParts> attentions = AttentionParts.In(steps);
        if (attentions.Count > 0)
            Attend(steps, attentions, translation, names);
        // where attention and feed-forward net stand side by side, the rest is the net's
        Layer[] linears = [.. steps.SelectMany(s => s.Layers).Where(l => l.Type == "Linear" && !names.ContainsKey(l)).Distinct()];
        for (int i = 0; i < linears.Length && linears.Length > 1; i++)
            names[linears[i]] = $"fc{(i + 1).ToString(CultureInfo.InvariantCulture)}";
        return names;
    }

    private static void Attend(Step[] steps, IReadOnlyList<AttentionParts> attentions, Translation translation, Dictionary<Layer, string> names)
    {
        var makers = new Dictionary<Value, Step>(ReferenceEqualityComparer.Instance);
        foreach (Step step in steps)
        {
            foreach (Value output in step.Outputs)
                makers[output] = step;
        }
        var letters = new Dictionary<Layer, string>(ReferenceEqualityComparer.Instance);
        foreach (AttentionParts attention in attentions)
        {
            foreach ((string letter, Value value) in new[] { ("q", attention.Query), ("k", attention.Key), ("v", attention.Value) })
                Back(value, letter, makers, translation, letters, names);
        }
        foreach ((Layer layer, string word) in letters)
            names[layer] = word;
        foreach (AttentionParts attention in attentions)
            AddToScores(attention, makers, translation, names);
        // the first layer that reads what came out
        int behind = Array.IndexOf(steps, attentions[^1].Mixed);
        if (steps.Skip(behind).SelectMany(s => s.Layers).FirstOrDefault(l => l.Type is "Linear" or "Conv2d" or "Conv1d" && !names.ContainsKey(l)) is { } projection)
            names[projection] = "proj";
    }

    // what is added between scores and softmax: positions, or a mask
    private static void AddToScores(AttentionParts attention, Dictionary<Value, Step> makers, Translation translation, Dictionary<Layer, string> names)
    {
        var open = new Stack<Value>(attention.Softmax.Reads);
        var seen = new HashSet<Value>(ReferenceEqualityComparer.Instance);
        while (open.TryPop(out Value? at))
        {
            if (!seen.Add(at) || (makers.TryGetValue(at, out Step? step) && (step == attention.Scores || step.Layers.Any())))
                continue;
            if (translation.Leaves.TryGetValue(at, out Layer? leaf))
                names.TryAdd(leaf, leaf.Type == "Parameter" ? "position_bias" : "mask");
            foreach (Value read in step?.Reads ?? [])
                open.Push(read);
        }
    }

    // from what an attention reads to the layer that makes it
    private static void Back(Value value, string letter, Dictionary<Value, Step> makers, Translation translation, Dictionary<Layer, string> letters, Dictionary<Layer, string> names)
    {
        var open = new Stack<Value>([value]);
        var seen = new HashSet<Value>(ReferenceEqualityComparer.Instance);
        while (open.TryPop(out Value? at))
        {
            if (!seen.Add(at))
                continue;
            if (translation.Leaves.TryGetValue(at, out Layer? leaf))
            {
                if (leaf.Type == "Parameter")
                    names.TryAdd(leaf, $"{letter}_bias");
                continue;
            }
            if (!makers.TryGetValue(at, out Step? step))
                continue;
            if (step.Layers.FirstOrDefault() is { } layer)
            {
                if (step.Kind == StepKind.Linear || layer.Type == "Linear")
                {
                    string known = letters.GetValueOrDefault(layer, "");
                    letters[layer] = known.Contains(letter) ? known : known + letter;
                    continue;
                }
                names.TryAdd(layer, layer.Role == "norm" ? $"{letter}_norm" : layer.Role);
            }
            foreach (Value read in step.Reads)
                open.Push(read);
        }
    }
}
