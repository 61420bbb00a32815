using SiDT.Frontend;

namespace SiDT.Backend.Diff;

/// <summary>Which node, constant and input of one graph is which of another.</summary>
internal sealed class Matching
{
    private readonly Dictionary<Value, Value> _valuesToB = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, Value> _valuesToA = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, int> _pairs = new(ReferenceEqualityComparer.Instance);

    public Matching(GraphView a, GraphView b)
    {
        (A, B) = (a, b);
        ToB = [.. Enumerable.Repeat(-1, a.Nodes.Count)];
        ToA = [.. Enumerable.Repeat(-1, b.Nodes.Count)];
    }

    public GraphView A { get; }

    public GraphView B { get; }

    /// <summary>For each node of a the node of b; -1 where there is none.</summary>
    public int[] ToB { get; }

    public int[] ToA { get; }

    /// <summary>Constants and inputs of a with those of b.</summary>
    public IReadOnlyDictionary<Value, Value> Values => _valuesToB;

    public Value? Of(Value a) => _valuesToB.GetValueOrDefault(a);

    public Value? From(Value b) => _valuesToA.GetValueOrDefault(b);

    /// <summary>A number that both sides of a pair of constants or inputs have, and no other; -1 without a pair.</summary>
    public int PairOf(Value value) => _pairs.GetValueOrDefault(value, -1);

    /// <summary>Two constants, or two inputs.</summary>
    public bool Match(Value a, Value b)
    {
        if (_valuesToB.ContainsKey(a) || _valuesToA.ContainsKey(b))
            return false;
        _pairs[a] = _pairs[b] = _valuesToB.Count;
        _valuesToB[a] = b;
        _valuesToA[b] = a;
        return true;
    }

    public bool Match(int a, int b)
    {
        if (ToB[a] >= 0 || ToA[b] >= 0)
            return false;
        ToB[a] = b;
        ToA[b] = a;
        return true;
    }

    /// <summary>Whether two operands are known to be the same.</summary>
    public bool AreSame(Operand a, Operand b) => a.Kind == b.Kind && a.Kind switch
    {
        OperandKind.None => true,
        OperandKind.Node => ToB[a.Node] == b.Node && a.Slot == b.Slot,
        _ => Of(a.Value!) == b.Value,
    };

    /// <summary>Whether two operands are known to be different ones: each, or one of them, has another partner.</summary>
    public bool Differ(Operand a, Operand b) => a.Kind != OperandKind.None && b.Kind != OperandKind.None && (a.Kind != b.Kind
        ? a.Kind != OperandKind.Node && b.Kind != OperandKind.Node
        : a.Kind == OperandKind.Node ? (ToB[a.Node] >= 0 || ToA[b.Node] >= 0) && ToB[a.Node] != b.Node : (Of(a.Value!) is not null || From(b.Value!) is not null) && Of(a.Value!) != b.Value);
}
