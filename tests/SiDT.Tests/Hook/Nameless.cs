using Google.Protobuf;
using SiDT.Frontend.Schema;

namespace SiDT.Tests.Hook;

/// <summary>A graph whose names are destroyed: numbers for every value and initializer, nothing for nodes. Inputs and outputs keep theirs.</summary>
internal static class Nameless
{
    /// <summary>Writes such a copy of an ONNX file, with the files beside it that hold its tensors.</summary>
    /// <returns>The path of the copy.</returns>
    public static string Write(string original, string folder)
    {
        foreach (string beside in Directory.GetFiles(Path.GetDirectoryName(original)!, $"{Path.GetFileName(original)}.*"))
            File.Copy(beside, Path.Combine(folder, Path.GetFileName(beside)), overwrite: true);
        string path = Path.Combine(folder, Path.GetFileName(original));
        File.WriteAllBytes(path, Of(ModelProto.Parser.ParseFrom(File.ReadAllBytes(original))).ToByteArray());
        return path;
    }

    private static ModelProto Of(ModelProto model)
    {
        var names = model.Graph.Input.Concat(model.Graph.Output).Select(v => v.Name).Distinct().ToDictionary(n => n, StringComparer.Ordinal);
        string Renamed(string name) => name.Length == 0 ? name : names.TryGetValue(name, out string? known) ? known : names[name] = $"{names.Count + 100}";
        void Rename(GraphProto graph)
        {
            graph.Name = "graph";
            graph.ValueInfo.Clear();
            foreach (TensorProto tensor in graph.Initializer.Concat(graph.SparseInitializer.Select(s => s.Values)))
                tensor.Name = Renamed(tensor.Name);
            foreach (ValueInfoProto value in graph.Input.Concat(graph.Output))
                value.Name = Renamed(value.Name);
            foreach (NodeProto node in graph.Node)
            {
                (node.Name, node.DocString) = ("", "");
                for (int i = 0; i < node.Input.Count; i++)
                    node.Input[i] = Renamed(node.Input[i]);
                for (int i = 0; i < node.Output.Count; i++)
                    node.Output[i] = Renamed(node.Output[i]);
                foreach (GraphProto body in node.Attribute.SelectMany(a => a.G is null ? a.Graphs : a.Graphs.Append(a.G)))
                    Rename(body);
            }
        }
        Rename(model.Graph);
        return model;
    }
}
