using SiDT.Frontend.Schema;

namespace SiDT.Frontend;

/// <summary>One read of a value: input number <paramref name="Index"/> of <paramref name="Node"/>.</summary>
public readonly record struct Use(Node Node, int Index);

/// <summary>A tensor that flows along an edge: a graph input, an initializer or the output of a node.</summary>
public sealed class Value
{
    private readonly List<Use> _uses = [];
    private ValueInfoProto? _info;

    internal Value(Graph graph, string name)
    {
        Graph = graph;
        Name = name;
    }

    public Graph Graph { get; }

    public string Name { get; internal set; }

    /// <summary>The node that makes it; null for inputs and initializers.</summary>
    public Node? Producer { get; internal set; }

    /// <summary>Numbers of an initializer; null for everything else (see <see cref="Constant"/>).</summary>
    public Tensor? Initializer { get; set; }

    /// <summary>The message of a sparse initializer, kept as it is.</summary>
    public SparseTensorProto? SparseInitializer { get; set; }

    /// <summary>Declared type and shape, if the file says so. Setting it replaces every declaration of this value.</summary>
    public ValueInfoProto? Info
    {
        get => _info;
        set
        {
            _info = value;
            Declarations.Replace();
        }
    }

    /// <summary>Every read of it, in subgraphs too; being a graph output is not a use.</summary>
    public IReadOnlyList<Use> Uses => _uses;

    public bool IsInput => InputSlots > 0 && Producer is null;

    public bool IsOutput => OutputSlots > 0;

    /// <summary>Numbers known before anything runs: of an initializer that no caller overrides, or of a Constant node.</summary>
    public Tensor? Constant => Initializer ?? Producer?.ConstantTensor;

    /// <summary>Where the file says what about this value, beyond <see cref="Info"/>.</summary>
    internal Declarations Declarations = new();

    internal int InputSlots { get; set; }

    internal int OutputSlots { get; set; }

    internal void AddUse(Node node, int index) => _uses.Add(new Use(node, index));

    internal void RemoveUse(Node node, int index)
    {
        for (int i = _uses.Count - 1; i >= 0; i--)
        {
            if (_uses[i].Index == index && _uses[i].Node == node)
            {
                _uses.RemoveAt(i);
                return;
            }
        }
    }

    /// <summary>Sets <see cref="Info"/> as the file says it, leaving the other declarations alone.</summary>
    internal void Declare(ValueInfoProto? info) => _info = info;

    /// <summary>Makes every reader of this value read <paramref name="other"/> instead, graph outputs excepted.</summary>
    public void ReplaceUsesWith(Value other)
    {
        if (other == this)
            return;
        foreach (Use use in _uses)
            use.Node.Redirect(use.Index, other);
        other._uses.AddRange(_uses);
        _uses.Clear();
    }

    public override string ToString() => Name;
}
