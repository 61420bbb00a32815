using System.Globalization;
using SiDT.Backend.Hook.Expressions;
using SiDT.Frontend;

namespace SiDT.Backend.Hook.Structure;

/// <summary>
/// Names for a graph that has none: what repeats is a list of blocks, what stands in a block is named after what it does, what
/// stands around after where it stands.
/// </summary>
internal sealed class RepetitionNames(Translation translation, IReadOnlyList<Step> steps)
{
    private readonly Atoms _places = new(steps, translation.Leaves.ContainsKey);
    private readonly Dictionary<Layer, string[]> _layers = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Step, string[]> _steps = new(ReferenceEqualityComparer.Instance);

    /// <summary>The names; none where nothing repeats.</summary>
    public LayerPaths Find()
    {
        IReadOnlyList<Atom> atoms = _places.Find();
        IReadOnlyList<Repetition> lists = Repetition.Find(atoms);
        string[] inputs = Inputs();
        string[][] names = ListNames(atoms, lists, inputs);
        var shared = steps.SelectMany((s, i) => s.Layers.Concat(Leaves(s)).Distinct().Select(l => (Layer: l, At: i))).GroupBy(l => l.Layer).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet<Layer>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < lists.Count; i++)
        {
            Repetition list = lists[i];
            for (int unit = 0; unit < list.Count; unit++)
            {
                string[] prefix = list.Count == 1 ? names[i] : [.. names[i], unit.ToString(CultureInfo.InvariantCulture)];
                Name([.. atoms.Skip(list.First + (unit * list.Period)).Take(list.Period)], prefix, shared);
            }
        }
        if (lists.Count > 0)
            new SurroundingNames(translation, steps, _layers, Towers(names, inputs)).Add(lists.Select(l => (atoms[l.First].First, atoms[l.End - 1].Last)).ToArray());
        return new LayerPaths(_layers, _steps);
    }

    private void Name(Atom[] unit, string[] prefix, HashSet<Layer> shared)
    {
        int norms = unit.Sum(a => Enumerable.Range(a.First, a.Last - a.First + 1).Count(i => IsOuterNorm(steps[i], a))), norm = 0;
        var parts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (Atom atom in unit)
        {
            Step[] inside = [.. Enumerable.Range(atom.First, atom.Last - atom.First + 1).Select(i => steps[i])];
            IReadOnlyDictionary<Layer, string> roles = BlockRoles.Of(inside, translation);
            string? part = Part(atom, unit, parts);
            bool behind = false;
            foreach (Step step in inside)
            {
                _steps[step] = [.. prefix, LayerPaths.Within];
                bool outer = IsOuterNorm(step, atom);
                if (outer)
                    norm++;
                foreach (Layer layer in step.Layers.Concat(Leaves(step)).Where(l => !shared.Contains(l)))
                {
                    string role = outer && layer.IsModule ? norms == 1 ? "norm" : $"norm{norm.ToString(CultureInfo.InvariantCulture)}" : roles.GetValueOrDefault(layer) ?? SurroundingNames.Leaf(step, layer, isStem: false);
                    // what scales a branch after its last layer is the block's
                    bool inner = part is not null && !outer && !(behind && !layer.IsModule);
                    _layers.TryAdd(layer, inner ? [.. prefix, part!, role] : [.. prefix, role]);
                    behind |= roles.GetValueOrDefault(layer) is "proj" || (atom.Kind is AtomKind.Mlp or AtomKind.Convolution && inside.LastOrDefault(s => s.Layers.Any(l => l.Type == "Linear")) == step);
                }
            }
        }
    }

    // a name for the module that an atom is in its block
    private static string? Part(Atom atom, Atom[] unit, Dictionary<string, int> parts)
    {
        if (!atom.IsAttention && atom.Kind != AtomKind.Mlp)
            return null;
        bool both = unit.Any(a => a.Kind == AtomKind.Attention) && unit.Any(a => a.Kind == AtomKind.CrossAttention);
        string Word(Atom a) => a.Kind == AtomKind.Mlp ? "mlp" : !both ? "attn" : a.Kind == AtomKind.Attention ? "self_attn" : "cross_attn";
        string word = Word(atom);
        int all = unit.Count(a => (a.IsAttention || a.Kind == AtomKind.Mlp) && Word(a) == word), nth = parts[word] = parts.GetValueOrDefault(word) + 1;
        return all == 1 ? word : $"{word}{nth.ToString(CultureInfo.InvariantCulture)}";
    }

    // a norm of what enters the atom: the block's, where norms of queries or keys are the attention's
    private bool IsOuterNorm(Step step, Atom atom) =>
        step.Layers.Any(l => l.Type.EndsWith("Norm", StringComparison.Ordinal) || l.Role == "norm") && step.Reads.All(r => translation.Leaves.ContainsKey(r) || _places.Maker(r) < atom.First);

    private IEnumerable<Layer> Leaves(Step step) => step.Reads.Where(translation.Leaves.ContainsKey).Select(r => translation.Leaves[r]);

    // for each step, the inputs of the network that it depends on
    private string[] Inputs()
    {
        var of = new Dictionary<Value, HashSet<string>>(ReferenceEqualityComparer.Instance);
        var result = new string[steps.Count];
        for (int i = 0; i < steps.Count; i++)
        {
            var mine = new HashSet<string>(StringComparer.Ordinal);
            foreach (Value read in steps[i].Reads)
            {
                if (of.TryGetValue(read, out HashSet<string>? known))
                    mine.UnionWith(known);
                else if (read.IsInput && read.Initializer is null)
                    mine.Add(read.Name);
            }
            foreach (Value made in steps[i].Outputs)
                of[made] = mine;
            result[i] = string.Join('\0', mine.Order(StringComparer.Ordinal));
        }
        // what depends on no input belongs to who reads it
        for (int i = steps.Count - 1; i >= 0; i--)
        {
            if (result[i].Length == 0 && Enumerable.Range(i + 1, steps.Count - i - 1).FirstOrDefault(r => steps[r].Reads.Any(steps[i].Outputs.Contains)) is > 0 and var reader)
                result[i] = result[reader];
        }
        return result;
    }

    private string[][] ListNames(IReadOnlyList<Atom> atoms, IReadOnlyList<Repetition> lists, string[] inputs)
    {
        var names = new string[lists.Count][];
        string[] of = [.. lists.Select(l => inputs[atoms[l.End - 1].Last])];
        bool towers = of.Distinct().Count(o => o.Length > 0 && !o.Contains('\0')) > 1;
        for (int i = 0; i < lists.Count; i++)
        {
            Repetition list = lists[i];
            bool Has(Repetition r, AtomKind kind) => Enumerable.Range(r.First, r.Period).Any(a => atoms[a].Kind == kind);
            bool decodes = Has(list, AtomKind.CrossAttention), encodes = !decodes && Has(list, AtomKind.Attention) && lists.Skip(i + 1).Any(l => Has(l, AtomKind.CrossAttention));
            string word = decodes ? "decoder_layers" : encodes ? "encoder_layers" : "blocks";
            if (list.Count == 1)
                word = word[..^1];
            names[i] = towers && of[i].Length > 0 && !of[i].Contains('\0') ? [Tower(of[i]), word] : [word];
        }
        // of several lists of one name, each is a stage
        foreach (var group in Enumerable.Range(0, lists.Count).GroupBy(i => string.Join('.', names[i]).TrimEnd('s')).Where(g => g.Count() > 1))
        {
            int stage = 0;
            foreach (int i in group)
                names[i] = [.. names[i][..^1], names[i][^1] is "blocks" or "block" ? $"stage{(++stage).ToString(CultureInfo.InvariantCulture)}" : $"{names[i][^1]}{(++stage).ToString(CultureInfo.InvariantCulture)}"];
        }
        return names;
    }

    // which steps belong to a tower: those that depend on its input alone
    private static string?[] Towers(string[][] names, string[] inputs)
    {
        var towers = names.Where(n => n.Length > 1).Select(n => n[0]).ToHashSet(StringComparer.Ordinal);
        return [.. inputs.Select(i => i.Length > 0 && !i.Contains('\0') && towers.Contains(Tower(i)) ? Tower(i) : null)];
    }

    private static string Tower(string input) => $"{LayerNames.Parts(input)?[^1] ?? "input"}_encoder";
}
