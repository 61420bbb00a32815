using SiDT.Frontend;
using SiDT.Frontend.Printing;
using SiDT.Frontend.Schema;
using SiDT.Passes.Planning;

namespace SiDT.Backend.Diff;

/// <summary>What is different about nodes.</summary>
internal sealed class NodeDiff(Matching matching, BlockPairs blocks, NodeCosts costsA, NodeCosts costsB)
{
    private const string Gone = "(none)";

    public NodeChanges Run()
    {
        int[] removed = Alone(matching.ToB), added = Alone(matching.ToA);
        var changed = new List<NodeChange>();
        for (int a = 0; a < matching.ToB.Length; a++)
        {
            if (matching.ToB[a] >= 0 && Change(a, matching.ToB[a]) is { } change)
                changed.Add(change);
        }
        return new NodeChanges
        {
            Matched = matching.ToB.Count(b => b >= 0),
            Removed = [.. removed.Select(n => Of(matching.A.Nodes[n], blocks.OfA(n)))],
            Added = [.. added.Select(n => Of(matching.B.Nodes[n], blocks.OfB(n)))],
            Changed = changed,
            Replaced = [.. new Replacements(matching, blocks).Run(removed, added)],
        };
    }

    /// <summary>What a node is called: its name, or that of what it makes.</summary>
    public static string NameOf(Node node) => node.Name.Length > 0 ? node.Name : node.Outputs.FirstOrDefault(o => o is not null)?.Name ?? "";

    public static string OpOf(Node node) => node.Domain.Length > 0 ? $"{node.Domain}::{node.OpType}" : node.OpType;

    private static int[] Alone(int[] partners) => [.. Enumerable.Range(0, partners.Length).Where(n => partners[n] < 0)];

    private static NodeRef Of(Node node, string block) => new(NameOf(node), OpOf(node), block);

    private NodeChange? Change(int a, int b)
    {
        Node x = matching.A.Nodes[a], y = matching.B.Nodes[b];
        FieldChange[] attributes = [.. Attributes(x, y), .. Arguments(a, b)], operands = [.. Operands(a, b)], shapes = [.. Shapes(x, y)];
        return attributes.Length + operands.Length + shapes.Length == 0 ? null : new NodeChange(NameOf(x), OpOf(x), blocks.OfA(a), attributes, operands, shapes);
    }

    private static IEnumerable<FieldChange> Attributes(Node x, Node y)
    {
        foreach (string name in x.Attributes.Keys.Union(y.Attributes.Keys).Order(StringComparer.Ordinal))
        {
            if (x.Subgraphs.ContainsKey(name) && y.Subgraphs.ContainsKey(name))
                continue; // their nodes are compared
            AttributeProto? p = x.Attributes.GetValueOrDefault(name), q = y.Attributes.GetValueOrDefault(name);
            if ((p is null && AttributeDefaults.Is(y, q!)) || (q is null && AttributeDefaults.Is(x, p!)))
                continue;
            if (p is null || q is null || !p.Equals(q))
                yield return new FieldChange(name, p is null ? null : AttributeText.Of(p), q is null ? null : AttributeText.Of(q));
        }
    }

    /// <summary>Constant shapes, axes and single numbers: arguments, wherever they are written.</summary>
    private IEnumerable<FieldChange> Arguments(int a, int b)
    {
        foreach ((int i, int j) in NodeMatcher.OperandPairs(matching, a, b))
        {
            Operand x = matching.A.Operands[a][i], y = matching.B.Operands[b][j];
            if (x.Kind == OperandKind.Tensor && y.Kind == OperandKind.Tensor && GraphView.IsArgument(x.Value!) && GraphView.IsArgument(y.Value!))
            {
                Tensor p = x.Value!.Constant!, q = y.Value!.Constant!;
                if (p.Type != q.Type || !p.Dims.SequenceEqual(q.Dims) || ValueChange.Of(p, q) is not null)
                    yield return new FieldChange($"input {i}", TextOf(p), TextOf(q));
            }
        }
    }

    private static string TextOf(Tensor tensor)
    {
        string text = NumberText.CanPrint(tensor.Type) ? $"[{NumberText.Of(tensor)}]" : "?";
        return tensor.Rank == 0 ? text.Trim('[', ']') : text;
    }

    /// <summary>Operands whose source is another one; what stands in between is reported as an added or removed node instead.</summary>
    private IEnumerable<FieldChange> Operands(int a, int b)
    {
        Operand[] x = matching.A.Operands[a], y = matching.B.Operands[b];
        foreach ((int i, int j) in NodeMatcher.OperandPairs(matching, a, b))
        {
            if (matching.AreSame(x[i], y[j]) || IsExplained(x[i], y[j]))
                continue;
            yield return new FieldChange($"input {i}", NameOf(matching.A, x[i]), NameOf(matching.B, y[j]));
        }
        for (int i = y.Length; i < x.Length; i++)
        {
            if (x[i].Kind != OperandKind.None)
                yield return new FieldChange($"input {i}", NameOf(matching.A, x[i]), null);
        }
        for (int j = x.Length; j < y.Length; j++)
        {
            if (y[j].Kind != OperandKind.None)
                yield return new FieldChange($"input {j}", null, NameOf(matching.B, y[j]));
        }
    }

    private bool IsExplained(Operand x, Operand y)
    {
        if (x.Kind == OperandKind.Node && matching.ToB[x.Node] < 0 || y.Kind == OperandKind.Node && matching.ToA[y.Node] < 0)
            return true;
        if (x.Kind != OperandKind.Tensor || y.Kind != OperandKind.Tensor)
            return false;
        if (GraphView.IsArgument(x.Value!) && GraphView.IsArgument(y.Value!))
            return true;
        // copies of the same numbers are the same operand
        Tensor p = x.Value!.Constant!, q = y.Value!.Constant!;
        return p.Type == q.Type && p.Dims.SequenceEqual(q.Dims) && ValueChange.Of(p, q) is null;
    }

    private static string NameOf(GraphView view, Operand operand) => operand.Kind == OperandKind.None ? Gone : operand.Kind == OperandKind.Node ? NameOf(view.Nodes[operand.Node]) : operand.Value!.Name;

    private IEnumerable<FieldChange> Shapes(Node x, Node y)
    {
        for (int i = 0; i < Math.Min(x.Outputs.Count, y.Outputs.Count); i++)
        {
            if (x.Outputs[i] is not { } v || y.Outputs[i] is not { } w)
                continue;
            string? p = costsA.ShapeOf(v), q = costsB.ShapeOf(w);
            if (p is not null && q is not null && p != q && IsFixed(p) && IsFixed(q))
                yield return new FieldChange($"output {i}", $"[{p}]", $"[{q}]");
        }
    }

    // formulas of open sizes may be spelled in several ways
    private static bool IsFixed(string shape) => shape.Length > 0 && shape.Split(',').All(d => d.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'));
}

/// <summary>Puts removed nodes together with the added ones that took their place: between the same matched neighbours.</summary>
internal sealed class Replacements(Matching matching, BlockPairs blocks)
{
    public IEnumerable<Replacement> Run(int[] removed, int[] added)
    {
        List<int[]> left = Regions(matching.A, matching.ToB, removed), right = Regions(matching.B, matching.ToA, added);
        HashSet<string>[] edges = [.. right.Select(r => Edges(matching.B, matching.ToA, r, n => matching.ToA[n]))];
        foreach (int[] region in left)
        {
            HashSet<string> mine = Edges(matching.A, matching.ToB, region, n => n);
            int[] partners = [.. Enumerable.Range(0, right.Count).Where(i => edges[i].Overlaps(mine))];
            if (partners.Length > 0)
                yield return new Replacement(blocks.OfA(region[0]), [.. region.Select(n => NodeDiff.NameOf(matching.A.Nodes[n]))], [.. partners.SelectMany(i => right[i]).Select(n => NodeDiff.NameOf(matching.B.Nodes[n]))]);
        }
    }

    /// <summary>Nodes without partners that hang together.</summary>
    private static List<int[]> Regions(GraphView view, int[] partners, int[] alone)
    {
        var seen = new HashSet<int>();
        var result = new List<int[]>();
        foreach (int start in alone)
        {
            if (!seen.Add(start))
                continue;
            var region = new List<int>();
            var open = new Stack<int>([start]);
            while (open.TryPop(out int n))
            {
                region.Add(n);
                foreach (int next in Around(view, n).Where(m => partners[m] < 0 && seen.Add(m)))
                    open.Push(next);
            }
            result.Add([.. region.Order()]);
        }
        return result;
    }

    private static IEnumerable<int> Around(GraphView view, int node) =>
        view.Operands[node].Where(o => o.Kind == OperandKind.Node).Select(o => o.Node)
            .Concat(view.Nodes[node].Outputs.OfType<Value>().SelectMany(view.ReadingsOf).Select(r => r.Node));

    /// <summary>The matched nodes, inputs and outputs at the edge of a region, under the numbers of the first graph.</summary>
    private HashSet<string> Edges(GraphView view, int[] partners, int[] region, Func<int, int> number)
    {
        var edges = new HashSet<string>(StringComparer.Ordinal);
        foreach (int n in region)
        {
            foreach (Operand operand in view.Operands[n])
            {
                if (operand.Kind == OperandKind.Node && partners[operand.Node] >= 0)
                    edges.Add($"from {number(operand.Node)}.{operand.Slot}");
                else if (operand.Kind == OperandKind.Input && matching.PairOf(operand.Value!) is >= 0 and int pair)
                    edges.Add($"input {pair}");
            }
            foreach (Value output in view.Nodes[n].Outputs.OfType<Value>())
            {
                foreach (Reading reading in view.ReadingsOf(output).Where(r => partners[r.Node] >= 0))
                    edges.Add($"to {number(reading.Node)}.{reading.Index}");
                if (output.IsOutput)
                    edges.Add($"output {output.Name}");
            }
        }
        return edges;
    }
}
