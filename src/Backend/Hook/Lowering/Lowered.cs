using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Shapes;

namespace SiDT.Backend.Hook.Lowering;

/// <summary>A composite node, and a short way to write what stands in its place.</summary>
internal sealed class Lowered(Node node, GraphFacts facts)
{
    public Node Node { get; } = node;

    public long Opset => Node.Graph.Model.Opset();

    public Value X => Node.Inputs[0]!;

    public Value? In(int index) => Node.Input(index);

    public Dim[] Shape(Value value) => Of(value) is { IsUnknown: false } layout ? layout.Shape : throw Fault($"the shape of '{value.Name}' is not known");

    public Layout Of(Value value)
    {
        if (!facts.Flow.Layouts.TryGetValue(value, out Layout? layout) && value.Producer is not null)
        {
            // made by a lowering before this one
            Node.Graph.Sort();
            facts.Changed(keepsShapes: false);
            layout = facts.Flow.Of(value);
        }
        return layout ?? facts.Flow.Of(value);
    }

    public Exception Fault(string reason) => HookError.At(Node, reason);

    public Value Op(string op, params Value?[] inputs) => Node.Graph.Op(op, $"{Node.Outputs.First(o => o is not null)!.Name}_{op}", inputs);

    public Value Op(string op, Action<Node> attributes, params Value?[] inputs)
    {
        Value value = Op(op, inputs);
        attributes(value.Producer!);
        return value;
    }

    public Value Number(float number) => Node.Graph.NewInitializer($"{Node.Name}_number", Tensor.Scalar(number));

    public Value Whole(params long[] numbers) => Node.Graph.NewInitializer($"{Node.Name}_numbers", Tensor.Vector(numbers));

    public Value Transpose(Value x, params long[] order) => Op("Transpose", n => n.Set("perm", order), x);

    /// <summary>Reshape with 0 for a kept and -1 for an inferred length.</summary>
    public Value Reshape(Value x, params long[] shape) => Op("Reshape", x, Whole(shape));

    public Value Unsqueeze(Value x, long axis) => Opset >= 13 ? Op("Unsqueeze", x, Whole(axis)) : Op("Unsqueeze", n => n.Set("axes", [axis]), x);

    public Value Softmax(Value x, int rank) => Op("Softmax", n => n.Set("axis", rank - 1), x);

    public Value Times(Value x, float number) => number == 1 ? x : Op("Mul", x, Number(number));

    /// <summary>The name of the scope around it, for what is made in its place.</summary>
    public Value Named(string op, string suffix, params Value?[] inputs) => Node.Graph.Op(op, $"{Node.Name}{suffix}", inputs);
}
