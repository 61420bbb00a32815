using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Compensation.Sites;

/// <summary>
/// Finds the products that read units, and gives each a weight and a bias of its own (a bias of zeros where it has none),
/// so that all later changes are changes of numbers. The graph is changed in place; its outputs stay equal.
/// </summary>
internal sealed class ConsumerFinder(GraphAnalysis analysis)
{
    private readonly OwnNumbers _own = new(analysis);

    /// <summary>The consumers of classes that may go, in the order of the graph.</summary>
    /// <param name="live">Classes that may go.</param>
    public IReadOnlyList<Consumer> Run(Func<int, bool> live)
    {
        Contraction[] found = [.. analysis.Graph.Nodes.Select(n => Contraction.Of(n, analysis)).OfType<Contraction>().Where(c => (Reads(c, live) || Writes(c, live)) && OwnNumbers.IsFree(c.Numbers))];
        _own.Read([.. found.Select(c => c.Numbers)]);
        var consumers = new List<Consumer>();
        foreach (Contraction contraction in found)
        {
            Value weight = _own.Own(contraction.Node, contraction.Weight);
            (Value bias, Value result) = Bias(contraction, weight);
            consumers.Add(new Consumer(contraction, analysis, weight, bias, result));
        }
        analysis.Graph.Sweep();
        analysis.Graph.Sort();
        return consumers;
    }

    // what makes units may be refined together with what reads them
    private bool Writes(Contraction contraction, Func<int, bool> live)
    {
        Layout read = analysis.Of(contraction.Activation), made = analysis.Of(contraction.Node.Result);
        return read.Type.IsFloating() && contraction.Read.SelectMany(a => read.Axes[a]).All(f => f.Size.IsConstant)
            && made.Arrays.Any(a => a.Labels.Any(l => l >= 0 && live(analysis.Flow.Labels.Find(l))));
    }

    private bool Reads(Contraction contraction, Func<int, bool> live)
    {
        Layout layout = analysis.Of(contraction.Activation);
        Factor[] factors = [.. contraction.Read.SelectMany(a => layout.Axes[a])];
        LabelArray[] touching = [.. layout.Arrays.Where(a => a.Over.Any(factors.Contains) && a.Labels.Any(l => l >= 0 && live(analysis.Flow.Labels.Find(l))))];
        return layout.Type.IsFloating() && touching.Length > 0 && factors.All(f => f.Size.IsConstant) && touching.All(a => a.Over.All(factors.Contains));
    }

    private (Value Bias, Value Result) Bias(Contraction contraction, Value weight)
    {
        Node node = contraction.Node;
        Value result = node.Result;
        long width = contraction.BiasShape.Aggregate(1L, (p, d) => p * d);
        if (node.OpType is "Gemm" or "Conv" or "ConvTranspose")
        {
            if (node.Input(2) is { } given)
            {
                if (given.Constant?.Count == width && OwnNumbers.IsFree(given))
                    return (_own.Own(node, 2), result);
            }
            else
            {
                Value zeros = Zeros($"{result.Name}_bias", weight.Constant!.Type, [width]);
                node.SetInput(2, zeros);
                Adopt(zeros, result, lastOnly: true);
                return (zeros, result);
            }
        }
        else if (result is { IsOutput: false, Uses: [{ Node: var add } use] } && add.Is("Add") && add.Inputs[1 - use.Index] is { } other
            && other.Constant is { } numbers && OwnNumbers.IsFree(other) && SameShape(numbers.Dims, contraction.BiasShape))
        {
            return (_own.Own(add, 1 - use.Index), add.Result);
        }
        Value bias = Zeros($"{result.Name}_bias", weight.Constant!.Type, [.. contraction.BiasShape.SkipWhile(d => d == 1)]);
        Adopt(bias, result, lastOnly: false);
        Value sum = analysis.Graph.NewValue($"{result.Name}_biased");
        if (result.IsOutput)
        {
            // the output keeps its name
            Value inner = analysis.Graph.NewValue($"{result.Name}_product");
            analysis.Flow.Adopt(inner, analysis.Of(result));
            node.SetOutput(0, inner);
            analysis.Graph.AddWithOutputs("Add", "", result.Name, [inner, bias], [result]);
            return (bias, result);
        }
        Use[] readers = [.. result.Uses];
        analysis.Graph.AddWithOutputs("Add", "", sum.Name, [result, bias], [sum]);
        analysis.Flow.Adopt(sum, analysis.Of(result));
        foreach (Use reader in readers)
            reader.Node.SetInput(reader.Index, sum);
        return (bias, sum);
    }

    private Value Zeros(string name, ElementType type, long[] dims) =>
        analysis.Graph.NewInitializer(name, Tensor.FromFloats(type, new float[dims.Aggregate(1L, (p, d) => p * d)], dims));

    // the labels of the axes that the bias spans
    private void Adopt(Value bias, Value result, bool lastOnly)
    {
        Layout made = analysis.Of(result);
        int rank = bias.Constant!.Rank, channel = result.Producer!.OpType is "Conv" or "ConvTranspose" ? 1 : made.Rank - 1;
        var axes = new IReadOnlyList<Factor>[rank];
        for (int i = 0; i < rank; i++)
        {
            int axis = lastOnly ? channel : made.Rank - rank + i;
            axes[i] = bias.Constant.Dims[i] == 1 ? [] : made.Axes[axis];
        }
        HashSet<Factor> own = [.. axes.SelectMany(a => a)];
        analysis.Flow.Adopt(bias, new Layout(axes, [.. made.Arrays.Where(a => a.Over.All(own.Contains))]) { Type = made.Type, IsConstant = true });
    }

    private static bool SameShape(long[] dims, long[] expected)
    {
        long[] a = [.. dims.SkipWhile(d => d == 1)], b = [.. expected.SkipWhile(d => d == 1)];
        return a.SequenceEqual(b);
    }
}
