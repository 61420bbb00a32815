using SiDT.Backend.Hook.Expressions;
using SiDT.Backend.Hook.Operators;
using SiDT.Frontend;
using SiDT.Passes.Operators;

namespace SiDT.Backend.Hook.Recognition;

/// <summary>The end of an axis put in front of its beginning: windows that are shifted.</summary>
internal static class RollRecogniser
{
    public static Step? Find(Value value, Translation t)
    {
        Node node = value.Producer!;
        if (!node.Is("Concat") || node.Inputs.Count != 2 || t.Shape(value) is not { } shape)
            return null;
        int axis = NodeView.Positive(node.Int("axis", 0), shape.Length);
        if (Part(node.Inputs[0]!, axis, t) is not { } first || Part(node.Inputs[1]!, axis, t) is not { } second)
            return null;
        Value whole = node.Inputs[0]!.Producer!.Inputs[0]!;
        if (node.Inputs[1]!.Producer!.Inputs[0] != whole || !shape[axis].IsConstant || second.Start != 0 || first.Start != second.Length || first.Start + first.Length != shape[axis].Value || second.Length == 0)
            return null;
        // the shorter way round
        long shift = 2 * first.Start <= shape[axis].Value ? -first.Start : first.Length;
        return new Step(node, Code.Of($"{whole}.roll({shift}, {LayoutExpressions.Counted(axis, shape.Length)})"), Level.Primary, value);
    }

    private static StackRecogniser.Part? Part(Value value, int axis, Translation t) =>
        value.Producer is { } node && (node.Is("Slice") || node.Is("Split")) && StackRecogniser.Read(value, t) is { DropsAxis: false } part && part.Axis == axis ? part : null;
}
