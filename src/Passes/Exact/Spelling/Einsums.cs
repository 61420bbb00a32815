using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Shapes;

namespace SiDT.Passes.Exact.Spelling;

/// <summary>
/// Einsum of two as a matrix product, which is faster and better understood:
/// Einsum("bnc,chd->bnhd", x, W) => Reshape(MatMul(x, Reshape(W, [c, h d]))), and a bias over (h, d) goes in front of the Reshape;
/// Einsum("bqhd,bkhd->bhqk", q, k) => MatMul(Transpose(q), Transpose(k)).
/// </summary>
public sealed class Einsums : IExactPass
{
    public string Name => "einsum";

    public string? Run(GraphFacts facts)
    {
        Node[] nodes = [.. facts.Model.Graph.Nodes.Where(n => n.Is("Einsum"))];
        if (nodes.Length == 0)
            return null;
        LabelFlow flow = facts.Flow;
        int count = 0;
        foreach (Node node in nodes)
        {
            if (node.Inputs.Count == 2 && !node.Result.IsOutput && Letters.Of(node, flow) is { } letters && (letters.IsLayer ? Layer(node, letters, flow) : Pair(node, letters, flow)))
                count++;
        }
        return count == 0 ? null : $"{count} sums over indices are matrix products";
    }

    /// <summary>Letters by what they do: in both and the result, contracted, only left, only right.</summary>
    private sealed record Letters(string Left, string Right, string Result, string Batch, string Inner, string Rows, string Columns, bool IsLayer, Dictionary<char, Dim> Sizes)
    {
        public Dim Size(string letters) => Dim.Product(letters.Select(c => Sizes[c]));

        public Dim[] Shape(string letters) => [.. letters.Select(c => Sizes[c])];

        public static Letters? Of(Node node, LabelFlow flow)
        {
            string equation = node.Text("equation", "").Replace(" ", "", StringComparison.Ordinal);
            string[] sides = equation.Split("->"), terms = sides[0].Split(',');
            if (sides.Length != 2 || terms.Length != 2 || equation.Contains('.', StringComparison.Ordinal))
                return null;
            (string left, string right, string result) = (terms[0], terms[1], sides[1]);
            if (new[] { left, right, result }.Any(t => t.Distinct().Count() != t.Length) || left.Except(right).Except(result).Any() || right.Except(left).Except(result).Any())
                return null;
            var sizes = new Dictionary<char, Dim>();
            for (int i = 0; i < 2; i++)
            {
                Dim[] shape = flow.Of(node.Inputs[i]!).Shape;
                if (shape.Length != terms[i].Length)
                    return null;
                for (int d = 0; d < shape.Length; d++)
                {
                    if (!sizes.TryAdd(terms[i][d], shape[d]) && !sizes[terms[i][d]].Equals(shape[d]))
                        return null; // size one against many is summed or repeated
                }
            }
            string Of(Func<char, bool> condition, string order) => new([.. order.Where(condition)]);
            string batch = Of(c => right.Contains(c) && result.Contains(c), left), inner = Of(c => right.Contains(c) && !result.Contains(c), left);
            string rows = Of(c => !right.Contains(c), left), columns = Of(c => !left.Contains(c), right);
            bool layer = flow.Of(node.Inputs[1]!).IsConstant && !flow.Of(node.Inputs[0]!).IsConstant && batch.Length == 0 && inner.Length > 0 && rows.Length > 0 && columns.Length > 0;
            return new Letters(left, right, result, batch, inner, rows, columns, layer, sizes);
        }
    }

    private static bool Layer(Node node, Letters l, LabelFlow flow)
    {
        Dim[] apart = l.Shape(l.Rows + l.Inner), joined = [.. l.Shape(l.Rows), l.Size(l.Inner)], made = [.. l.Shape(l.Rows), l.Size(l.Columns)], result = l.Shape(l.Rows + l.Columns);
        if (!IsStated(apart, joined) || !IsStated(made, result) || !l.Size(l.Inner).IsConstant || !l.Size(l.Columns).IsConstant)
            return false;
        Graph graph = node.Graph;
        string name = node.Result.Name;
        Value x = Reshaped(graph, name, Transposed(graph, name, node.Inputs[0]!, l.Left, l.Rows + l.Inner), apart, joined);
        Value w = Transposed(graph, $"{name}_weight", node.Inputs[1]!, l.Right, l.Inner + l.Columns);
        w = Reshaped(graph, $"{name}_weight", w, l.Shape(l.Inner + l.Columns), [l.Size(l.Inner), l.Size(l.Columns)]);
        Value product = graph.Op("MatMul", $"{name}_product", x, w);
        Value old = node.Result;
        // a bias over the columns is that of the product
        if (l.Result == l.Rows + l.Columns && l.Columns.Length > 1 && old is { Uses: [{ Node: var add } use] } && add.Is("Add") && !add.Result.IsOutput
            && add.Inputs[1 - use.Index] is { } bias && flow.Of(bias).IsConstant && flow.Of(bias).Shape.SequenceEqual(l.Shape(l.Columns)))
        {
            Value flat = graph.Op("Reshape", $"{name}_bias", bias, graph.NewInitializer($"{name}_bias_shape", Tensor.Vector(-1)));
            product = graph.Op("Add", $"{name}_biased", product, flat);
            old = add.Result;
        }
        old.ReplaceUsesWith(Transposed(graph, name, Reshaped(graph, name, product, made, result), l.Rows + l.Columns, l.Result));
        return true;
    }

    private static bool Pair(Node node, Letters l, LabelFlow flow)
    {
        if (l.Inner.Length != 1 || l.Rows.Length != 1 || l.Columns.Length != 1 || l.Batch.Length == 0 || flow.Of(node.Inputs[0]!).IsConstant || flow.Of(node.Inputs[1]!).IsConstant)
            return false;
        Graph graph = node.Graph;
        string name = node.Result.Name;
        Value left = Transposed(graph, $"{name}_left", node.Inputs[0]!, l.Left, l.Batch + l.Rows + l.Inner);
        Value right = Transposed(graph, $"{name}_right", node.Inputs[1]!, l.Right, l.Batch + l.Inner + l.Columns);
        Value product = graph.Op("MatMul", $"{name}_product", left, right);
        node.Result.ReplaceUsesWith(Transposed(graph, name, product, l.Batch + l.Rows + l.Columns, l.Result));
        return true;
    }

    private static Value Transposed(Graph graph, string name, Value value, string from, string to) =>
        from == to ? value : graph.Add("Transpose", "", $"{name}_turned", [value]).Set("perm", to.Select(c => (long)from.IndexOf(c, StringComparison.Ordinal))).Result;

    private static Value Reshaped(Graph graph, string name, Value value, Dim[] from, Dim[] to) => from.SequenceEqual(to) ? value : MovementChains.Reshape(graph, name, value, from, to);

    private static bool IsStated(Dim[] from, Dim[] to) => PlainShapes.Entries(from, to).All(e => e is not null);
}
