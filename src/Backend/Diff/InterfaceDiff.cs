using SiDT.Frontend;
using SiDT.Frontend.Printing;
using SiDT.Frontend.Schema;

namespace SiDT.Backend.Diff;

/// <summary>What is different around the nodes: inputs, outputs, versions, metadata, names.</summary>
internal static class InterfaceDiff
{
    public static IReadOnlyList<PortChange> Ports(Matching matching, IEnumerable<Value> a, IEnumerable<Value> b, bool outputs)
    {
        List<Value> left = [.. a], right = [.. b];
        var pairs = new List<(Value A, Value B)>();
        foreach (Value value in left.ToArray())
        {
            Value? partner = right.Find(r => r.Name == value.Name) ?? right.Find(r => Same(matching, value, r, outputs) && left.TrueForAll(l => l.Name != r.Name));
            if (partner is null)
                continue;
            pairs.Add((value, partner));
            left.Remove(value);
            right.Remove(partner);
        }
        var changes = new List<PortChange>();
        foreach ((Value x, Value y) in pairs)
        {
            if (x.Name != y.Name)
                changes.Add(new PortChange("renamed", x.Name, x.Name, y.Name));
            if (TypeOf(x) != TypeOf(y))
                changes.Add(new PortChange("changed", x.Name, TypeOf(x), TypeOf(y)));
        }
        return [.. changes, .. left.Select(v => new PortChange("removed", v.Name, TypeOf(v), null)), .. right.Select(v => new PortChange("added", v.Name, null, TypeOf(v)))];
    }

    private static bool Same(Matching matching, Value a, Value b, bool outputs) => outputs && a.Producer is { } p && b.Producer is { } q && a.Constant is null && b.Constant is null
        ? matching.ToB[matching.A.NumberOf(p)] == matching.B.NumberOf(q) && Slot(p, a) == Slot(q, b)
        : matching.Of(a) == b;

    private static int Slot(Node node, Value value) => node.Outputs.TakeWhile(o => o != value).Count();

    private static string TypeOf(Value value) => TypeText.Of(value.Info?.Type).TrimStart(':');

    public static IReadOnlyList<OpsetChange> Opsets(Model a, Model b)
    {
        static Dictionary<string, long> Of(Model m) => m.Source.OpsetImport.GroupBy(o => o.Domain == "ai.onnx" ? "" : o.Domain).ToDictionary(g => g.Key, g => g.Last().Version, StringComparer.Ordinal);
        Dictionary<string, long> x = Of(a), y = Of(b);
        return [.. x.Keys.Union(y.Keys).Order(StringComparer.Ordinal).Select(d => new OpsetChange(d, x.GetValueOrDefault(d), y.GetValueOrDefault(d))).Where(c => c.From != c.To)];
    }

    public static IReadOnlyList<MetadataChange> Metadata(Model a, Model b)
    {
        Dictionary<string, string> x = MetadataOf(a), y = MetadataOf(b);
        return [.. x.Keys.Union(y.Keys).Order(StringComparer.Ordinal).Select(k => new MetadataChange(k, x.GetValueOrDefault(k), y.GetValueOrDefault(k))).Where(c => c.From != c.To)];
    }

    private static Dictionary<string, string> MetadataOf(Model model)
    {
        ModelProto m = model.Source;
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (StringStringEntryProto entry in m.MetadataProps)
            result[entry.Key] = entry.Value;
        Field("(ir version)", $"{m.IrVersion}");
        Field("(producer)", $"{m.ProducerName} {m.ProducerVersion}".Trim());
        Field("(domain)", m.Domain);
        Field("(model version)", m.ModelVersion == 0 ? "" : $"{m.ModelVersion}");
        Field("(description)", m.DocString);
        Field("(graph)", model.Graph.Source.Name);
        Field("(graph description)", model.Graph.Source.DocString);
        return result;

        void Field(string name, string? text)
        {
            if (!string.IsNullOrEmpty(text))
                result[name] = text;
        }
    }

    public static RenameChanges Renames(Matching matching)
    {
        var nodes = new List<Rename>();
        int values = 0;
        for (int a = 0; a < matching.ToB.Length; a++)
        {
            if (matching.ToB[a] < 0)
                continue;
            Node x = matching.A.Nodes[a], y = matching.B.Nodes[matching.ToB[a]];
            if (x.Name != y.Name)
                nodes.Add(new Rename(x.Name, y.Name));
            values += x.Outputs.Zip(y.Outputs).Count(o => o.First is { IsOutput: false } v && o.Second is { IsOutput: false } w && v.Name != w.Name);
        }
        Rename[] tensors = [.. matching.Values.Where(p => p.Key.Constant is not null && !GraphView.IsArgument(p.Key) && p.Key.Name != p.Value.Name).Select(p => new Rename(p.Key.Name, p.Value.Name))];
        return new RenameChanges { Nodes = nodes, Tensors = tensors, Values = values };
    }
}
