using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Operators;

/// <summary>What an operator does along an index.</summary>
public enum AxisRole
{
    /// <summary>Positions do not see each other, or are summed up (contracted).</summary>
    Plain,

    /// <summary>Statistics are taken over it: what is kept defines them.</summary>
    Statistics,

    /// <summary>Positions are mixed in a way that removal would change (Softmax, convolution in space).</summary>
    Mixed,

    /// <summary>Positions in space, or of a kernel that slides over space: no units.</summary>
    Space,
}

/// <summary>One letter of an operator's index notation, as in <c>b n (h d), b m (h d) -> b h n m</c>.</summary>
public sealed class AxisIndex(Dim size, AxisRole role = AxisRole.Plain)
{
    public Dim Size { get; } = size;

    public AxisRole Role { get; } = role;

    /// <summary>Made by repeating an operand that has size one there.</summary>
    public bool IsRepeated { get; init; }
}

/// <summary>
/// An operator application in index notation. Each axis of an operand is an ordered list of indices (empty: size one or broadcast).
/// Operands without axes (shapes, scalars that only parametrise) are null.
/// </summary>
public sealed class AxisSpec(AxisIndex[][]?[] inputs, params AxisIndex[][]?[] outputs)
{
    public AxisIndex[][]?[] Inputs { get; } = inputs;

    public AxisIndex[][]?[] Outputs { get; } = outputs;

    /// <summary>Positions of the two operands of a product, if it is one (MatMul, Conv, Einsum of two).</summary>
    public (int Left, int Right)? Product { get; init; }

    /// <summary>The product has spatial extent (a convolution with a kernel larger than one).</summary>
    public bool IsSpatial { get; init; }

    /// <summary>What a composite operator does with an index, where <see cref="Product"/> does not say it.</summary>
    public IReadOnlyDictionary<AxisIndex, Usage>? Uses { get; init; }

    /// <summary>Multiply-accumulates of one run.</summary>
    public Dim? Macs { get; init; }

    /// <summary>A nonlinear function of single positions.</summary>
    public bool IsPointwise { get; init; }

    /// <summary>Adds its operands.</summary>
    public bool IsSum { get; init; }

    /// <summary>Element type of the outputs; by default the first operand's.</summary>
    public ElementType? Type { get; init; }

    /// <summary>Statistics are means: what is left changes their count, not only their sum.</summary>
    public bool IsMean { get; init; } = true;

    /// <summary>Outputs after the first hold positions, not numbers (TopK).</summary>
    public bool HasIndexOutputs { get; init; }
}

/// <summary>A node with what is known of its inputs; what operator rules read.</summary>
public sealed class NodeView(Node node, Func<Value, Layout> layout)
{
    public Node Node { get; } = node;

    public int Inputs => Node.Inputs.Count;

    public Layout? In(int index) => Node.Input(index) is { } value ? layout(value) : null;

    public Dim[] Shape(int index) => In(index)?.Shape ?? [];

    public int Rank(int index) => In(index)?.Rank ?? 0;

    /// <summary>Operator set version of the node's domain.</summary>
    public long Opset => Node.Graph.Model.Opset(Node.Domain);

    /// <summary>Known integers of an input, else of the attribute of that name (sizes moved from attributes to inputs over the years).</summary>
    public long[]? Integers(int input, string? attribute) =>
        (attribute is null ? null : Node.Ints(attribute)) ?? (Node.Input(input) is null ? null : In(input)?.Content?.Integers ?? Node.Input(input)!.Constant?.ToInt64s());

    /// <summary>An axis attribute counted from the front.</summary>
    public int Axis(string name, int fallback, int rank)
    {
        int axis = (int)Node.Int(name, fallback);
        return axis < 0 ? axis + rank : axis;
    }

    public static int Positive(long axis, int rank) => (int)(axis < 0 ? axis + rank : axis);
}
