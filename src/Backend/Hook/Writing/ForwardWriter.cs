using SiDT.Backend.Hook.Expressions;
using SiDT.Backend.Hook.Structure;
using SiDT.Frontend;

namespace SiDT.Backend.Hook.Writing;

/// <summary>
/// The body of <c>forward</c>: which values get a line of their own, and what they are called. A variable whose value is used up
/// takes the next one, so that the stream is <c>x</c> from end to end.
/// </summary>
internal sealed class ForwardWriter
{
    private const int LineLength = 88;
    private static readonly string[] s_letters = ["y", "z", "u", "w", "s", "t"];

    private readonly Translation _translation;
    private readonly Scope _scope;
    private readonly IReadOnlyDictionary<Layer, string> _fields;
    private readonly Func<ScopeItem, IReadOnlyList<Piece>> _call;
    private readonly HashSet<string> _names;
    private readonly Lengths _lengths;
    private readonly Dictionary<ScopeItem, IReadOnlyList<Piece>> _code = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, ScopeItem> _makers = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, int> _uses = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<ScopeItem> _inlined = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, string> _variables = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, string> _hints;
    private readonly List<IReadOnlyList<Piece>> _lines = [];

    /// <param name="translation">Shapes and parameters.</param>
    /// <param name="scope">The module.</param>
    /// <param name="fields">Names of its layers.</param>
    /// <param name="call">The call of a module inside.</param>
    public ForwardWriter(Translation translation, Scope scope, IReadOnlyDictionary<Layer, string> fields, Func<ScopeItem, IReadOnlyList<Piece>> call)
    {
        _translation = translation;
        _scope = scope;
        _fields = fields;
        _call = call;
        _names = [.. fields.Values];
        _lengths = new Lengths(translation, scope, _names);
        _hints = Roles.Of(scope);
    }

    /// <summary>Names of the arguments, in order.</summary>
    public string[] Arguments { get; private set; } = [];

    /// <summary>Runs of list elements that are called one after another, each with what the one before made.</summary>
    public required IReadOnlyDictionary<Scope, (string List, int Length)> Loops { get; init; }

    /// <summary>Field of a module inside, where it is not part of a loop.</summary>
    public IReadOnlyList<IReadOnlyList<Piece>> Write()
    {
        NameArguments();
        Resolve();
        Choose();
        Emit();
        return _lines;
    }

    private void NameArguments()
    {
        bool isRoot = _scope.Name == "model";
        Arguments = new string[_scope.Inputs.Length];
        for (int i = 0; i < Arguments.Length; i++)
        {
            Value input = _scope.Inputs[i];
            string wish = isRoot && _scope.Inputs.Length > 1 ? Identifiers.Of(LayerNames.Parts(input.Name)?[^1] ?? $"input{i}")
                : _translation.Leaves.TryGetValue(input, out Layer? leaf) ? Identifiers.Of(leaf.Path?[^1] ?? leaf.Role)
                : i == 0 ? "x" : s_letters[(i - 1) % s_letters.Length];
            _variables[input] = Arguments[i] = Identifiers.Unique(wish, _names);
        }
    }

    private void Resolve()
    {
        _lengths.Argument = Arguments.FirstOrDefault() ?? "x";
        foreach (ScopeItem item in _scope.Items)
        {
            _code[item] = item.Step is { } step ? _lengths.Resolve(step) : _call(item);
            foreach (Value output in item.Outputs)
            {
                _makers[output] = item;
                _lengths.Add(output);
            }
        }
        foreach (Value read in _scope.Items.SelectMany(i => _code[i].OfType<Operand>().Select(o => o.Value)).Concat(_scope.Outputs))
            _uses[read] = _uses.GetValueOrDefault(read) + 1;
        // who reads another name of a value reads the value
        foreach (ScopeItem item in _scope.Items.Reverse<ScopeItem>())
        {
            if (item.Step is not null && _code[item] is [Operand same])
                _uses[same.Value] += _uses.GetValueOrDefault(item.Outputs[0]) - 1;
        }
    }

    // which items have no line of their own
    private void Choose()
    {
        var measured = _lengths.Locals.Select(l => l.Value).ToHashSet();
        var looped = Loops.Keys.ToHashSet();
        foreach (ScopeItem item in _scope.Items)
        {
            bool array = item.Step?.IsArray == true || item.Outputs.Length > 1;
            bool plain = item.Step is { } s && s.Code.Pieces is [Operand]; // another name for the same value
            if (plain || (!array && (item.Child is null || !looped.Contains(item.Child)) && !measured.Contains(item.Outputs[0]) && _uses.GetValueOrDefault(item.Outputs[0]) == 1
                && !_scope.Outputs.Contains(item.Outputs[0]) && !ReadByLoop(item.Outputs[0], looped) && !IsLandmark(item)))
            {
                _inlined.Add(item);
            }
            while (Estimate(item) > LineLength)
            {
                ScopeItem? longest = Inner(item).MaxBy(Estimate);
                if (longest is null || Estimate(longest) < 24)
                    break;
                _inlined.Remove(longest);
            }
        }
    }

    // weights of attention are worth a line
    private bool IsLandmark(ScopeItem item) => item.Step is { Kind: StepKind.Softmax } && _hints.ContainsKey(item.Outputs[0]);

    private bool ReadByLoop(Value value, HashSet<Scope> looped) => _scope.Items.Any(i => i.Child is { } child && looped.Contains(child) && child.Inputs.Contains(value));

    private IEnumerable<ScopeItem> Inner(ScopeItem item) =>
        _code[item].OfType<Operand>().Where(o => _makers.TryGetValue(o.Value, out ScopeItem? m) && _inlined.Contains(m) && m.Step?.Code.Pieces is not [Operand]).Select(o => _makers[o.Value]);

    private int Estimate(ScopeItem item) => _code[item].Sum(p => p switch
    {
        Literal l => l.Text.Length,
        Operand o when _makers.TryGetValue(o.Value, out ScopeItem? maker) && _inlined.Contains(maker) => Estimate(maker) + 1,
        Operand => 2,
        Width => 5,
        _ => 8,
    });

    private void Emit()
    {
        foreach (IGrouping<Value, LengthLocal> group in _lengths.Locals.Where(l => _scope.Inputs.Contains(l.Value)).GroupBy(l => l.Value))
            Measure(group);
        ScopeItem[] statements = [.. _scope.Items.Where(i => !_inlined.Contains(i))];
        var lastRead = new Dictionary<Value, int>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < statements.Length; i++)
        {
            foreach (Value read in Leaves(statements[i]))
                lastRead[read] = i;
        }
        foreach (Value output in _scope.Outputs)
        {
            foreach (Value read in Leaves(output))
                lastRead[read] = statements.Length;
        }
        for (int i = 0; i < statements.Length; i++)
        {
            ScopeItem item = statements[i];
            if (item.Child is { } child && Loops.TryGetValue(child, out (string List, int Length) loop))
            {
                Loop(statements, ref i, loop, lastRead);
                continue;
            }
            bool isResult = i == statements.Length - 1 && _scope.Outputs.Length == 1 && item.Outputs.Length == 1 && item.Outputs[0] == _scope.Outputs[0] && item.Step?.IsArray != true
                && !_lengths.Locals.Any(l => l.Value == item.Outputs[0]);
            List<Piece> text = Expand(_code[item]);
            if (isResult)
            {
                _lines.Add([new Literal("return "), .. text, new Literal(";")]);
                return;
            }
            Assign(item, text, i, lastRead);
            foreach (IGrouping<Value, LengthLocal> group in _lengths.Locals.Where(l => item.Outputs.Contains(l.Value)).GroupBy(l => l.Value))
                Measure(group);
        }
        Return();
    }

    private void Return()
    {
        List<Piece> line = [new Literal(_scope.Outputs.Length > 1 ? "return (" : "return ")];
        for (int i = 0; i < _scope.Outputs.Length; i++)
        {
            if (i > 0)
                line.Add(new Literal(", "));
            line.AddRange(Text(new Operand(_scope.Outputs[i], Level.Sum)));
        }
        line.Add(new Literal(_scope.Outputs.Length > 1 ? ");" : ";"));
        _lines.Add(line);
    }

    private void Measure(IGrouping<Value, LengthLocal> group) =>
        _lines.Add([new Literal($"long {string.Join(", ", group.OrderBy(l => l.Axis).Select(l => $"{l.Name} = {_variables[group.Key]}.shape[{l.Axis}]"))};")]);

    private void Assign(ScopeItem item, List<Piece> text, int at, Dictionary<Value, int> lastRead)
    {
        if (item.Step?.IsArray == true)
        {
            string array = Identifiers.Unique("parts", _names);
            _lines.Add([new Literal($"var {array} = "), .. text, new Literal(";")]);
            bool hinted = item.Outputs.All(o => _hints.ContainsKey(o) || _uses.GetValueOrDefault(o) == 0) && item.Outputs.Any(_hints.ContainsKey);
            var named = new List<string>();
            for (int i = 0; i < item.Outputs.Length; i++)
            {
                _variables[item.Outputs[i]] = $"{array}[{i}]";
                if (!hinted || _uses.GetValueOrDefault(item.Outputs[i]) == 0)
                    continue;
                string own = Identifiers.Unique(_hints[item.Outputs[i]], _names);
                _variables[item.Outputs[i]] = own;
                named.Add($"{own} = {array}[{i}]");
            }
            if (named.Count > 0)
                _lines.Add([new Literal($"Tensor {string.Join(", ", named)};")]);
            return;
        }
        if (item.Outputs.Length > 1)
        {
            string[] names = [.. item.Outputs.Select(o => _variables[o] = Fresh(o))];
            _lines.Add([new Literal($"var ({string.Join(", ", names)}) = "), .. text, new Literal(";")]);
            return;
        }
        Value output = item.Outputs[0];
        string? reused = Leaves(item).Where(v => lastRead[v] == at && IsFree(v)).Select(v => _variables[v]).FirstOrDefault();
        if (_hints.TryGetValue(output, out string? hint) ? hint != reused : reused is not null && _hints.ContainsValue(reused))
            reused = null;
        reused ??= hint is null ? FreeArgument(lastRead, at) : null;
        _variables[output] = reused ?? Fresh(output);
        _lines.Add([new Literal(reused is null ? $"var {_variables[output]} = " : $"{reused} = "), .. text, new Literal(";")]);
    }

    // the argument, once nobody reads it any more
    private string? FreeArgument(Dictionary<Value, int> lastRead, int at)
    {
        if (Arguments.Length == 0 || !IsFree(_scope.Inputs[0]))
            return null;
        string name = Arguments[0];
        return _variables.Where(v => v.Value == name).All(v => lastRead.GetValueOrDefault(v.Key, -1) <= at) ? name : null;
    }

    private void Loop(ScopeItem[] statements, ref int i, (string List, int Length) loop, Dictionary<Value, int> lastRead)
    {
        ScopeItem first = statements[i], last = statements[i + loop.Length - 1];
        Value x = first.Child!.Inputs[0];
        string name;
        if (_variables.TryGetValue(x, out string? known) && IsFree(x) && lastRead.GetValueOrDefault(x, -1) <= i)
        {
            name = known;
        }
        else
        {
            name = Fresh(last.Outputs[0]);
            _lines.Add([new Literal($"var {name} = "), .. Text(new Operand(x, Level.Sum)), new Literal(";")]);
        }
        string element = Identifiers.Unique(Identifiers.Of(loop.List.EndsWith('s') ? loop.List[..^1] : "block"), _names);
        string others = string.Concat(first.Child.Inputs.Skip(1).Select(o => $", {_variables.GetValueOrDefault(o) ?? Field(o)}"));
        _lines.Add([new Literal($"foreach (var {element} in {loop.List})")]);
        _lines.Add([new Literal($"    {name} = {element}.forward({name}{others});")]);
        _variables[last.Outputs[0]] = name;
        i += loop.Length - 1;
        foreach (IGrouping<Value, LengthLocal> group in _lengths.Locals.Where(l => last.Outputs.Contains(l.Value)).GroupBy(l => l.Value))
            Measure(group);
    }

    private string Field(Value leaf) => _fields[_translation.Leaves[leaf]];

    // a variable that may be given another value: no parameter of the network, no part of an array
    private bool IsFree(Value value) => _variables.TryGetValue(value, out string? name) && !name.Contains('[') && !_translation.Leaves.ContainsKey(value);

    private string Fresh(Value value)
    {
        if (_hints.TryGetValue(value, out string? hint))
            return Identifiers.Unique(hint, _names);
        string? free = _names.Contains("x") ? s_letters.FirstOrDefault(l => !_names.Contains(l)) : "x";
        return Identifiers.Unique(free ?? "v1", _names);
    }

    /// <summary>Variables that a statement reads, through everything that stands inside it.</summary>
    private IEnumerable<Value> Leaves(ScopeItem item) => item.Child is { } child && Loops.ContainsKey(child) ? child.Inputs.SelectMany(Leaves) : _code[item].OfType<Operand>().SelectMany(o => Leaves(o.Value));

    private IEnumerable<Value> Leaves(Value value) =>
        _makers.TryGetValue(value, out ScopeItem? maker) && _inlined.Contains(maker) ? Leaves(maker) : [value];

    private List<Piece> Expand(IReadOnlyList<Piece> pieces)
    {
        var text = new List<Piece>();
        for (int i = 0; i < pieces.Count; i++)
        {
            switch (pieces[i])
            {
                case Member member:
                    text.Add(new Literal(_fields[member.Layer]));
                    break;
                case Operand operand:
                    text.AddRange(Text(operand));
                    break;
                default:
                    text.Add(pieces[i]);
                    break;
            }
        }
        return text;
    }

    private List<Piece> Text(Operand operand)
    {
        if (_variables.TryGetValue(operand.Value, out string? variable))
            return [new Literal(variable)];
        if (_translation.Leaves.TryGetValue(operand.Value, out Layer? leaf))
            return [new Literal(_fields[leaf])];
        ScopeItem maker = _makers[operand.Value];
        IReadOnlyList<Piece> code = _code[maker];
        if (code is [Operand same])
            return Text(same with { Level = operand.Level }); // the same value under another name
        List<Piece> text = Expand(code);
        return (maker.Step?.Level ?? Level.Primary) >= operand.Level ? text : [new Literal("("), .. text, new Literal(")")];
    }
}
