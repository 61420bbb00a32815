using System.Text.Json;
using System.Text.Json.Nodes;

namespace SiDT.Tests.MiniZoo;

/// <summary>The mini-zoo as a folder: one file for each graph, <c>expected.tsv</c> and <c>inputs.json</c>.</summary>
public static class MiniZooFolder
{
    public static void Write(IEnumerable<MiniZooGraph> graphs, string folder)
    {
        Directory.CreateDirectory(folder);
        var lines = new List<string> { "graph\tkind\texpected\tsize\tnote" };
        var inputs = new JsonObject();
        foreach (MiniZooGraph graph in graphs)
        {
            GraphBuilder builder = graph.Write();
            builder.Save(Path.Combine(folder, graph.Name + ".onnx"));
            lines.AddRange(graph.Expected.Select(e => $"{graph.Name}\t{e.Kind}\t{e.Answer.ToString().ToLowerInvariant()}\t{e.Size}\t{e.Note}"));
            inputs[graph.Name] = Describe(builder);
        }
        File.WriteAllLines(Path.Combine(folder, "expected.tsv"), lines);
        File.WriteAllText(Path.Combine(folder, "inputs.json"), inputs.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }

    private static JsonObject Describe(GraphBuilder builder)
    {
        var feeds = new JsonObject();
        foreach (InputRange input in builder.Inputs)
        {
            feeds[input.Name] = new JsonObject
            {
                ["dtype"] = input.Type.ToString().ToLowerInvariant(),
                ["shape"] = new JsonArray([.. input.Shape.Select(d => (JsonNode)d)]),
                ["min"] = input.Low,
                ["max"] = input.High,
            };
        }
        return new JsonObject
        {
            ["inputs"] = feeds,
            ["outputs"] = new JsonArray([.. builder.Outputs.Select(o => (JsonNode)o)]),
            ["dynamic_batch"] = builder.DynamicBatch,
            ["dynamic_size"] = builder.DynamicSize,
        };
    }
}
