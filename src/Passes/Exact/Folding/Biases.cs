using SiDT.Frontend;
using SiDT.Passes.Analysis;

namespace SiDT.Passes.Exact.Folding;

/// <summary>
/// Two constants that are added one after the other are one: (x + a) + b = x + (a + b). 32-bit floats of one shape, or a single number. What
/// several nodes read stays, where the file would grow by a sum of its own.
/// </summary>
public sealed class Biases : IExactPass
{
    public string Name => "biases";

    public bool KeepsProducts => true;

    public string? Run(GraphFacts facts)
    {
        int count = 0;
        foreach (Node node in facts.Model.Graph.Nodes.ToArray())
        {
            if (Merge(node))
                count++;
        }
        return count == 0 ? null : $"{count} biases are part of the ones behind them";
    }

    private static bool Merge(Node outer)
    {
        if (Constant(outer) is not (var second, { Producer: { } inner } sum) || !Chains.Single(sum) || inner.Graph != outer.Graph || Constant(inner) is not (var first, var x) || Sum(first.Constant!, second.Constant!) is not { } both
            || !new[] { first, second }.Any(c => Chains.Single(c) && c.Constant!.Count == both.Count))
            return false;
        Value merged = outer.Graph.NewInitializer(second.Name, both);
        outer.SetInput(0, x);
        outer.SetInput(1, merged);
        return true;
    }

    // what an Add adds to something
    private static (Value Constant, Value Other)? Constant(Node node) =>
        !node.Is("Add") || node.Inputs is not [{ } a, { } b] ? null : (a.Constant, b.Constant) switch
        {
            ({ Type: ElementType.Float32 }, null) => (a, b),
            (null, { Type: ElementType.Float32 }) => (b, a),
            _ => null,
        };

    private static Tensor? Sum(Tensor a, Tensor b)
    {
        if (a.Count < b.Count)
            (a, b) = (b, a);
        bool isAlike = a.Count == b.Count && a.Dims.SkipWhile(d => d == 1).SequenceEqual(b.Dims.SkipWhile(d => d == 1));
        if (!isAlike && b.Count != 1)
            return null;
        float[] left = a.ToFloats(), right = b.ToFloats(), sum = new float[left.Length];
        for (int i = 0; i < sum.Length; i++)
            sum[i] = (float)((double)left[i] + right[isAlike ? i : 0]);
        return Tensor.Of(sum.AsSpan(), [.. Enumerable.Repeat(1L, Math.Max(0, b.Rank - a.Rank)), .. a.Dims]);
    }
}
