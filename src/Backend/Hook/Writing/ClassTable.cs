using System.Text;
using SiDT.Backend.Hook.Expressions;
using SiDT.Backend.Hook.Structure;

namespace SiDT.Backend.Hook.Writing;

/// <summary>From modules to classes: modules that read the same but for their sizes are one class.</summary>
internal sealed class ClassTable(Translation translation, IReadOnlyDictionary<Layer, string[]> paths, string rootName)
{
    private readonly Dictionary<string, ModuleClass> _known = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = [rootName];

    /// <summary>Classes, those inside before those around.</summary>
    public List<ModuleClass> Classes { get; } = [];

    /// <summary>Full name of each parameter and buffer in the module, and where its numbers are.</summary>
    public List<(string Path, Weights.Binding Binding, Layer Layer)> Tensors { get; } = [];

    /// <summary>Adds the network with everything inside.</summary>
    public ModuleClass Run(Scope root)
    {
        ModuleClass result = Add(root).Class;
        Collect(root, "");
        foreach (ModuleClass c in Classes)
            SizeArguments.Decide(c, isRoot: c == result);
        return result;
    }

    private readonly Dictionary<Scope, ScopeNames> _scopes = new(ReferenceEqualityComparer.Instance);

    private sealed record ScopeNames(IReadOnlyDictionary<Layer, string> Layers, IReadOnlyDictionary<Scope, string> Children);

    private NewModule Add(Scope scope)
    {
        var made = new Dictionary<Scope, NewModule>(ReferenceEqualityComparer.Instance);
        Scope[] children = [.. scope.Items.Where(i => i.Child is not null).Select(i => i.Child!)];
        foreach (Scope child in children)
            made[child] = Add(child);

        var taken = new HashSet<string>(StringComparer.Ordinal);
        Dictionary<Scope, string> childNames = NameChildren(children, made, taken, out List<(string Name, Scope[] Elements)> lists);
        Dictionary<Layer, string> layerNames = NameLayers(scope, taken);
        _scopes[scope] = new ScopeNames(layerNames, childNames);

        var writer = new ForwardWriter(translation, scope, Fields(layerNames, childNames, lists), item => Call(item.Child!, childNames)) { Loops = Loops(scope, lists) };
        IReadOnlyList<IReadOnlyList<Piece>> forward = writer.Write();
        string result = scope.Outputs.Length == 1 ? "Tensor" : $"({string.Join(", ", scope.Outputs.Select(_ => "Tensor"))})";
        var text = new ModuleText(
            $"Module<{string.Concat(scope.Inputs.Select(_ => "Tensor, "))}{result}>",
            FieldList(scope, layerNames, childNames, lists, made),
            Constructor(layerNames, childNames, lists, made),
            string.Join(", ", writer.Arguments.Select(a => $"Tensor {a}")),
            result,
            forward);
        return Enter(scope, text);
    }

    private NewModule Enter(Scope scope, ModuleText text)
    {
        string signature = Signature(text);
        bool isRoot = scope.Name == "model";
        if (!_known.TryGetValue(signature, out ModuleClass? known) || isRoot)
        {
            string name = isRoot ? rootName : Identifiers.Unique(Identifiers.Class(scope.Name, scope.Index is not null), _names);
            known = new ModuleClass(name, signature);
            if (!isRoot)
                _known[signature] = known;
            Classes.Add(known);
        }
        known.Instances.Add(text);
        return new NewModule(known, known.Instances.Count - 1);
    }

    private static string Signature(ModuleText text)
    {
        var key = new StringBuilder(text.BaseType).Append('|').Append(text.Parameters).Append('|');
        foreach ((string type, string name) in text.Fields)
            key.Append(type).Append(' ').Append(name).Append(';');
        foreach (IReadOnlyList<Piece> line in text.Constructor.Concat(text.Forward))
        {
            foreach (Piece piece in line)
            {
                key.Append(piece switch
                {
                    Literal l => l.Text,
                    Width w => $"#{w.Role}",
                    NewModule m => $"new {m.Class.Name}",
                    NewModules list => $"new {list.Elements.Count} {string.Join(',', list.Elements.Select(e => e.Class.Name))}",
                    _ => throw new InvalidOperationException($"{piece.GetType().Name} is not final"),
                });
            }
            key.Append('\n');
        }
        return key.ToString();
    }

    // lists of modules of one class become ModuleLists; what is alone has a field
    private static Dictionary<Scope, string> NameChildren(Scope[] children, Dictionary<Scope, NewModule> made, HashSet<string> taken, out List<(string Name, Scope[] Elements)> lists)
    {
        var names = new Dictionary<Scope, string>(ReferenceEqualityComparer.Instance);
        lists = [];
        foreach (IGrouping<string, Scope> group in children.Where(c => c.Index is not null).GroupBy(c => c.Name))
        {
            // one after another while class and numbers go on; the last block often reads less and is another class
            Scope[] all = [.. group];
            for (int from = 0, to; from < all.Length; from = to)
            {
                to = from + 1;
                while (to < all.Length && made[all[to]].Class == made[all[from]].Class && all[to].Index > all[to - 1].Index)
                    to++;
                if (to - from == 1)
                {
                    names[all[from]] = Identifiers.Unique(Identifiers.Of($"{all[from].Name}_{all[from].Index}"), taken);
                    continue;
                }
                string list = Identifiers.Unique(Identifiers.Of(group.Key), taken);
                lists.Add((list, all[from..to]));
                for (int i = from; i < to; i++)
                    names[all[i]] = $"{list}[{i - from}]";
            }
        }
        foreach (Scope child in children.Where(c => c.Index is null))
            names[child] = Identifiers.Unique(Identifiers.Of(child.Name), taken);
        return names;
    }

    private Dictionary<Layer, string> NameLayers(Scope scope, HashSet<string> taken)
    {
        var layers = new List<Layer>();
        foreach (ScopeItem item in scope.Items)
        {
            if (item.Step is { } step)
                layers.AddRange(step.Code.Pieces.Select(p => p is Member m ? m.Layer : p is Operand o && scope.Owned.Contains(o.Value) ? translation.Leaves[o.Value] : null).OfType<Layer>());
        }
        layers.AddRange(scope.Owned.Select(o => translation.Leaves[o]));
        Layer[] distinct = [.. layers.Distinct()];
        string[][] rests = [.. distinct.Select(l => paths.TryGetValue(l, out string[]? path) && path.Length > scope.Depth ? path[scope.Depth..] : [])];
        var names = new Dictionary<Layer, string>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < distinct.Length; i++)
        {
            string[] rest = rests[i];
            string word = rest.Length == 0 || (rest.Length == 1 && rest[0].All(char.IsAsciiDigit)) ? distinct[i].Role : string.Join('_', rest);
            if (rest.Length > 1)
            {
                // what is alone under a name has that name
                string key = Segmenter.Key(rest, 0);
                if (rests.Count(r => r.Length > 0 && Segmenter.Key(r, 0) == key) == 1)
                    word = key.TrimStart('.').Replace('.', '_');
            }
            names[distinct[i]] = Identifiers.Unique(Identifiers.Of(word), taken);
        }
        return names;
    }

    // keys for the writer: lists are taken names too
    private static Dictionary<Layer, string> Fields(Dictionary<Layer, string> layers, Dictionary<Scope, string> children, List<(string Name, Scope[] Elements)> lists)
    {
        var fields = new Dictionary<Layer, string>(layers, ReferenceEqualityComparer.Instance);
        foreach (string name in children.Values.Where(n => !n.Contains('[')).Concat(lists.Select(l => l.Name)))
            fields[new Layer("Module", Code.Of($""), [], null, name)] = name;
        return fields;
    }

    private static IReadOnlyList<Piece> Call(Scope child, Dictionary<Scope, string> names) =>
        Code.Of($"{names[child]}.forward({child.Inputs.Select(i => (Piece)new Operand(i, Level.Sum))})").Pieces;

    private Dictionary<Scope, (string List, int Length)> Loops(Scope scope, List<(string Name, Scope[] Elements)> lists)
    {
        var loops = new Dictionary<Scope, (string, int)>(ReferenceEqualityComparer.Instance);
        foreach ((string name, Scope[] elements) in lists)
        {
            int at = scope.Items.FindIndex(i => i.Child == elements[0]);
            bool chained = true;
            for (int i = 0; i < elements.Length && chained; i++)
            {
                chained = at + i < scope.Items.Count && scope.Items[at + i].Child == elements[i] && elements[i].Outputs.Length == 1
                    && elements[i].Inputs[1..].SequenceEqual(elements[0].Inputs[1..])
                    && (i == 0 || elements[i].Inputs[0] == elements[i - 1].Outputs[0])
                    && (i == elements.Length - 1 || !scope.Items.Skip(at + i + 2).Any(o => o.Reads.Contains(elements[i].Outputs[0])) && !scope.Outputs.Contains(elements[i].Outputs[0]));
            }
            // a leaf cannot be the variable that runs through the list
            if (chained && !translation.Leaves.ContainsKey(elements[0].Inputs[0]))
            {
                foreach (Scope element in elements)
                    loops[element] = (name, elements.Length);
            }
        }
        return loops;
    }

    private static List<(string Type, string Name)> FieldList(Scope scope, Dictionary<Layer, string> layers, Dictionary<Scope, string> children, List<(string Name, Scope[] Elements)> lists, Dictionary<Scope, NewModule> made)
    {
        var fields = new List<(string, string)>();
        fields.AddRange(layers.Select(l => (l.Key.Type, l.Value)));
        foreach ((string name, Scope[] elements) in lists)
            fields.Add(($"ModuleList<{made[elements[0]].Class.Name}>", name));
        fields.AddRange(children.Where(c => !c.Value.Contains('[')).Select(c => (made[c.Key].Class.Name, c.Value)));
        return fields;
    }

    private static List<IReadOnlyList<Piece>> Constructor(Dictionary<Layer, string> layers, Dictionary<Scope, string> children, List<(string Name, Scope[] Elements)> lists, Dictionary<Scope, NewModule> made)
    {
        var lines = new List<IReadOnlyList<Piece>>();
        foreach ((Layer layer, string name) in layers)
            lines.Add([new Literal($"{name} = "), .. layer.Construct.Pieces, new Literal(";")]);
        foreach ((string name, Scope[] elements) in lists)
            lines.Add([new Literal($"{name} = "), new NewModules([.. elements.Select(e => made[e])]), new Literal(";")]);
        foreach ((Scope child, string name) in children.Where(c => !c.Value.Contains('[')))
            lines.Add([new Literal($"{name} = "), made[child], new Literal(";")]);
        return lines;
    }

    private void Collect(Scope scope, string prefix)
    {
        ScopeNames names = _scopes[scope];
        foreach ((Layer layer, string name) in names.Layers)
        {
            foreach (Weights.Binding binding in layer.Tensors)
                Tensors.Add((binding.Member.Length == 0 ? prefix + name : $"{prefix}{name}.{binding.Member}", binding, layer));
        }
        foreach ((Scope child, string name) in names.Children)
            Collect(child, $"{prefix}{name.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal)}.");
    }
}
