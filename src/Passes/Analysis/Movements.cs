using SiDT.Frontend;
using SiDT.Passes.Operators;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Analysis;

/// <summary>Operators that move positions along an axis: labels move as the data do.</summary>
internal sealed class Movements
{
    private readonly LabelFlow _flow;
    private readonly Regrouping _regrouping;
    private readonly Selections _selections;
    private readonly Joining _joining;
    private readonly Dictionary<string, Action<Node, NodeView>> _rules;

    public Movements(LabelFlow flow)
    {
        _flow = flow;
        _regrouping = new Regrouping(flow);
        _selections = new Selections(flow);
        _joining = new Joining(flow);
        _rules = new(StringComparer.Ordinal)
        {
            ["Reshape"] = _regrouping.Reshape,
            ["Flatten"] = _regrouping.Flatten,
            ["Gather"] = _selections.Gather,
            ["Slice"] = _selections.Slice,
            ["Split"] = _selections.Split,
            ["Concat"] = _joining.Concat,
            ["Pad"] = _joining.Pad,
            ["Expand"] = Expand,
            ["Tile"] = Tile,
            ["Shape"] = Source,
            ["Size"] = Source,
            ["ConstantOfShape"] = Source,
            ["Range"] = Source,
            ["EyeLike"] = Source,
            ["OneHot"] = Source,
            ["RandomNormal"] = Source,
            ["RandomUniform"] = Source,
            ["If"] = If,
            ["Loop"] = Body,
            ["Scan"] = Body,
        };
    }

    /// <summary>True if the node moves positions and was handled here.</summary>
    public bool TryRun(Node node, NodeView view)
    {
        if (!_rules.TryGetValue(OperatorTable.Key(node), out Action<Node, NodeView>? rule))
            return false;
        rule(node, view);
        return true;
    }

    // values made of sizes: no labels, but contents
    private void Source(Node node, NodeView view)
    {
        Content? content = ContentEvaluator.Evaluate(view, 0);
        Dim[] shape = node.OpType switch
        {
            "Shape" => [content is null ? Dim.Symbol(node.Result.Name) : Dim.Of(content.Items.Length)],
            "Size" => [],
            "OneHot" => OneHot(node, view),
            "Range" => [content is null ? Length(view) : Dim.Of(content.Items.Length)],
            "ConstantOfShape" => SizesOf(view.In(0), node.Result.Name),
            "RandomNormal" or "RandomUniform" => [.. (node.Ints("shape") ?? []).Select(Dim.Of)],
            _ => view.Shape(0),
        };
        ElementType type = content?.Type ?? node.OpType switch
        {
            "Shape" or "Size" => ElementType.Int64,
            "ConstantOfShape" => node.Attributes.TryGetValue("value", out Frontend.Schema.AttributeProto? v) ? (ElementType)v.T.DataType : ElementType.Float32,
            "OneHot" => view.In(2)?.Type ?? ElementType.Float32,
            "Range" => view.In(0)?.Type ?? ElementType.Int64,
            _ => (ElementType)node.Int("dtype", (long)ElementType.Float32),
        };
        Layout plain = Layout.Plain(shape, type, node);
        bool constant = node.Inputs.All(i => i is null || _flow.Of(i).IsConstant);
        var arrays = new List<LabelArray>();
        if (node.OpType == "ConstantOfShape" && type.IsFloating())
        {
            // filled where it is needed: its sizes follow what it is aligned with
            foreach (Factor factor in plain.Axes.SelectMany(a => a).Where(f => f.Size is { IsConstant: true, Value: > 1 and < 65536 }))
                arrays.Add(new LabelArray([factor], _flow.Labels.NewRange((int)factor.Size.Value)));
        }
        _flow.Set(node.Result, new Layout(plain.Axes, arrays) { Type = type, Content = content, Origin = node, IsConstant = constant && node.OpType is not ("Shape" or "Size") });
    }

    private static Dim[] OneHot(Node node, NodeView view)
    {
        var shape = view.Shape(0).ToList();
        int axis = (int)node.Int("axis", -1);
        shape.Insert(axis < 0 ? shape.Count + 1 + axis : axis, view.In(1)?.Content?.Items[0]?.Size ?? Dim.Symbol($"{node.Result.Name}.depth"));
        return [.. shape];
    }

    private static Dim Length(NodeView view)
    {
        Dim? start = view.In(0)?.Content?.Items[0]?.Size, limit = view.In(1)?.Content?.Items[0]?.Size, step = view.In(2)?.Content?.Items[0]?.Size;
        return start is { } a && limit is { } b && step is { } s && s.Is(1) ? b - a : Dim.Symbol(view.Node.Result.Name);
    }

    internal static Dim[] SizesOf(Layout? layout, string name)
    {
        if (layout?.Content is { } content)
            return [.. content.Items.Select((item, i) => item?.Size ?? Dim.Symbol($"{name}.{i}"))];
        int rank = layout is { Rank: 1 } && layout.Shape[0].IsConstant ? (int)layout.Shape[0].Value : 0;
        return [.. Enumerable.Range(0, rank).Select(i => Dim.Symbol($"{name}.{i}"))];
    }

    private void Expand(Node node, NodeView view)
    {
        Dim[] x = view.Shape(0), target = SizesOf(view.In(1), node.Result.Name);
        int rank = Math.Max(x.Length, target.Length);
        var input = new AxisIndex[x.Length][];
        var output = new AxisIndex[rank][];
        for (int fromRight = 1; fromRight <= rank; fromRight++)
        {
            Dim have = fromRight <= x.Length ? x[^fromRight] : Dim.One, want = fromRight <= target.Length ? target[^fromRight] : Dim.One;
            bool repeated = have.Is(1) && !want.Is(1);
            AxisIndex[] axis = Indices.Axis(new AxisIndex(repeated ? want : have) { IsRepeated = repeated });
            output[^fromRight] = axis;
            if (fromRight <= x.Length)
                input[^fromRight] = repeated ? [] : axis;
        }
        Run(node, view, new AxisSpec([input, null], output));
    }

    private void Tile(Node node, NodeView view)
    {
        Dim[] x = view.Shape(0);
        Dim[] repeats = SizesOf(view.In(1), node.Result.Name);
        if (repeats.Length != x.Length)
        {
            _flow.Stop(node, $"goes into {node}, whose repeats are not known");
            return;
        }
        AxisIndex[][] input = Indices.Of(x);
        AxisIndex[][] output = [.. input.Select((a, i) => Indices.Axis([new AxisIndex(repeats[i]) { IsRepeated = true }, .. a]))];
        Run(node, view, new AxisSpec([input, null], output));
    }

    private void Run(Node node, NodeView view, AxisSpec spec)
    {
        if (!_flow.Spec.Run(node, view, spec))
            _flow.Stop(node, $"goes into {node}, whose operands do not fit its rule");
    }

    // both branches are analysed in place; what they give back is the same position by position
    private void If(Node node, NodeView view)
    {
        foreach (Graph body in node.Subgraphs.Values)
            _flow.RunBody(body);
        Graph[] branches = [.. node.Subgraphs.Values];
        for (int i = 0; i < node.Outputs.Count; i++)
        {
            if (node.Output(i) is not { } output)
                continue;
            Layout[] results = [.. branches.Select(b => _flow.Of(b.Outputs[i]))];
            if (results.Length != 2 || results[0].Rank != results[1].Rank)
            {
                foreach (Layout result in results)
                    FreezeAll(result, $"leaves a branch of {node} in another shape than the other branch");
                _flow.Set(output, LabelFlow.Declared(output, node));
                continue;
            }
            AxisIndex[][] axes = Indices.Of(results[0].Shape);
            _flow.Set(output, _flow.Spec.Apply(node, [results[0], results[1]], new AxisSpec([axes, axes], axes), 1)[0]!);
        }
    }

    // values carried from one round to the next stay as they are; what the body reads from outside is analysed in place
    private void Body(Node node, NodeView view)
    {
        foreach (Value? input in node.Inputs)
        {
            if (input is not null)
                FreezeAll(_flow.Of(input), $"is carried into the body of {node}");
        }
        foreach (Graph body in node.Subgraphs.Values)
        {
            _flow.RunBody(body);
            foreach (Value result in body.Outputs)
                FreezeAll(_flow.Of(result), $"is carried out of the body of {node}");
        }
        foreach (Value? output in node.Outputs)
        {
            if (output is not null)
                _flow.Set(output, LabelFlow.Declared(output, node));
        }
    }

    private void FreezeAll(Layout layout, string reason)
    {
        foreach (LabelArray array in layout.Arrays)
            _flow.Labels.Freeze(array.Labels, reason);
    }
}
