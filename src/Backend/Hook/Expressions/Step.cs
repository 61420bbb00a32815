using SiDT.Frontend;

namespace SiDT.Backend.Hook.Expressions;

/// <summary>What an operator became: an expression for one value, or for a row of values.</summary>
internal sealed class Step(Node node, Code code, Level level, params Value[] outputs)
{
    /// <summary>The node whose result this is, for diagnostics and order.</summary>
    public Node Node { get; } = node;

    public Code Code { get; } = code;

    public Level Level { get; } = level;

    /// <summary>One value; or several, when the expression is an array of tensors.</summary>
    public Value[] Outputs { get; } = outputs;

    /// <summary>The expression is an array of tensors, also where only one of them is wanted.</summary>
    public bool IsArray { get; init; }

    /// <summary>A product of two activations, and the softmax between two such: what local variables are named after.</summary>
    public StepKind Kind { get; init; }

    public IEnumerable<Value> Reads => Code.Pieces.OfType<Operand>().Select(o => o.Value);

    public IEnumerable<Layer> Layers => Code.Pieces.OfType<Member>().Select(m => m.Layer);
}

/// <summary>What a step is to the reader.</summary>
internal enum StepKind
{
    Other,
    Product,
    Softmax,

    /// <summary>A layer with a matrix: what it makes is worth a line.</summary>
    Linear,
}
