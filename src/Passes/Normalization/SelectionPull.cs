using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Normalization;

/// <summary>
/// Builds the part of a value that some positions of an axis make up, by selecting from the constants it was made of.
/// Works through every operator with an index notation; where a selection would have to stop at an activation there is no result.
/// </summary>
internal sealed class SelectionPull(LabelFlow analysis)
{
    private readonly Dictionary<(Value, int, string), Value?> _known = [];

    /// <summary>Whether nobody needs the whole value: every reader takes constant positions of that axis.</summary>
    public bool OnlySelected(Value value, int axis) =>
        !value.IsOutput && value.Uses.All(u => u.Index == 0 && (u.Node.Is("Gather") || u.Node.Is("Slice") || u.Node.Is("Split")));

    public Value? Select(Value value, int axis, int[] positions)
    {
        var key = (value, axis, string.Join(',', positions));
        if (_known.TryGetValue(key, out Value? known))
            return known;
        return _known[key] = Build(value, axis, positions);
    }

    private Value? Build(Value value, int axis, int[] positions)
    {
        Layout layout = analysis.Of(value);
        Graph graph = value.Graph;
        if (layout.IsConstant)
        {
            // select from what is stored, before it is widened or laid out
            if (value.Constant is null && value.Producer is not null && Through(value, axis, positions) is { } inner)
                return inner;
            Value indices = graph.NewInitializer($"{value.Name}_positions", Tensor.Vector([.. positions.Select(p => (long)p)]));
            return graph.Add("Gather", "", $"{value.Name}_part", [value, indices]).Set("axis", axis).Result;
        }
        return Through(value, axis, positions);
    }

    private Value? Through(Value value, int axis, int[] positions)
    {
        if (value.Producer is not { } node || node.Outputs[0] != value)
            return null;
        if (node.Is("Reshape"))
            return ThroughReshape(node, axis, positions);
        if (OperatorTable.Describe(new NodeView(node, analysis.Of)) is { } spec)
            return ThroughSpec(node, spec, axis, positions);
        return null;
    }

    private Value? ThroughSpec(Node node, AxisSpec spec, int axis, int[] positions)
    {
        if (spec.Outputs[0] is not { } output || output[axis].Length != 1 || output[axis][0].Role != AxisRole.Plain || node.Outputs.Count(o => o is not null) > 1)
            return null;
        AxisIndex index = output[axis][0];
        var inputs = new Value?[node.Inputs.Count];
        bool any = false;
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i] = node.Inputs[i];
            if (inputs[i] is null || i >= spec.Inputs.Length || spec.Inputs[i] is not { } axes)
                continue;
            int at = Array.FindIndex(axes, a => a.Contains(index));
            if (at < 0)
                continue;
            if (axes[at].Length != 1 || (!analysis.Of(inputs[i]!).IsConstant && inputs[i]!.Uses.Select(u => u.Node).Distinct().Count() > 1))
                return null;
            inputs[i] = Select(inputs[i]!, at, positions);
            if (inputs[i] is null)
                return null;
            any = true;
        }
        if (!any)
            return null;
        return node.Graph.Add(node.OpType, node.Domain, $"{node.Outputs[0]!.Name}_part", inputs).SetAs(node).Result;
    }

    // the axis is a factor of one axis of the input: its positions are runs there
    private Value? ThroughReshape(Node node, int axis, int[] positions)
    {
        Value input = node.Inputs[0]!;
        if (!analysis.Of(input).IsConstant && input.Uses.Count > 1)
            return null;
        Dim[] from = analysis.Of(input).Shape, to = analysis.Of(node.Result).Shape;
        Dim right = Dim.Product(to[(axis + 1)..]);
        for (int i = from.Length - 1; i >= 0; i--)
        {
            Dim inputRight = Dim.Product(from[(i + 1)..]);
            if (right.DivideExactly(inputRight) is not { IsConstant: true } inner || !from[i].IsConstant || !to[axis].IsConstant
                || from[i].DivideExactly(inner * to[axis]) is not { IsConstant: true } outer)
                continue;
            int size = (int)to[axis].Value, run = (int)inner.Value;
            int[] inside = [.. Enumerable.Range(0, (int)outer.Value).SelectMany(o => positions.SelectMany(p => Enumerable.Range(((o * size) + p) * run, run)))];
            return Select(input, i, inside) is { } part ? Reshaped(node, part, axis, positions.Length, from, to, i) : null;
        }
        return null;
    }

    private static Value Reshaped(Node node, Value part, int axis, int count, Dim[] from, Dim[] to, int cutAxis)
    {
        Graph graph = node.Graph;
        string name = $"{node.Result.Name}_part";
        var entries = new long?[to.Length];
        for (int i = 0; i < to.Length; i++)
            entries[i] = i == axis ? count : to[i].IsConstant ? to[i].Value : i < from.Length && i != cutAxis && from[i].Equals(to[i]) ? 0 : null;
        if (entries.Count(e => e is null) == 1)
            entries[Array.FindIndex(entries, e => e is null)] = -1;
        Node copy = graph.Add("Reshape", "", name, [part]);
        if (entries.All(e => e is not null))
        {
            copy.SetInput(1, graph.NewInitializer($"{name}_shape", Tensor.Vector([.. entries.Select(e => e!.Value)])));
            return copy.Result;
        }
        Value shape = node.Inputs[1]!;
        var parts = new List<Value>();
        for (int i = 0; i < to.Length; i++)
        {
            parts.Add(entries[i] is { } known
                ? graph.NewInitializer($"{name}_size", Tensor.Vector(known))
                : graph.Op("Gather", $"{name}_size", shape, graph.NewInitializer($"{name}_at", Tensor.Vector(i))));
        }
        copy.SetInput(1, graph.Add("Concat", "", $"{name}_shape", parts).Set("axis", 0).Result);
        return copy.Result;
    }
}
