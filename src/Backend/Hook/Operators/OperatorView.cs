using SiDT.Backend.Hook.Expressions;
using SiDT.Backend.Hook.Weights;
using SiDT.Frontend;
using SiDT.Passes.Operators;
using SiDT.Passes.Shapes;

namespace SiDT.Backend.Hook.Operators;

/// <summary>A node with what is known around it; what rules read and build with.</summary>
/// <param name="node">The node.</param>
/// <param name="value">Which of its outputs is asked for.</param>
/// <param name="translation">Everything else.</param>
internal sealed class OperatorView(Node node, Value value, Translation translation)
{
    public Node Node { get; } = node;

    public Value Value { get; } = value;

    public Translation Translation { get; } = translation;

    public Value X => In(0);

    public Value In(int index) => Node.Input(index) ?? throw Fault($"input {index} is missing");

    public bool Has(int index) => Node.Input(index) is not null;

    public double? Scalar(int index) => Translation.Scalar(Node.Input(index));

    public Dim[] Shape(Value of) => Translation.Shape(of) ?? throw Fault($"the shape of '{of.Name}' is not known");

    public int Rank(Value of) => Shape(of).Length;

    public ElementType Type(Value of) => Translation.Flow.Of(of).Type;

    /// <summary>Known integers of an input, else of an attribute.</summary>
    public long[]? Integers(int input, string? attribute = null) => new NodeView(Node, Translation.Flow.Of).Integers(input, attribute);

    public int Axis(string name, int fallback, int rank) => NodeView.Positive(Node.Int(name, fallback), rank);

    public Exception Fault(string reason) => HookError.At(Node, reason);

    public Step Make(Code code, Level level = Level.Primary, StepKind kind = StepKind.Other) => new(Node, code, level, Value) { Kind = kind };

    /// <summary>An array of tensors, one for each output.</summary>
    public Step MakeArray(Code code) => new(Node, code, Level.Primary, [.. Node.Outputs.Select(o => o ?? throw Fault("an output is left out"))]) { IsArray = true };

    public WeightSource Source(int index, string what) =>
        Translation.Source(In(index)) ?? throw Fault($"its {what} '{In(index).Name}' is computed, not stored");

    /// <summary>Lengths of the result, those kept from <paramref name="from"/> marked as such.</summary>
    /// <param name="from">The operand.</param>
    /// <param name="infer">Whether -1 may stand for one of them.</param>
    public IReadOnlyList<Piece> Lengths(Value from, bool infer)
    {
        Dim[] source = Shape(from), target = Shape(Value);
        int kept = 0;
        while (kept < source.Length && kept < target.Length && source[kept].Equals(target[kept]))
            kept++;
        return [.. target.Select((d, i) => new Length(d, ShapeRoles.Of(source, target, i), i < kept ? i : -1, infer))];
    }
}
