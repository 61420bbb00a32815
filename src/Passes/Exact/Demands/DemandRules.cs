using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Operators;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Exact.Demands;

/// <summary>
/// What a node must read to make a part of its outputs. Operators with an index notation pass a part on where the index of
/// its axis stands alone in output and inputs and positions do not see each other; a product of queries with keys thus asks
/// for some queries and all keys. Whatever cannot pass a part on makes its outputs whole.
/// </summary>
internal sealed class DemandRules(LabelFlow flow)
{
    // their operands hold positions or sizes that no index notation shows
    private static readonly HashSet<string> s_positional = new(StringComparer.Ordinal)
    {
        "RotaryEmbedding", "com.microsoft::RotaryEmbedding", "com.microsoft::EmbedLayerNormalization", "com.microsoft::GroupQueryAttention",
        "Resize", "Upsample", "GroupNormalization",
    };

    private readonly SelectionRules _selections = new(flow);

    public Requests Of(Node node, Part?[] wanted)
    {
        bool whole = wanted.Any(w => w is { IsWhole: true });
        Requests? found = node.OpType switch
        {
            _ when node.Domain.Length > 0 => null,
            "Shape" => new Requests([null], [Part.Whole]), // reads sizes alone
            "Gather" => _selections.Gather(node, wanted[0]!),
            "Slice" => _selections.Slice(node, wanted[0]!),
            "Reshape" or "Flatten" when !whole => Reshape(node, wanted[0]!),
            "Concat" when !whole => Concat(node, wanted[0]!),
            "Split" when !whole => Split(node, wanted),
            _ => null,
        };
        if (found is null && !whole)
            found = ByNotation(node, wanted);
        if (found is null || !CanBeSupplied(node, found))
            return !node.Is("Gather") && !node.Is("Slice") ? Requests.Everything(node) : Source(node);
        return found;
    }

    // a selection whose reader wants less than it selects, and cannot have it
    private Requests Source(Node node)
    {
        Requests? all = node.Is("Gather") ? _selections.Gather(node, Part.Whole) : _selections.Slice(node, Part.Whole);
        return all is not null && CanBeSupplied(node, all) ? all : Requests.Everything(node);
    }

    private bool CanBeSupplied(Node node, Requests requests) =>
        !node.Inputs.Where((v, i) => v is not null && requests.Inputs[i] is { IsWhole: false } part && !PartSelection.IsPossible(flow.Of(v).Shape, part)).Any();

    private Requests? ByNotation(Node node, Part?[] wanted)
    {
        var view = new NodeView(node, flow.Of);
        if (s_positional.Contains(OperatorTable.Key(node)) || IsGrouped(node, wanted) || DependsOnPlaces(view) || OperatorTable.Describe(view) is not { } spec)
            return null;
        AxisIndex? index = null;
        Part? joint = null;
        for (int o = 0; o < wanted.Length; o++)
        {
            if (wanted[o] is not { } part)
                continue;
            if (o >= spec.Outputs.Length || spec.Outputs[o] is not { } axes || axes.Length <= part.Axis || axes[part.Axis] is not [{ Role: AxisRole.Plain } found]
                || (index is not null && index != found))
                return null;
            index = found;
            joint = Part.Join(joint, part.At(0));
        }
        if (index is null || joint is null or { IsWhole: true })
            return null;
        var inputs = new Part?[node.Inputs.Count];
        bool any = false;
        for (int i = 0; i < inputs.Length; i++)
        {
            if (node.Inputs[i] is not { } input)
                continue;
            inputs[i] = Part.Whole;
            if (i >= spec.Inputs.Length || spec.Inputs[i] is not { } axes)
            {
                if (!flow.Of(input).IsConstant || flow.Of(input).Rank > 1)
                    return null;
                continue;
            }
            int[] at = [.. Enumerable.Range(0, axes.Length).Where(a => axes[a].Contains(index))];
            if (at.Length == 0)
                continue;
            if (at.Length > 1 || axes[at[0]].Length > 1)
                return null;
            inputs[i] = joint.At(at[0]);
            any = true;
        }
        if (!any)
            return null;
        return new Requests(inputs, [.. node.Outputs.Select((o, i) => o is null ? null : MadeOf(spec, i, index, joint))]);
    }

    // outputs that nobody reads may lie otherwise
    private static Part? MadeOf(AxisSpec spec, int output, AxisIndex index, Part joint)
    {
        if (output >= spec.Outputs.Length || spec.Outputs[output] is not { } axes)
            return null;
        int at = Array.FindIndex(axes, a => a.Contains(index));
        return at < 0 ? Part.Whole : joint.At(at);
    }

    // the number of groups is an attribute
    private static bool IsGrouped(Node node, Part?[] wanted) =>
        node.OpType is "Conv" or "FusedConv" or "ConvTranspose" && node.Int("group", 1) != 1 && wanted[0] is { Axis: 1 };

    // a causal mask counts queries; an unnamed Squeeze would drop a size that becomes one
    private static bool DependsOnPlaces(NodeView view) => view.Node.OpType switch
    {
        "Squeeze" => view.Integers(1, "axes") is null,
        "Attention" or "MultiHeadAttention" => view.Node.Int("is_causal", 0) != 0 || view.Node.Int("unidirectional", 0) != 0,
        _ => false,
    };

    /// <summary>The positions keep their strides: the factor lies in the axis of the input with the same number of elements to its right.</summary>
    private Requests? Reshape(Node node, Part part)
    {
        if (node.Is("Reshape") && node.Input(1) is null)
            return null;
        Dim[] from = flow.Of(node.Inputs[0]!).Shape, to = flow.Of(node.Result).Shape;
        Dim right = part.Inner * Dim.Product(to[(part.Axis + 1)..]);
        for (int i = from.Length - 1; i >= 0; i--)
        {
            if (right.DivideExactly(Dim.Product(from[(i + 1)..])) is not { } inner)
                continue;
            Part moved = part with { Axis = i, Inner = inner };
            if (moved.Outer(from[i]) is null)
                continue;
            bool stated = node.Is("Flatten") || ReshapeTarget.Entries(node, moved.Cut(from), to, part) is not null;
            return stated ? Requests.First(node, moved, part) : null;
        }
        return null;
    }

    private Requests? Concat(Node node, Part part)
    {
        int rank = flow.Of(node.Result).Rank, axis = new NodeView(node, flow.Of).Axis("axis", 1, rank);
        if (part.Axis != axis)
            return new Requests([.. node.Inputs.Select(_ => part)], [part]);
        if (!part.Inner.Is(1) || !part.Size.Equals(flow.Of(node.Result).Shape[axis]))
            return null;
        var inputs = new Part?[node.Inputs.Count];
        int start = 0, served = 0;
        for (int i = 0; i < inputs.Length; i++)
        {
            Dim size = flow.Of(node.Inputs[i]!).Shape[axis];
            int end = start + (int)Workload.AtLeast(size);
            int[] mine = [.. part.Positions.Where(p => p >= start && p < end)];
            served += mine.Length;
            inputs[i] = mine.Length == 0 ? null : size.IsConstant && mine.Length == size.Value ? Part.Whole : Part.Of(axis, size, mine.Select(p => p - start));
            if (served == part.Positions.Length)
                return new Requests(inputs, [part]);
            start = end;
            if (!size.IsConstant)
                return null;
        }
        return null;
    }

    private Requests? Split(Node node, Part?[] wanted)
    {
        int axis = new NodeView(node, flow.Of).Axis("axis", 0, flow.Of(node.Inputs[0]!).Rank);
        Part? joint = wanted.Aggregate(Part.Join);
        return joint is null or { IsWhole: true } || joint.Axis == axis ? null : Requests.First(node, joint, joint);
    }
}
