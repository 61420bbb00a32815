using Google.Protobuf;
using SiDT.Frontend.Schema;

namespace SiDT.Frontend;

/// <summary>One operator application. Attributes are replaced, never changed in place, so that clones may share them.</summary>
public sealed class Node
{
    private readonly List<Value?> _inputs = [];
    private readonly List<Value?> _outputs = [];
    private readonly Dictionary<string, AttributeProto> _attributes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Graph> _subgraphs = new(StringComparer.Ordinal);
    private Tensor? _constant;

    internal Node(Graph graph, string opType, string domain, string name, NodeProto? source)
    {
        Graph = graph;
        OpType = opType;
        Domain = domain == "ai.onnx" ? "" : domain;
        Name = name;
        Source = source;
    }

    public Graph Graph { get; }

    public string OpType { get; set; }

    /// <summary>Operator domain; empty for the standard operators.</summary>
    public string Domain { get; set; }

    public string Name { get; set; }

    /// <summary>Which of several functions of the same domain and name is called; empty for operators.</summary>
    public string Overload => Source?.Overload ?? "";

    /// <summary>The message it came from without inputs, outputs and attributes; null for nodes of ours.</summary>
    public NodeProto? Source { get; }

    /// <summary>Inputs in order; null where an optional input is left out.</summary>
    public IReadOnlyList<Value?> Inputs => _inputs;

    /// <summary>Outputs in order; null where an optional output is left out.</summary>
    public IReadOnlyList<Value?> Outputs => _outputs;

    public IReadOnlyDictionary<string, AttributeProto> Attributes => _attributes;

    /// <summary>Bodies of control flow by attribute name (<c>then_branch</c>, <c>body</c>).</summary>
    public IReadOnlyDictionary<string, Graph> Subgraphs => _subgraphs;

    public Value? Input(int index) => index < _inputs.Count ? _inputs[index] : null;

    public Value? Output(int index) => index < _outputs.Count ? _outputs[index] : null;

    /// <summary>The only or first output.</summary>
    public Value Result => _outputs[0] ?? throw new InvalidOperationException($"node '{Name}' has no first output");

    /// <summary>Whether it is the standard operator <paramref name="opType"/>.</summary>
    public bool Is(string opType) => Domain.Length == 0 && OpType == opType;

    /// <summary>Numbers of a Constant node, whichever attribute holds them.</summary>
    public Tensor? ConstantTensor => Is("Constant") ? _constant ??= ConstantContent.Read(this) : null;

    public long Int(string name, long fallback) => _attributes.TryGetValue(name, out AttributeProto? a) ? a.I : fallback;

    public float Float(string name, float fallback) => _attributes.TryGetValue(name, out AttributeProto? a) ? a.F : fallback;

    public string Text(string name, string fallback) => _attributes.TryGetValue(name, out AttributeProto? a) ? a.S.ToStringUtf8() : fallback;

    public long[]? Ints(string name) => _attributes.TryGetValue(name, out AttributeProto? a) ? [.. a.Ints] : null;

    public bool Has(string name) => _attributes.ContainsKey(name);

    public Node Set(string name, long value) => Set(new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value });

    public Node Set(string name, float value) => Set(new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = value });

    public Node Set(string name, string value) =>
        Set(new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8(value) });

    public Node Set(string name, IEnumerable<long> values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return Set(attribute);
    }

    public Node Set(AttributeProto attribute)
    {
        _attributes[attribute.Name] = attribute;
        _constant = null;
        return this;
    }

    /// <summary>Gives it the attributes of another node.</summary>
    public Node SetAs(Node other)
    {
        foreach (AttributeProto attribute in other.Attributes.Values)
            Set(attribute);
        return this;
    }

    public void Unset(string name)
    {
        _attributes.Remove(name);
        _constant = null;
        if (_subgraphs.Remove(name, out Graph? body))
        {
            foreach (Node inner in body.Nodes)
                inner.Detach();
        }
    }

    internal void SetSubgraph(string name, Graph body) => _subgraphs[name] = body;

    /// <summary>Replaces input <paramref name="index"/>, growing the list with left-out inputs where needed.</summary>
    public void SetInput(int index, Value? value)
    {
        while (_inputs.Count <= index)
            _inputs.Add(null);
        _inputs[index]?.RemoveUse(this, index);
        _inputs[index] = value;
        value?.AddUse(this, index);
    }

    /// <summary>Changes an input whose old value already forgot this use and whose new value will learn of it.</summary>
    internal void Redirect(int index, Value value) => _inputs[index] = value;

    /// <summary>Drops trailing inputs down to <paramref name="count"/>.</summary>
    public void TrimInputs(int count)
    {
        for (int i = _inputs.Count - 1; i >= count; i--)
        {
            _inputs[i]?.RemoveUse(this, i);
            _inputs.RemoveAt(i);
        }
    }

    internal void AddOutput(Value? value)
    {
        _outputs.Add(value);
        if (value is not null)
            value.Producer = this;
    }

    /// <summary>Moves output <paramref name="index"/> to another value; the old one is left without a producer.</summary>
    public void SetOutput(int index, Value? value)
    {
        while (_outputs.Count <= index)
            _outputs.Add(null);
        if (_outputs[index] is { } old)
            old.Producer = null;
        _outputs[index] = value;
        if (value is not null)
            value.Producer = this;
    }

    internal void Detach()
    {
        TrimInputs(0);
        foreach (Value? output in _outputs)
        {
            if (output is not null && output.Producer == this)
                output.Producer = null;
        }
        foreach (Graph body in _subgraphs.Values)
        {
            foreach (Node inner in body.Nodes)
                inner.Detach();
        }
    }

    public override string ToString() => Name.Length > 0 ? $"{OpType} '{Name}'" : $"{OpType} of '{_outputs.FirstOrDefault(o => o is not null)?.Name}'";
}
