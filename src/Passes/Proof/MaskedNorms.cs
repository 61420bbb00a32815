using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Proof;

/// <summary>Statistics over kept positions only: means are taken over fewer, norms are taken apart so that their centred values can be masked.</summary>
internal sealed class MaskedNorms(GraphAnalysis analysis, Cut cut)
{
    private readonly HashSet<Value> _own = new(ReferenceEqualityComparer.Instance);

    /// <summary>Values made here are masked already.</summary>
    public bool IsOwn(Value value) => _own.Contains(value) || !analysis.Flow.Layouts.ContainsKey(value);

    public void Replace(Node node)
    {
        switch (OperatorTable.Key(node))
        {
            case "ReduceMean":
                Mean(node);
                break;
            case "LayerNormalization":
                Norm(node, node.Inputs[0]!, node.Input(1), node.Input(2), centred: true, node.Float("epsilon", 1e-5f), (int)node.Int("axis", -1));
                break;
            case "RMSNormalization" or "SimplifiedLayerNormalization" or "com.microsoft::SimplifiedLayerNormalization":
                Norm(node, node.Inputs[0]!, node.Input(1), null, centred: false, node.Float("epsilon", 1e-5f), (int)node.Int("axis", -1));
                break;
            case "com.microsoft::SkipLayerNormalization":
                Skip(node, centred: true);
                break;
            case "com.microsoft::SkipSimplifiedLayerNormalization":
                Skip(node, centred: false);
                break;
            case "com.microsoft::EmbedLayerNormalization":
                Embed(node);
                break;
            case "InstanceNormalization":
                Instance(node);
                break;
            case "GroupNormalization":
                Group(node);
                break;
        }
    }

    // mean over what is left: the sum is right already, the count is not
    private void Mean(Node node)
    {
        Layout x = analysis.Of(node.Inputs[0]!);
        if (!cut.Touches(x) || ReductionRules.AxesOf(new NodeView(node, analysis.Of)) is not { } axes)
            return;
        Dim all = Dim.Product(axes.Select(a => x.Shape[a])), left = Dim.Product(axes.Select(a => cut.Size(x, a)));
        if (all.Equals(left))
            return;
        float factor = (float)((double)Ratio(all, left));
        Value old = node.Result;
        Use[] uses = [.. old.Uses];
        Value scaled = node.Graph.Op("Mul", $"{old.Name}_kept", old, Number(node.Graph, x.Type, factor));
        analysis.Flow.Set(scaled, analysis.Of(old));
        foreach (Use use in uses)
            use.Node.SetInput(use.Index, scaled);
    }

    private static double Ratio(Dim all, Dim left)
    {
        for (long over = 1; over < 1 << 20; over++)
        {
            if ((all * Dim.Of(over)).DivideExactly(left) is { IsConstant: true } times)
                return (double)times.Value / over;
        }
        throw new CutError($"the mean over {all} cannot be taken over {left}");
    }

    private void Skip(Node node, bool centred)
    {
        if (!cut.Touches(analysis.Of(node.Inputs[0]!)))
            return;
        Graph graph = node.Graph;
        string name = node.Outputs[0]!.Name;
        Value sum = graph.Op("Add", $"{name}_sum", node.Inputs[0], node.Inputs[1]);
        if (node.Input(centred ? 4 : 3) is { } bias)
            sum = graph.Op("Add", $"{name}_sum", sum, bias);
        if (node.Output(3) is { } result)
        {
            Value masked = Masked(graph, sum, analysis.Of(result));
            MoveUses(result, masked);
        }
        Norm(node, sum, node.Input(2), centred ? node.Input(3) : null, centred, node.Float("epsilon", 1e-12f), -1);
    }

    private void Embed(Node node)
    {
        if (!cut.Touches(analysis.Of(node.Result)))
            return;
        Graph graph = node.Graph;
        string name = node.Result.Name;
        Value words = graph.Op("Gather", $"{name}_words", node.Inputs[2], node.Inputs[0]);
        Value positions;
        if (node.Input(8) is { } ids)
        {
            positions = graph.Op("Gather", $"{name}_positions", node.Inputs[3], ids);
        }
        else
        {
            Value length = graph.Op("Gather", $"{name}_length", graph.Op("Shape", $"{name}_ids", node.Inputs[0]), graph.NewInitializer($"{name}_one", Tensor.Vector(1)));
            positions = graph.Op("Slice", $"{name}_positions", node.Inputs[3], graph.NewInitializer($"{name}_zero", Tensor.Vector(0)), length, graph.NewInitializer($"{name}_axis", Tensor.Vector(0)));
        }
        Value sum = graph.Op("Add", $"{name}_sum", words, positions);
        if (node.Input(1) is { } segments && node.Input(4) is { } table)
            sum = graph.Op("Add", $"{name}_sum", sum, graph.Op("Gather", $"{name}_segments", table, segments));
        Norm(node, sum, node.Input(5), node.Input(6), centred: true, node.Float("epsilon", 1e-12f), -1);
    }

    private void Norm(Node node, Value x, Value? scale, Value? bias, bool centred, float epsilon, int axis)
    {
        Layout layout = analysis.Flow.Layouts.TryGetValue(x, out Layout? own) ? own : analysis.Of(node.Outputs[0]!);
        if (!cut.Touches(layout))
            return;
        Graph graph = node.Graph;
        string name = node.Outputs[0]!.Name;
        int from = axis < 0 ? axis + layout.Rank : axis;
        double count = 1;
        for (int i = from; i < layout.Rank; i++)
            count *= cut.Size(layout, i).Value;
        long[] axes = [.. Enumerable.Range(from, layout.Rank - from).Select(i => (long)i)];
        bool narrow = layout.Type is ElementType.Float16 or ElementType.BFloat16;
        Value wide = narrow ? graph.Add("Cast", "", $"{name}_wide", [x]).Set("to", 1).Result : x;
        ElementType type = narrow ? ElementType.Float32 : layout.Type;
        Value masked = Masked(graph, wide, layout, type);
        if (centred)
            masked = Masked(graph, graph.Op("Sub", $"{name}_centred", masked, MeanOf(graph, name, masked, axes, count, type)), layout, type);
        Value variance = MeanOf(graph, name, graph.Op("Mul", $"{name}_square", masked, masked), axes, count, type);
        Value deviation = graph.Op("Sqrt", $"{name}_deviation", graph.Op("Add", $"{name}_safe", variance, Number(graph, type, epsilon)));
        Value y = graph.Op("Div", $"{name}_unit", masked, deviation);
        if (narrow)
            y = graph.Add("Cast", "", $"{name}_narrow", [y]).Set("to", (long)layout.Type).Result;
        if (scale is not null)
            y = graph.Op("Mul", $"{name}_scaled", y, scale);
        if (bias is not null)
            y = graph.Op("Add", $"{name}_shifted", y, bias);
        MoveUses(node.Outputs[0]!, Masked(graph, y, analysis.Of(node.Outputs[0]!)));
    }

    private void Instance(Node node)
    {
        Layout layout = analysis.Of(node.Inputs[0]!);
        if (!cut.Touches(layout) || layout.Rank < 3)
            return;
        Graph graph = node.Graph;
        long[] wide = [-1, .. Enumerable.Repeat(1L, layout.Rank - 2)];
        Value Channels(Value v) => graph.Op("Reshape", $"{node.Result.Name}_affine", v, graph.NewInitializer($"{node.Result.Name}_channels", Tensor.Vector(wide)));
        Norm(node, node.Inputs[0]!, Channels(node.Inputs[1]!), Channels(node.Inputs[2]!), centred: true, node.Float("epsilon", 1e-5f), 2);
    }

    // channels as (group, channel of the group): the same statistics over the kept channels of a group
    private void Group(Node node)
    {
        Layout layout = analysis.Of(node.Inputs[0]!);
        if (!cut.Touches(layout) || cut.Masks(layout, 1) is not { } masks)
            return;
        Graph graph = node.Graph;
        string name = node.Result.Name;
        long groups = node.Int("num_groups", 1), width = layout.Shape[1].Value / groups;
        long kept = Enumerable.Range(0, (int)groups).Max(g => masks[0].AsSpan((int)(g * width), (int)width).Count(true));
        Value x = Masked(graph, node.Inputs[0]!, layout);
        Value split = graph.Op("Reshape", $"{name}_grouped", x, graph.NewInitializer($"{name}_to", Tensor.Vector(0, groups, -1)));
        float factor = (float)((double)width / kept);
        Value mask = graph.NewInitializer($"{name}_mask", Tensor.FromFloats(layout.Type, masks[0].Select(m => m ? 1f : 0f).ToArray(), [1, masks[0].Length, .. Enumerable.Repeat(1L, layout.Rank - 2)]));
        Value ReduceKept(Value v) => graph.Op("Mul", $"{name}_kept", ReduceMean(graph, name, v), Number(graph, layout.Type, factor));
        Value shape = graph.Op("Shape", $"{name}_shape", node.Inputs[0]);
        Value centred = graph.Op("Reshape", $"{name}_back", graph.Op("Sub", $"{name}_centred", split, ReduceKept(split)), shape);
        Value clean = graph.Op("Mul", $"{name}_clean", centred, mask);
        Value cleanSplit = graph.Op("Reshape", $"{name}_grouped", clean, graph.NewInitializer($"{name}_to", Tensor.Vector(0, groups, -1)));
        Value variance = ReduceKept(graph.Op("Mul", $"{name}_square", cleanSplit, cleanSplit));
        Value deviation = graph.Op("Sqrt", $"{name}_deviation", graph.Op("Add", $"{name}_safe", variance, Number(graph, layout.Type, node.Float("epsilon", 1e-5f))));
        Value unit = graph.Op("Reshape", $"{name}_unit", graph.Op("Div", $"{name}_divided", cleanSplit, deviation), shape);
        long[] wide = [-1, .. Enumerable.Repeat(1L, layout.Rank - 2)];
        Value Affine(Value v) => graph.Op("Reshape", $"{name}_affine", v, graph.NewInitializer($"{name}_channels", Tensor.Vector(wide)));
        Value y = graph.Op("Add", $"{name}_shifted", graph.Op("Mul", $"{name}_scaled", unit, Affine(node.Inputs[1]!)), Affine(node.Inputs[2]!));
        MoveUses(node.Result, Masked(graph, y, analysis.Of(node.Result)));
    }

    private static Value ReduceMean(Graph graph, string name, Value x)
    {
        Node mean = graph.Add("ReduceMean", "", $"{name}_mean", [x]);
        if (graph.Model.Opset() >= 18)
            mean.SetInput(1, graph.NewInitializer($"{name}_axes", Tensor.Vector(2)));
        else
            mean.Set("axes", [2L]);
        return mean.Result;
    }

    private static Value MeanOf(Graph graph, string name, Value x, long[] axes, double count, ElementType type)
    {
        Node sum = graph.Add("ReduceSum", "", $"{name}_sum", [x]).Set("keepdims", 1);
        if (graph.Model.Opset() >= 13)
            sum.SetInput(1, graph.NewInitializer($"{name}_axes", Tensor.Vector(axes)));
        else
            sum.Set("axes", axes);
        return graph.Op("Mul", $"{name}_mean", sum.Result, Number(graph, type, (float)(1 / count)));
    }

    private Value Masked(Graph graph, Value value, Layout layout, ElementType? type = null)
    {
        if (TwinBuilder.MaskTensor(layout, cut) is not { } mask)
            return value;
        return TwinBuilder.Silence(graph, value, type ?? layout.Type, mask.Numbers, mask.Dims);
    }

    private void MoveUses(Value from, Value to)
    {
        analysis.Flow.Set(to, analysis.Of(from)); // readers further down ask for it
        foreach (Use use in from.Uses.ToArray())
            use.Node.SetInput(use.Index, to);
        for (int i = 0; i < from.Graph.Outputs.Count; i++)
        {
            if (from.Graph.Outputs[i] == from)
                throw new CutError($"'{from.Name}' is a graph output and cannot be masked");
        }
        _own.Add(from);
    }

    private static Value Number(Graph graph, ElementType type, float number) => graph.NewInitializer("number", Tensor.FromFloats(type, [number]));
}
