using SiDT.Passes.Shapes;

namespace SiDT.Passes.Operators;

/// <summary>Matrix products and Einsum.</summary>
internal static class ProductRules
{
    public static void Register(Dictionary<string, Func<NodeView, AxisSpec?>> table)
    {
        table["MatMul"] = v => MatMul(v, false, false, false, false);
        table["com.microsoft::FusedMatMul"] = table["com.microsoft::TransposeMatMul"] = v => MatMul(
            v, v.Node.Int("transA", 0) != 0, v.Node.Int("transB", 0) != 0, v.Node.Int("transBatchA", 0) != 0, v.Node.Int("transBatchB", 0) != 0);
        table["com.microsoft::FusedMatMulActivation"] = table["com.microsoft::FusedMatMul"];
        table["Gemm"] = table["com.microsoft::FusedGemm"] = Gemm;
        table["Einsum"] = Einsum;
    }

    // (batch..., n, k) x (batch..., k, m) -> (batch..., n, m); vectors lose their axis
    private static AxisSpec? MatMul(NodeView view, bool transA, bool transB, bool batchA, bool batchB)
    {
        Dim[] a = view.Shape(0), b = view.Shape(1);
        if (a.Length == 0 || b.Length == 0 || batchA || batchB)
            return null;
        Dim inner = a.Length == 1 ? a[0] : transA ? a[^2] : a[^1];
        Dim other = b.Length == 1 ? b[0] : transB ? b[^1] : b[^2];
        AxisIndex[] k = Indices.Axis(new AxisIndex(inner.IsConstant ? inner : other));
        AxisIndex[] n = a.Length == 1 ? [] : Indices.Axis(new AxisIndex(transA ? a[^1] : a[^2]));
        AxisIndex[] m = b.Length == 1 ? [] : Indices.Axis(new AxisIndex(transB ? b[^2] : b[^1]));
        Dim[] batchDimsA = a.Length > 2 ? a[..^2] : [], batchDimsB = b.Length > 2 ? b[..^2] : [];
        (AxisIndex[][][] batch, AxisIndex[][] result) = Indices.Broadcast(batchDimsA, batchDimsB);
        AxisIndex[][] left = a.Length == 1 ? [k] : transA ? [.. batch[0], k, n] : [.. batch[0], n, k];
        AxisIndex[][] right = b.Length == 1 ? [k] : transB ? [.. batch[1], m, k] : [.. batch[1], k, m];
        AxisIndex[][] output = [.. result, .. a.Length == 1 ? Array.Empty<AxisIndex[]>() : [n], .. b.Length == 1 ? Array.Empty<AxisIndex[]>() : [m]];
        return new AxisSpec([left, right], output) { Product = (0, 1), Macs = Macs([.. result, n, m, k]), IsPointwise = view.Node.Has("activation") };
    }

    private static AxisSpec? Gemm(NodeView view)
    {
        Dim[] a = view.Shape(0), b = view.Shape(1);
        if (a.Length != 2 || b.Length != 2)
            return null;
        bool transA = view.Node.Int("transA", 0) != 0, transB = view.Node.Int("transB", 0) != 0;
        AxisIndex[] n = Indices.Axis(new AxisIndex(transA ? a[1] : a[0]));
        AxisIndex[] k = Indices.Axis(new AxisIndex(transB ? b[1] : b[0]));
        AxisIndex[] m = Indices.Axis(new AxisIndex(transB ? b[0] : b[1]));
        AxisIndex[][]? c = null;
        if (view.In(2) is { } bias)
            c = [.. bias.Shape.Select((d, i) => d.Is(1) ? Array.Empty<AxisIndex>() : i == bias.Rank - 1 ? m : n)];
        return new AxisSpec([transA ? [k, n] : [n, k], transB ? [m, k] : [k, m], c], [n, m])
        {
            Product = (0, 1),
            Macs = Macs([n, k, m]),
            IsPointwise = view.Node.Has("activation"),
        };
    }

    private static AxisSpec? Einsum(NodeView view)
    {
        string equation = view.Node.Text("equation", "").Replace(" ", "", StringComparison.Ordinal);
        if (equation.Contains('.', StringComparison.Ordinal))
            return Ellipsis(view, equation);
        string[] sides = equation.Split("->");
        string[] terms = sides[0].Split(',');
        string result = sides.Length > 1 ? sides[1] : Implicit(sides[0]);
        if (terms.Length != view.Inputs)
            return null;
        var letters = new Dictionary<char, AxisIndex[]>();
        for (int i = 0; i < terms.Length; i++)
        {
            Dim[] shape = view.Shape(i);
            if (shape.Length != terms[i].Length || terms[i].Distinct().Count() != terms[i].Length)
                return null;
            for (int d = 0; d < shape.Length; d++)
            {
                if (!shape[d].Is(1) && (!letters.TryGetValue(terms[i][d], out AxisIndex[]? known) || (!known[0].Size.IsConstant && shape[d].IsConstant)))
                    letters[terms[i][d]] = [new AxisIndex(shape[d])];
            }
        }
        AxisIndex[] Of(char c) => letters.GetValueOrDefault(c) ?? [];
        AxisIndex[][][] inputs = [.. terms.Select((t, i) => t.Select((c, d) => view.Shape(i)[d].Is(1) ? [] : Of(c)).ToArray())];
        return new AxisSpec(inputs, [.. result.Select(Of)])
        {
            Product = terms.Length == 2 ? (0, 1) : null,
            Macs = terms.Length == 2 ? Macs([.. letters.Values]) : null,
        };
    }

    // '...' stands for letters that no term uses
    private static AxisSpec? Ellipsis(NodeView view, string equation)
    {
        string[] sides = equation.Split("->");
        string[] terms = sides[0].Split(',');
        if (terms.Length != view.Inputs || sides.Length < 2)
            return null;
        int[] extra = [.. terms.Select((t, i) => t.Contains("...", StringComparison.Ordinal) ? view.Rank(i) - (t.Length - 3) : 0)];
        string free = new([.. "ABCDEFGHIJKLMNOPQRSTUVWXYZ".Where(c => !equation.Contains(c, StringComparison.Ordinal)).Take(extra.Max())]);
        string text = string.Join(',', terms.Select((t, i) => t.Replace("...", free[(free.Length - extra[i])..], StringComparison.Ordinal)));
        var rewritten = new Frontend.Schema.AttributeProto { Name = "equation", S = Google.Protobuf.ByteString.CopyFromUtf8($"{text}->{sides[1].Replace("...", free, StringComparison.Ordinal)}") };
        Frontend.Schema.AttributeProto original = view.Node.Attributes["equation"];
        view.Node.Set(rewritten);
        try
        {
            return Einsum(view);
        }
        finally
        {
            view.Node.Set(original);
        }
    }

    private static string Implicit(string left) =>
        new([.. left.Replace(",", "", StringComparison.Ordinal).GroupBy(c => c).Where(g => g.Count() == 1).Select(g => g.Key).OrderBy(c => c)]);

    internal static Dim Macs(IEnumerable<AxisIndex[]> axes) => Dim.Product(axes.SelectMany(a => a).Distinct().Select(i => i.Size));
}
