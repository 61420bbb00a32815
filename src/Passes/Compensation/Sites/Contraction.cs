using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;

namespace SiDT.Passes.Compensation.Sites;

/// <summary>
/// A product of an activation z with a weight W, as y = z W: z's contracted positions flattened to [rows, n], W to [n, outputs].
/// </summary>
/// <param name="Node">MatMul, Gemm, Einsum or Conv.</param>
/// <param name="Input">Which operand is the activation.</param>
/// <param name="Weight">Which operand is the weight.</param>
/// <param name="Read">Axes of the activation that are summed over, ascending.</param>
/// <param name="Summed">Axes of the weight that are summed over, in the order of <paramref name="Read"/>.</param>
/// <param name="Free">The other axes of the weight, ascending: outputs, and positions of a kernel.</param>
/// <param name="BiasShape">What a bias looks like that is added to the result: 1 along axes that the weight does not make.</param>
/// <param name="Made">Axes of the weight that make the axes of the result, in the order of the result.</param>
internal sealed record Contraction(Node Node, int Input, int Weight, int[] Read, int[] Summed, int[] Free, long[] BiasShape, int[] Made)
{
    public Value Activation => Node.Inputs[Input]!;

    public Value Numbers => Node.Inputs[Weight]!;

    /// <summary>The product, if the node is one of an activation and constants whose axes are either summed over or free.</summary>
    public static Contraction? Of(Node node, GraphAnalysis analysis)
    {
        if (!analysis.Flow.Macs.ContainsKey(node) || node.Graph != analysis.Graph || OperatorTable.Describe(new NodeView(node, analysis.Of)) is not { Product: var (left, right) } spec)
            return null;
        if (spec.IsPointwise || node.Float("alpha", 1) != 1 || (node.Is("Gemm") && node.Float("beta", 1) != 1))
            return null;
        bool constantLeft = analysis.Of(node.Inputs[left]!).IsConstant, constantRight = analysis.Of(node.Inputs[right]!).IsConstant;
        if (constantLeft == constantRight)
            return null;
        (int input, int weight) = constantRight ? (left, right) : (right, left);
        AxisIndex[][] read = spec.Inputs[input]!, numbers = spec.Inputs[weight]!, made = spec.Outputs[0]!;
        HashSet<AxisIndex> contracted = [.. read.SelectMany(a => a)];
        contracted.IntersectWith(numbers.SelectMany(a => a));
        HashSet<AxisIndex> kept = [.. made.SelectMany(a => a)];
        if (contracted.Any(i => kept.Contains(i) && !i.Size.Is(1)))
            return null; // a batch of products, or groups of channels
        contracted.RemoveWhere(i => kept.Contains(i));
        int[] from = Axes(read, contracted);
        if (from.Length == 0 || !from.All(a => read[a].All(i => contracted.Contains(i) || i.Size.Is(1))))
            return null;
        AxisIndex[] order = [.. from.SelectMany(a => read[a]).Where(contracted.Contains)];
        int[] summed = [.. Axes(numbers, contracted).OrderBy(a => Array.FindIndex(order, i => numbers[a].Contains(i)))];
        if (!summed.All(a => numbers[a].All(i => contracted.Contains(i) || i.Size.Is(1))) || !summed.SelectMany(a => numbers[a]).Where(contracted.Contains).SequenceEqual(order))
            return null;
        int[] free = [.. Enumerable.Range(0, numbers.Length).Except(summed)];
        HashSet<AxisIndex> own = [.. free.SelectMany(a => numbers[a])];
        var makers = new List<int>();
        var shape = new long[made.Length];
        for (int i = 0; i < made.Length; i++)
        {
            int maker = Array.FindIndex(numbers, a => a.Length > 0 && a.SequenceEqual(made[i]));
            bool isOwn = maker >= 0 && made[i].All(own.Contains);
            if (!isOwn && made[i].Any(x => own.Contains(x) && !x.Size.Is(1)))
                return null;
            shape[i] = isOwn ? made[i].Aggregate(1L, (p, x) => p * x.Size.Value) : 1;
            if (isOwn)
                makers.Add(maker);
        }
        return new Contraction(node, input, weight, from, summed, free, shape, [.. makers]);
    }

    private static int[] Axes(AxisIndex[][] axes, HashSet<AxisIndex> contracted) => [.. Enumerable.Range(0, axes.Length).Where(a => axes[a].Any(contracted.Contains))];
}
