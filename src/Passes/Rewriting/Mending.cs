using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Rewriting;

/// <summary>Everything in a node that depends on a size: shape operands, split sizes, cut places, indices, numbers of heads and groups.</summary>
internal sealed class Mending
{
    private readonly GraphAnalysis _analysis;
    private readonly Cut _cut;
    private readonly Dictionary<string, Action<Node>> _rules;

    public Mending(GraphAnalysis analysis, Cut cut)
    {
        _analysis = analysis;
        _cut = cut;
        var operands = new ShapeOperands(cut);
        var places = new PlaceMending(analysis, cut);
        var attention = new AttentionMending(analysis, cut);
        _rules = new(StringComparer.Ordinal)
        {
            ["Reshape"] = n => operands.Target(n, 1, "shape", LayoutOf(n.Result), LayoutOf(n.Inputs[0]!), isReshape: true),
            ["Expand"] = n => operands.Target(n, 1, null, LayoutOf(n.Result), null, isReshape: false),
            ["ConstantOfShape"] = n => operands.Target(n, 0, null, LayoutOf(n.Result), null, isReshape: false),
            ["Resize"] = Resize,
            ["Tile"] = Tile,
            ["Shape"] = places.Shape,
            ["Slice"] = places.Slice,
            ["Split"] = places.Split,
            ["Pad"] = places.Pad,
            ["Gather"] = places.Gather,
            ["Conv"] = Groups,
            ["com.microsoft::FusedConv"] = Groups,
            ["ConvTranspose"] = Groups,
            ["GroupNormalization"] = NormGroups,
            ["Attention"] = attention.Standard,
            ["com.microsoft::MultiHeadAttention"] = attention.MultiHead,
            ["com.microsoft::GroupQueryAttention"] = attention.GroupQuery,
            ["RotaryEmbedding"] = attention.Rotary,
            ["com.microsoft::RotaryEmbedding"] = attention.Rotary,
        };
    }

    public void Mend(Node node)
    {
        if (!_rules.TryGetValue(OperatorTable.Key(node), out Action<Node>? rule))
            return;
        bool touched = node.Inputs.Concat(node.Outputs).Any(v => v is not null && _analysis.Flow.Layouts.TryGetValue(v, out Layout? l) && _cut.Touches(l));
        if (!touched)
            return;
        try
        {
            rule(node);
        }
        catch (CutError error)
        {
            throw new CutError($"{node}: {error.Message}");
        }
    }

    private Layout LayoutOf(Value value) => _analysis.Of(value);

    private void Resize(Node node)
    {
        if (node.Input(3) is { } sizes && sizes.Constant is { } tensor)
        {
            Dim[] shape = _cut.Shape(LayoutOf(node.Result));
            long[]? axes = node.Ints("axes");
            long[] values = tensor.ToInt64s();
            for (int i = 0; i < values.Length; i++)
                values[i] = shape[axes is null ? i : NodeView.Positive(axes[i], shape.Length)] is { IsConstant: true } d ? d.Value : values[i];
            node.SetInput(3, node.Graph.NewInitializer($"{node.Result.Name}_sizes", Tensor.Of(values, values.Length)));
        }
        else if (node.Input(3) is not null)
        {
            new ShapeOperands(_cut).Target(node, 3, null, LayoutOf(node.Result), null, isReshape: false);
        }
    }

    private void Tile(Node node)
    {
        Dim[] before = _cut.Shape(LayoutOf(node.Inputs[0]!)), after = _cut.Shape(LayoutOf(node.Result));
        Dim?[] repeats = [.. after.Select((d, i) => d.DivideExactly(before[i]))];
        if (repeats.All(r => r is { IsConstant: true }))
            node.SetInput(1, node.Graph.NewInitializer($"{node.Result.Name}_repeats", Tensor.Vector([.. repeats.Select(r => r!.Value)])));
    }

    // the number of groups is what is left of the output channels by what is left of each group
    private void Groups(Node node)
    {
        long groups = node.Int("group", 1);
        if (groups == 1)
            return;
        int weightChannels = node.OpType == "ConvTranspose" ? 0 : 1;
        Dim input = _cut.Shape(LayoutOf(node.Inputs[0]!))[1], weight = _cut.Shape(LayoutOf(node.Inputs[1]!))[weightChannels];
        node.Set("group", node.OpType == "ConvTranspose"
            ? groups * _cut.Shape(LayoutOf(node.Inputs[1]!))[0].Value / LayoutOf(node.Inputs[1]!).Shape[0].Value
            : input.Value / weight.Value);
    }

    private void NormGroups(Node node)
    {
        // groups go as a whole or keep their number
        long groups = node.Int("num_groups", 1);
        Layout x = LayoutOf(node.Inputs[0]!);
        long width = x.Shape[1].Value / groups;
        if (_cut.Masks(x, 1) is not { } masks)
            return;
        long left = Enumerable.Range(0, (int)groups).Count(g => masks[0].AsSpan(g * (int)width, (int)width).Contains(true));
        node.Set("num_groups", left);
    }
}
