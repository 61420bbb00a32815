using System.Globalization;
using SiDT.Backend.Hook.Expressions;
using SiDT.Frontend;

namespace SiDT.Backend.Hook.Structure;

/// <summary>Names of what stands around the blocks: patches and positions in front, a norm and heads behind, what lies between stages.</summary>
/// <param name="translation">Layers and leaves.</param>
/// <param name="steps">The network.</param>
/// <param name="names">Names that are known; others are added.</param>
/// <param name="towers">For each step the tower it belongs to, or null.</param>
internal sealed class SurroundingNames(Translation translation, IReadOnlyList<Step> steps, Dictionary<Layer, string[]> names, string?[] towers)
{
    /// <summary>Adds names of everything outside of the lists.</summary>
    /// <param name="lists">First and last step of each list of blocks.</param>
    public void Add(IReadOnlyList<(int First, int Last)> lists)
    {
        var shared = new Dictionary<Layer, string[]>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < steps.Count; i++)
        {
            foreach (Layer leaf in steps[i].Reads.Where(translation.Leaves.ContainsKey).Select(r => translation.Leaves[r]).Where(l => !names.ContainsKey(l)))
                shared.TryAdd(leaf, [Leaf(steps[i], leaf, isStem: false)]);
            if (lists.Any(l => i >= l.First && i <= l.Last))
                continue;
            int before = lists.Count(l => l.Last < i);
            // among lists of the same tower
            bool isStem = !lists.Any(l => l.Last < i && towers[l.First] == towers[i]), isEnd = !lists.Any(l => l.First > i && towers[l.First] == towers[i]);
            foreach (Layer layer in steps[i].Layers.Concat(steps[i].Reads.Where(translation.Leaves.ContainsKey).Select(r => translation.Leaves[r])))
            {
                string word = layer.IsModule ? Module(layer, i, isStem) : Leaf(steps[i], layer, isStem);
                bool between = !isStem && !isEnd && layer is { IsModule: true, Type: not "Embedding" } && before > 0 && AreStages(lists, before);
                string[] path = between ? [$"downsample{before.ToString(CultureInfo.InvariantCulture)}", word] : [word];
                names.TryAdd(layer, towers[i] is { } tower ? [tower, .. path] : path);
            }
        }
        foreach ((Layer leaf, string[] path) in shared)
            names.TryAdd(leaf, path);
    }

    // both lists beside a gap are stages
    private bool AreStages(IReadOnlyList<(int First, int Last)> lists, int before) => new[] { lists[before - 1], lists[before] }.All(l =>
        Enumerable.Range(l.First, l.Last - l.First + 1).SelectMany(i => steps[i].Layers).Any(layer => names.GetValueOrDefault(layer) is { } path && path.Any(w => w.StartsWith("stage", StringComparison.Ordinal))));

    private string Module(Layer layer, int at, bool isStem)
    {
        if (layer.Type == "Embedding")
            return "embed";
        // the only convolution of the stem, and what it makes are tokens
        if (isStem && layer.Type == "Conv2d" && !steps.Where((s, i) => i != at && towers[i] == towers[at]).SelectMany(s => s.Layers).Any(l => l.Type == "Conv2d"))
            return "patch_embed";
        if (steps[at].Outputs.Any(Leads))
            return translation.Model.Graph.Outputs.Count > 1 && Target(steps[at].Outputs[0]) is { } output && LayerNames.Parts(output.Name) is { } parts ? $"{parts[^1]}_head" : "head";
        return layer.Role;
    }

    /// <summary>What a parameter or buffer is called after what is done with it.</summary>
    public static string Leaf(Step step, Layer leaf, bool isStem)
    {
        if (leaf.Type != "Parameter")
            return leaf.Role;
        string code = string.Concat(step.Code.Pieces.OfType<Literal>().Select(l => l.Text));
        bool isTable = leaf.Tensors.Count > 0 && leaf.Tensors[0].Source.Dims.Count(d => d > 1) > 1;
        // a row for every token is added; a token is put in front
        return code.Trim() == "+" ? isTable ? "pos_embed" : "bias"
            : code.Trim() == "*" ? "scale"
            : isStem && (code.Contains("cat(", StringComparison.Ordinal) || code.Contains("expand", StringComparison.Ordinal)) ? "cls_token"
            : code.Contains("expand", StringComparison.Ordinal) ? "queries"
            : leaf.Role;
    }

    private bool Leads(Value value) => Target(value) is not null;

    // the output of the network that a value is, or that is made of it without another layer
    private Value? Target(Value value)
    {
        for (int i = 0; i < 6; i++)
        {
            if (value.IsOutput)
                return value;
            Step[] readers = [.. steps.Where(s => s.Reads.Contains(value))];
            if (readers.Length != 1 || readers[0].Layers.Any() || readers[0].Outputs.Length != 1)
                return null;
            value = readers[0].Outputs[0];
        }
        return null;
    }
}
