using SiDT.Backend.Diff;
using SiDT.Frontend;
using SiDT.Frontend.Printing;
using SiDT.Passes.Planning;

namespace SiDT.Backend.Pages;

/// <summary>Both graphs as one to draw: what matches stands once, so that it lies in the same place on both sides.</summary>
/// <param name="Groups">Names of what can be folded: blocks, and parts of large ones.</param>
/// <param name="Nodes">The nodes, numbered by their place.</param>
/// <param name="Edges">From node, to node, and on which sides: 1 first, 2 second, 3 both.</param>
public sealed record PageGraph(IReadOnlyList<string> Groups, IReadOnlyList<PageNode> Nodes, IReadOnlyList<int[]> Edges)
{
    /// <summary>More nodes than a person can follow at once are drawn as several groups.</summary>
    private const int MostInGroup = 160;

    internal static PageGraph Of(ComparedModels compared) => new Builder(compared).Build();

    private sealed class Builder(ComparedModels compared)
    {
        private readonly Matching _matching = compared.Matching;
        private readonly List<PageNode> _nodes = [];
        private readonly List<string> _blocks = [];
        private readonly Dictionary<(int From, int To), int> _edges = [];
        private readonly Dictionary<string, NodeChange> _changes = compared.Diff.Nodes.Changed.GroupBy(c => c.Name).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        private readonly Dictionary<string, TensorResize> _resized = compared.Diff.Tensors.Resized.GroupBy(t => t.Name).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        private readonly Dictionary<string, TensorValues> _values = compared.Diff.Tensors.Changed.GroupBy(t => t.Name).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);

        public PageGraph Build()
        {
            GraphView a = _matching.A, b = _matching.B;
            var ofA = new int[a.Nodes.Count];
            var ofB = new int[b.Nodes.Count];
            var inputs = new Dictionary<Value, int>(ReferenceEqualityComparer.Instance);
            foreach (Value input in a.Model.Graph.Inputs.Where(i => i.Constant is null))
            {
                inputs[input] = _nodes.Count;
                if (_matching.Of(input) is { } same)
                    inputs[same] = _nodes.Count;
                Add(Port(input, "Input", _matching.Of(input) is null ? 1 : 3), "inputs");
            }
            foreach (Value input in b.Model.Graph.Inputs.Where(i => i.Constant is null && !inputs.ContainsKey(i)))
            {
                inputs[input] = _nodes.Count;
                Add(Port(input, "Input", 2), "inputs");
            }
            foreach ((int x, int y) in Merged(a.Nodes.Count, b.Nodes.Count))
            {
                if (x >= 0)
                    ofA[x] = _nodes.Count;
                if (y >= 0)
                    ofB[y] = _nodes.Count;
                Add(Of(x, y), x >= 0 ? compared.Blocks.OfA(x) : compared.Blocks.OfB(y));
            }
            Edges(a, ofA, inputs, 1);
            Edges(b, ofB, inputs, 2);
            Outputs(a, b, ofA, ofB);
            return Grouped();
        }

        /// <summary>The nodes of both, pairs once, each side in its order.</summary>
        private IEnumerable<(int A, int B)> Merged(int countA, int countB)
        {
            int next = 0;
            for (int x = 0; x < countA; x++)
            {
                int y = _matching.ToB[x];
                // what is new stands before the pair that follows it
                for (; y >= next && next < y; next++)
                {
                    if (_matching.ToA[next] < 0)
                        yield return (-1, next);
                }
                next = Math.Max(next, y + 1);
                yield return (x, y);
            }
            for (; next < countB; next++)
            {
                if (_matching.ToA[next] < 0)
                    yield return (-1, next);
            }
        }

        private void Add(PageNode node, string block)
        {
            _nodes.Add(node);
            _blocks.Add(block);
        }

        private static PageNode Port(Value value, string op, int sides)
        {
            string type = TypeText.Of(value.Info?.Type).TrimStart(':');
            return new PageNode(value.Name, op, sides, sides == 3 ? "same" : sides == 1 ? "removed" : "added") { ShapeA = sides != 2 ? type : null, ShapeB = sides != 1 ? type : null };
        }

        private PageNode Of(int a, int b)
        {
            Node? x = a >= 0 ? _matching.A.Nodes[a] : null, y = b >= 0 ? _matching.B.Nodes[b] : null;
            Node one = x ?? y!;
            NodeChange? change = x is null || y is null ? null : _changes.GetValueOrDefault(NodeDiff.NameOf(x));
            PageTensor[] tensors = [.. Tensors(a, b)];
            string state = y is null ? "removed" : x is null ? "added"
                : change is { Attributes.Count: > 0 } or { Operands.Count: > 0 } || tensors.Any(t => t.Change is not null) ? "changed"
                : change is not null ? "shape" : "same";
            return new PageNode(NodeDiff.NameOf(one), NodeDiff.OpOf(one), (x is null ? 0 : 1) + (y is null ? 0 : 2), state)
            {
                NameB = x is not null && y is not null && NodeDiff.NameOf(y) != NodeDiff.NameOf(x) ? NodeDiff.NameOf(y) : null,
                ShapeA = Shape(x, compared.CostsA),
                ShapeB = Shape(y, compared.CostsB),
                MacsA = x is null ? 0 : compared.CostsA.MacsOf(x),
                MacsB = y is null ? 0 : compared.CostsB.MacsOf(y),
                Tensors = tensors.Length == 0 ? null : tensors,
                Attributes = one.Attributes.Count == 0 ? null : [.. one.Attributes.Values.OrderBy(t => t.Name, StringComparer.Ordinal).Select(t => $"{t.Name} = {AttributeText.Of(t)}")],
                Changes = change is null ? null : [.. change.Attributes, .. change.Operands],
            };
        }

        private static string? Shape(Node? node, NodeCosts costs) => node?.Output(0) is { } output ? costs.ShapeOf(output) : null;

        private IEnumerable<PageTensor> Tensors(int a, int b)
        {
            GraphView view = a >= 0 ? _matching.A : _matching.B;
            foreach (Operand operand in view.Operands[a >= 0 ? a : b].Where(o => o.Kind == OperandKind.Tensor && !GraphView.IsArgument(o.Value!)))
            {
                Value value = operand.Value!;
                string dims = string.Join('×', value.Constant!.Dims);
                if (a < 0 || b < 0)
                    yield return new PageTensor(value.Name, dims, null, null);
                else if (_resized.TryGetValue(value.Name, out TensorResize? resize))
                    yield return new PageTensor(value.Name, dims, string.Join('×', resize.To), string.Join(", ", resize.Axes.Select(x => $"axis {x.Axis}: {x.From - x.To} of {x.From} went")));
                else if (_values.TryGetValue(value.Name, out TensorValues? values))
                    yield return new PageTensor(value.Name, dims, null, FormattableString.Invariant($"other numbers: relative {values.Relative:0.0000}, cosine {values.Cosine:0.0000}"));
                else
                    yield return new PageTensor(value.Name, dims, null, null);
            }
        }

        private void Edges(GraphView view, int[] own, Dictionary<Value, int> inputs, int side)
        {
            for (int n = 0; n < own.Length; n++)
            {
                foreach (Operand operand in view.Operands[n])
                {
                    if (operand.Kind == OperandKind.Node)
                        Edge(own[operand.Node], own[n], side);
                    else if (operand.Kind == OperandKind.Input && inputs.TryGetValue(operand.Value!, out int input))
                        Edge(input, own[n], side);
                }
            }
        }

        private void Edge(int from, int to, int side) => _edges[(from, to)] = _edges.GetValueOrDefault((from, to)) | side;

        private void Outputs(GraphView a, GraphView b, int[] ofA, int[] ofB)
        {
            var known = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach ((GraphView view, int[] own, int side) in new[] { (a, ofA, 1), (b, ofB, 2) })
            {
                foreach (Value output in view.Model.Graph.Outputs)
                {
                    if (known.TryGetValue(output.Name, out int place))
                    {
                        _nodes[place] = _nodes[place] with { Sides = 3, State = "same", ShapeB = Port(output, "Output", 2).ShapeB };
                    }
                    else
                    {
                        known[output.Name] = place = _nodes.Count;
                        Add(Port(output, "Output", side), "outputs");
                    }
                    if (output.Producer is { } producer && output.Constant is null)
                        Edge(own[view.NumberOf(producer)], place, side);
                }
            }
        }

        private PageGraph Grouped()
        {
            var groups = new List<string>();
            var sizes = _blocks.GroupBy(b => b).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
            var seen = new Dictionary<string, int>(StringComparer.Ordinal);
            for (int n = 0; n < _nodes.Count; n++)
            {
                string name = _blocks[n].Length == 0 ? "network" : _blocks[n];
                int at = seen[name] = seen.GetValueOrDefault(name, -1) + 1;
                int parts = (sizes[_blocks[n]] + MostInGroup - 1) / MostInGroup;
                if (parts > 1)
                    name = $"{name} (part {(at * parts / sizes[_blocks[n]]) + 1} of {parts})";
                int group = groups.IndexOf(name);
                if (group < 0)
                {
                    group = groups.Count;
                    groups.Add(name);
                }
                _nodes[n] = _nodes[n] with { Group = group };
            }
            return new PageGraph(groups, _nodes, [.. _edges.Select(e => (int[])[e.Key.From, e.Key.To, e.Value])]);
        }
    }
}

/// <param name="Name">In the first model where it is there.</param>
/// <param name="Op">The operator, <c>Input</c> or <c>Output</c>.</param>
/// <param name="Sides">1 first, 2 second, 3 both.</param>
/// <param name="State"><c>same</c>, <c>shape</c> (only what it makes has other sizes), <c>changed</c>, <c>added</c>, <c>removed</c>.</param>
public sealed record PageNode(string Name, string Op, int Sides, string State)
{
    public int Group { get; init; }

    public string? NameB { get; init; }

    public string? ShapeA { get; init; }

    public string? ShapeB { get; init; }

    public long MacsA { get; init; }

    public long MacsB { get; init; }

    public IReadOnlyList<PageTensor>? Tensors { get; init; }

    public IReadOnlyList<string>? Attributes { get; init; }

    public IReadOnlyList<FieldChange>? Changes { get; init; }
}

/// <param name="From">Sizes, of the first model where it is there.</param>
/// <param name="To">Sizes in the second where they differ.</param>
/// <param name="Change">What is different; null: nothing.</param>
public sealed record PageTensor(string Name, string From, string? To, string? Change);
