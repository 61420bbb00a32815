using SiDT.Backend.Hook.Expressions;
using SiDT.Backend.Hook.Operators;
using SiDT.Frontend;
using SiDT.Passes.Shapes;

namespace SiDT.Backend.Hook.Recognition;

/// <summary>One position of an axis, which then goes: a part of length one without its axis.</summary>
internal static class SelectRecogniser
{
    public static Step? Find(Value value, Translation t)
    {
        Node node = value.Producer!;
        if (!(node.Is("Reshape") || node.Is("Squeeze") || node.Is("Flatten")) || node.Inputs[0] is not { Uses.Count: 1, IsOutput: false, Producer: { } cut } taken || !(cut.Is("Slice") || cut.Is("Gather")))
            return null;
        if (StackRecogniser.Read(taken, t) is not { Length: 1, DropsAxis: false } part || t.Shape(cut.Inputs[0]!) is not { } whole || t.Shape(value) is not { } left)
            return null;
        Dim[] without = [.. whole.Where((_, i) => i != part.Axis)];
        return left.SequenceEqual(without) ? new Step(node, Code.Of($"{cut.Inputs[0]!}.select({LayoutExpressions.Counted(part.Axis, whole.Length)}, {part.Start})"), Level.Primary, value) : null;
    }
}
