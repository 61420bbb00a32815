using SiDT.Backend.Hook.Expressions;
using SiDT.Backend.Hook.Weights;
using SiDT.Frontend;

namespace SiDT.Backend.Hook.Recognition;

/// <summary>
/// A norm over groups of channels, spelled as a norm of every channel of another shape: the groups take the place of channels, and scale and
/// shift of the real channels follow.
/// </summary>
internal static class GroupNormRecogniser
{
    public static Step? Find(Value value, Translation t)
    {
        if (value.Producer is not { } add || !add.Is("Add") || Operand(add, t) is not { } shifted || shifted.Made.Producer is not { } multiply || !multiply.Is("Mul") || !IsAlone(shifted.Made) || Operand(multiply, t) is not { } scaled)
            return null;
        if (scaled.Made.Producer is not { } back || !back.Is("Reshape") || !IsAlone(scaled.Made) || back.Inputs[0]!.Producer is not { } norm || !norm.Is("InstanceNormalization") || !IsAlone(back.Inputs[0]!))
            return null;
        if (norm.Inputs[0]!.Producer is not { } folded || !folded.Is("Reshape") || !IsAll(norm.Inputs[1]!, 1, t) || !IsAll(norm.Inputs[2]!, 0, t))
            return null;
        Value x = folded.Inputs[0]!;
        if (t.Shape(x) is not { Length: > 2 } shape || t.Shape(value) is not { } own || !shape.SequenceEqual(own) || !shape[1].IsConstant || t.Shape(norm.Inputs[0]!) is not { } grouped || !grouped[0].Equals(shape[0]) || !grouped[1].IsConstant)
            return null;
        long channels = shape[1].Value;
        if (Channels(scaled.Constant, channels, shape.Length, t) is not { } weight || Channels(shifted.Constant, channels, shape.Length, t) is not { } bias)
            return null;
        Layer layer = t.Layer("GroupNorm", Code.Of($"GroupNorm({grouped[1].Value}, {new Width(channels, "channels")}, {(double)norm.Float("epsilon", 1e-5f)})"), "norm", t.Names.OfLayer(add, weight, bias), new Binding("weight", weight), new Binding("bias", bias));
        return new Step(add, Code.Of($"{layer}.forward({x:,})"), Level.Primary, value);
    }

    private static bool IsAlone(Value value) => value.Uses.Count == 1 && !value.IsOutput;

    private static (Value Made, Value Constant)? Operand(Node node, Translation t) =>
        t.IsConstant(node.Inputs[1]!) ? (node.Inputs[0]!, node.Inputs[1]!) : t.IsConstant(node.Inputs[0]!) ? (node.Inputs[1]!, node.Inputs[0]!) : null;

    private static bool IsAll(Value value, float number, Translation t) => (value.Constant ?? (t.Source(value)?.Parts is [{ Steps.Length: 0 } part] ? t.Model.Graph.Find(part.Name)?.Constant : null))?.ToFloats().All(f => f == number) == true;

    // [c, 1, 1] or [1, c, 1, 1]
    private static WeightSource? Channels(Value value, long channels, int rank, Translation t) =>
        t.Source(value) is { IsTrainable: true } source && source.Dims.Aggregate(1L, (a, b) => a * b) == channels && source.Dims.Length >= rank - 1 && source.Dims[^(rank - 1)] == channels
            ? source.Dims.Length == 1 ? source : source.Then($"reshape {channels}", [channels], _ => 0)
            : null;
}
