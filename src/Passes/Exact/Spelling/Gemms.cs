using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Exact.Folding;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Exact.Spelling;

/// <summary>
/// A product with a bias is one Gemm over two axes, which saves ONNX Runtime a pass over the result:
/// Add(MatMul(x, W), b) => Reshape(Gemm(Reshape(x, [-1, k]), W, b), [-1, tokens, m]).
/// Not in front of an activation function with which the bias is fused anyway.
/// </summary>
public sealed class Gemms : IExactPass
{
    public string Name => "gemm";

    public bool KeepsProducts => true;

    public string? Run(GraphFacts facts)
    {
        if (facts.Model.Opset() < 7)
            return null; // C of Gemm is broadcast since then
        LabelFlow flow = facts.Shapes;
        int count = 0;
        foreach (Node node in facts.Model.Graph.Nodes.ToArray())
        {
            if (node.Is("MatMul") && Linear.Of(node) is { Add: { } add, Bias: { } bias } linear && bias.Constant!.Count == linear.Outputs && Replace(linear, add, bias, flow))
                count++;
        }
        return count == 0 ? null : $"{count} products take their bias along";
    }

    private static bool Replace(Linear linear, Node add, Value bias, LabelFlow flow)
    {
        Dim[] from = flow.Of(linear.Input).Shape, to = flow.Of(add.Result).Shape;
        if (from.Length < 2 || add.Result.IsOutput || IsActivated(add.Result) || bias.Constant!.Dims[..^1].Any(d => d != 1))
            return false;
        Graph graph = add.Graph;
        string name = add.Result.Name;
        Dim[] flat = [Dim.Product(from[..^1]), from[^1]], made = [flat[0], to[^1]];
        if (!Stated(from, flat) || !Stated(made, to) || to.Length != from.Length)
            return false;
        Value x = from.Length == 2 ? linear.Input : MovementChains.Reshape(graph, name, linear.Input, from, flat);
        Value b = bias.Constant.Rank == 1 ? bias : graph.NewInitializer(bias.Name, new Tensor(bias.Constant.Type, [bias.Constant.Count], bias.Constant.Storage));
        Value y = graph.Op("Gemm", $"{name}_gemm", x, linear.Weight, b);
        add.Result.ReplaceUsesWith(from.Length == 2 ? y : MovementChains.Reshape(graph, name, y, made, to));
        return true;
    }

    private static bool Stated(Dim[] from, Dim[] to) => PlainShapes.Entries(from, to).All(e => e is not null);

    // gelu and its spellings: the sum is read twice, or by the function itself
    private static bool IsActivated(Value sum) =>
        sum.Uses.Any(u => u.Node.OpType is "Gelu" or "FastGelu" or "QuickGelu" or "Erf" or "Sigmoid" or "Tanh" or "Swish") || (sum.Uses.Count > 1 && sum.Uses.Any(u => u.Node.Is("Mul") || u.Node.Is("Div")));
}
