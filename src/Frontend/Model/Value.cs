using SiDT.Frontend.Schema;

namespace SiDT.Frontend;

/// <summary>One read of a value: input number <paramref name="Index"/> of <paramref name="Node"/>.</summary>
public readonly record struct Use(Node Node, int Index);

/// <summary>A tensor that flows along an edge: a graph input, an initializer or the output of a node.</summary>
public sealed class Value
{
    private readonly List<Use> _uses = [];

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

    /// <summary>Declared type and shape, if the file says so.</summary>
    public ValueInfoProto? Info { get; set; }

    /// <summary>Every read of it, in subgraphs too; being a graph output is not a use.</summary>
    public IReadOnlyList<Use> Uses => _uses;

    public bool IsInput => Producer is null && Graph.Inputs.Contains(this);

    public bool IsOutput => Graph.Outputs.Contains(this);

    /// <summary>Numbers known before anything runs: of an initializer that no caller overrides, or of a Constant node.</summary>
    public Tensor? Constant => Initializer ?? Producer?.ConstantTensor;

    internal void AddUse(Node node, int index) => _uses.Add(new Use(node, index));

    internal void RemoveUse(Node node, int index) => _uses.Remove(new Use(node, index));

    /// <summary>Makes every reader of this value read <paramref name="other"/> instead, graph outputs excepted.</summary>
    public void ReplaceUsesWith(Value other)
    {
        foreach (Use use in _uses.ToArray())
            use.Node.SetInput(use.Index, other);
    }

    public override string ToString() => Name;
}
