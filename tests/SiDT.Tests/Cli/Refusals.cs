using System.Text;
using System.Text.Json.Nodes;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Passes.Gathering;
using SiDT.Tests.Runtime;

namespace SiDT.Tests.Cli;

/// <summary>Broken models, budgets, plans, data and command lines.</summary>
internal static class Refusals
{
    private static string Vit => Repository.Model;

    public static IReadOnlyList<Refusal> All { get; } = [.. Words(), .. Budgets(), .. Models(), .. Outputs(), .. Plans(), .. Data(), .. Statistics(), .. Proofs(), .. Tables(), .. Sweeps()];

    private static IEnumerable<Refusal> Words() =>
    [
        Refusal.Of("a command that there is not", "prun", Vit),
        Refusal.Of("an option before the command", "--json", "inspect", Vit),
        Refusal.Of("no model", "prune"),
        Refusal.Of("no output", "prune", Vit, "--params", "0.5"),
        Refusal.Of("no models to score", "eval", "--data", "x"),
        Refusal.Of("no data to score on", "eval", Vit),
        Refusal.Prune("nothing asked"),
        Refusal.Prune("a misspelt option", "--parms", "0.5"),
        Refusal.Prune("an unknown option", "--turbo"),
        Refusal.Prune("an option without its value", "--params"),
        Refusal.Prune("an option twice", "--params", "0.5", "--params", "0.6"),
        Refusal.Prune("a word too many", "--params", "0.5", "other.onnx"),
        Refusal.Prune("quiet and verbose", "--params", "0.5", "--quiet", "--verbose"),
        Refusal.Prune("exact savings alone and a budget", "--exact", "--params", "0.5"),
        Refusal.Prune("exact savings alone and none", "--exact", "--no-exact"),
        Refusal.Prune("a number of threads in words", "--params", "0.5", "--threads", "two"),
        Refusal.Prune("a device that there is not", "--params", "0.5", "--device", "tpu"),
        Refusal.Prune("a criterion that there is not", "--params", "0.5", "--criterion", "beauty"),
        Refusal.Of("no time to measure", "bench", Vit, "--seconds", "0"),
        Refusal.Of("one plan too few", "apply", Vit, "-o", "small.onnx"),
        Refusal.Of("one model too few", "diff", Vit),
        Refusal.Of("a page without a file", "diff", Vit, Vit, "--format", "html"),
        Refusal.Of("pictures for a text", "diff", Vit, Vit, "--data", Vit),
        Refusal.Of("a format that there is not", "diff", Vit, Vit, "--format", "xml"),
        Refusal.Of("a difference that there is not", "diff", Vit, Vit, "--ignore", "colours"),
        Refusal.Of("a condition that is none", "diff", Vit, Vit, "--fail-on", "speed>2"),
        Refusal.Of("a shell that there is not", "completion", "dos"),
        Refusal.Of("a provider that there is not", "bench", Vit, "--provider", "tpu"),
    ];

    private static IEnumerable<Refusal> Budgets() =>
    [
        Refusal.Prune("nothing to keep", "--params", "0"),
        Refusal.Prune("less than nothing", "--params", "-0.5"),
        Refusal.Prune("a budget in words", "--params", "half"),
        Refusal.Prune("more than there is", "--params", "150%"),
        Refusal.Prune("half a parameter", "--params", "1.5"),
        Refusal.Prune("an unknown unit of bytes", "--bytes", "12XB"),
        Refusal.Prune("bytes of multiply-accumulates", "--macs", "3MB"),
        Refusal.Prune("two budgets", "--params", "0.5", "--macs", "0.5"),
        Refusal.Prune("a rule without a share", "--keep", "mlp"),
        Refusal.Prune("a rule that keeps nothing", "--keep", "mlp=0"),
        Refusal.Prune("a rule that keeps more than there is", "--keep", "mlp=2"),
        Refusal.Prune("a rule for an unknown kind", "--keep", "mpl=0.5"),
        Refusal.Prune("a comma too many", "--keep", "mlp=0.5,"),
        Refusal.Prune("a name that no dimension has", "--keep", "blocks.9.*=0.5"),
        Refusal.Prune("an excluded name that no dimension has", "--params", "0.5", "--exclude", "layers.*"),
        Refusal.Prune("alignment to nothing", "--params", "0.5", "--align", "0"),
        Refusal.Prune("a floor above everything", "--params", "0.5", "--floor", "1.5"),
        Refusal.Prune("a budget out of reach", "--params", "0.001"),
        Refusal.Prune("a floor that forbids the budget", "--params", "0.3", "--floor", "0.9"),
        Refusal.Prune("a kind that the model lacks", "--keep", "conv=0.5"),
        Refusal.Prune("what must stay whole", "--keep", "head.*=0.5"),
        Refusal.Prune("what is excluded as well", "--keep", "mlp=0.5", "--exclude", "mlp"),
    ];

    private static IEnumerable<Refusal> Models() =>
    [
        new("a model that is not there", f => ["prune", f["absent.onnx"], "-o", f["small.onnx"], "--params", "0.5"]),
        new("a folder for a model", f => ["inspect", f.Path]),
        Refusal.Model("an empty model", "empty.onnx", []),
        Refusal.Model("a text for a model", "text.onnx", Encoding.UTF8.GetBytes("This is no model.")),
        Refusal.Model("a model that was cut off", "cut.onnx", File.ReadAllBytes(Vit)[..100_000]),
        Refusal.Model("a Git LFS pointer", "pointer.onnx", Encoding.UTF8.GetBytes("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")),
        new("an operator that ONNX Runtime does not know", f => ["prune", f.Write("unknown.onnx", BrokenModels.UnknownOperator()), "-o", f["small.onnx"], "--keep", "other=0.5"]),
        Refusal.Model("a value that nothing makes", "dangling.onnx", BrokenModels.DanglingInput()),
        Refusal.Model("tensors in a file that is not there", "external.onnx", BrokenModels.MissingExternalData()),
    ];

    private static IEnumerable<Refusal> Outputs() =>
    [
        new("an output of someone else", f => ["prune", Vit, "-o", f.Write("small.onnx", "mine"), "--params", "0.5"]),
        new("a model of someone else as output", f => ["prune", Vit, "-o", f.Write("small.onnx", File.ReadAllBytes(Vit)), "--params", "0.5"]),
        new("a plan of someone else", f =>
        {
            f.Write("small.plan.json", "{}");
            return ["prune", Vit, "-o", f["small.onnx"], "--params", "0.5"];
        }),
        new("the input as output", f =>
        {
            string model = f.Write("vit.onnx", File.ReadAllBytes(Vit));
            return ["prune", model, "-o", model, "--params", "0.5", "--force"];
        }),
        new("a folder as output", f => ["prune", Vit, "-o", f.Path, "--params", "0.5"]),
        new("an output in a folder that there is not", f => ["prune", Vit, "-o", f["absent/small.onnx"], "--params", "0.5"]),
        Refusal.Of("no name as output", "prune", Vit, "-o", "", "--params", "0.5"),
        new("a plan over a file of someone else", f => ["plan", Vit, "-o", f.Write("notes.json", "{}"), "--params", "0.5"]),
    ];

    private static IEnumerable<Refusal> Plans() =>
    [
        new("a plan that is not there", f => ["apply", Vit, f["absent.plan.json"], "-o", f["small.onnx"]]),
        Refusal.PlanText("an empty plan", ""),
        Refusal.PlanText("a plan that was cut off", SmallPlan.Text[..1000]),
        Refusal.PlanText("a list for a plan", "[]"),
        Refusal.Plan("a plan of a later format", p => p["format"] = "sidt-plan/9"),
        Refusal.Plan("a plan that names no model", p => p.Remove("model")),
        Refusal.Plan("a plan for another model", p => p["model"]!["sha256"] = new string('0', 64)),
        Refusal.Plan("a dimension that the model lacks", p => p.First("mlp")["id"] = "blocks.9.mlp"),
        Refusal.Plan("a dimension that must stay whole", p =>
        {
            p.First("other")["removed"] = new JsonArray(1);
            p.First("other")["kept"] = 9;
        }),
        Refusal.Plan("a unit that there is not", p => p.First("mlp")["removed"] = new JsonArray(384)),
        Refusal.Plan("a negative unit", p => p.First("mlp")["removed"] = new JsonArray(-1)),
        Refusal.Plan("a unit twice", p => p.First("mlp")["removed"] = new JsonArray(3, 3)),
        Refusal.Plan("a unit that is no number", p => p.First("mlp")["removed"] = new JsonArray("first")),
        Refusal.Plan("too few groups", p => p.First("v")["removed"] = new JsonArray(new JsonArray(1), new JsonArray(2))),
        Refusal.Plan("unequal groups", p => p.First("v")["removed"] = new JsonArray(new JsonArray(1), new JsonArray(2), new JsonArray(3, 4))),
        Refusal.Plan("nothing left of a dimension", p => p.First("mlp")["removed"] = new JsonArray([.. Enumerable.Range(0, 384).Select(i => (JsonNode)i)])),
        Refusal.Plan("a count that is not so", p => p.First("mlp")["kept"] = 100),
        Refusal.Plan("a rotated basis", p => p.First("mlp")["basis"] = "rotated"),
        Refusal.Plan("a dimension twice", p => p["dimensions"]!.AsArray().Add(p.First("mlp").DeepClone())),
    ];

    private static IEnumerable<Refusal> Data() =>
    [
        new("data that are not there", f => ["eval", Vit, "--data", f["absent.npz"]]),
        new("an empty folder of data", f => ["eval", Vit, "--data", Directory.CreateDirectory(f["empty"]).FullName]),
        Refusal.Data("a text for data", "data.txt", Encoding.UTF8.GetBytes("no pictures")),
        Refusal.Data("a damaged archive", "data.npz", [.. "PK"u8, 3, 4, 9, 9, 9]),
        Refusal.Data("pictures of another size", "data.npy", Npy.Bytes("<f4", new float[2 * 3 * 8 * 8], [2, 3, 8, 8])),
        Refusal.Data("an array that was cut off", "data.npy", Npy.Bytes("<f4", new float[4 * 28 * 28], [4, 1, 28, 28])[..2000]),
        new("labels that are no class of the model", f =>
        {
            Npy.WriteArchive(f["data.npz"], System.IO.Compression.CompressionLevel.NoCompression, ("input", Npy.Bytes("<f4", new float[28 * 28], [1, 1, 28, 28])), ("label", Npy.Bytes("<i8", [77L], [1])));
            return ["eval", Vit, "--data", f["data.npz"]];
        }),
        Refusal.Data("a threshold without labels", "data.npy", Npy.Bytes("<f4", new float[28 * 28], [1, 1, 28, 28]), "--min-top1", "0.5"),
        Refusal.Data("an output that there is not", "data.npy", Npy.Bytes("<f4", new float[28 * 28], [1, 1, 28, 28]), "--logits", "classes"),
        Refusal.Of("a preparation that there is not", "eval", Vit, "--data", Repository.TestData, "--preprocess", "sharpen"),
        new("a preparation that is no JSON", f => ["eval", Vit, "--data", Repository.TestData, "--preprocess", f.Write("prepare.json", "mean=0.5")]),
        new("data for the comparison that are not there", f => ["prune", Vit, "-o", f["small.onnx"], "--params", "0.5", "--data", f["absent"]]),
    ];

    private static IEnumerable<Refusal> Statistics() =>
    [
        Refusal.Prune("statistics and data", "--params", "0.5", "--stats", "a.safetensors", "--calib", "b.npz"),
        Refusal.Prune("statistics for a criterion that looks at none", "--params", "0.5", "--stats", "a.safetensors", "--criterion", "magnitude"),
        Refusal.Prune("statistics that are not there", "--params", "0.5", "--stats", "absent.safetensors"),
        new("a model for statistics", f => ["prune", Vit, "-o", f["small.onnx"], "--params", "0.5", "--stats", f.Write("a.safetensors", File.ReadAllBytes(Vit))]),
        new("statistics of another model", f => ["prune", Vit, "-o", f["small.onnx"], "--params", "0.5", "--stats", f.Write("a.safetensors", StatisticsOf("cd", 1))]),
        new("statistics that say nothing of the model", f => ["prune", Vit, "-o", f["small.onnx"], "--params", "0.5", "--stats", f.Write("a.safetensors", StatisticsOf(ModelReader.Read(Vit).Sha256!, 1))]),
        new("no part of the data", f => ["analyze", Vit, "--calib", Repository.TestData, "--shard", "3/2", "-o", f["a.safetensors"]]),
        new("more parts than samples", f => ["analyze", Vit, "--calib", Repository.TestData, "--samples", "4", "--shard", "5/8", "-o", f["a.safetensors"]]),
        new("calibration data that are not there", f => ["analyze", Vit, "--calib", f["absent"], "-o", f["a.safetensors"]]),
        new("statistics over a file of someone else", f => ["analyze", Vit, "-o", f.Write("a.safetensors", "mine")]),
        Refusal.Of("a project without a place", "hook", Vit),
        new("a project over files of someone else", f => ["hook", Vit, "-o", Path.GetDirectoryName(f.Write("mine/notes.txt", "mine"))!]),
        new("a teacher without a project", f => ["prune", Vit, "--params", "0.5", "--teacher", "-o", f["small.onnx"]]),
        new("a project of a sweep", f => ["prune", Vit, "--sweep", "0.9,0.8", "--hook", f["finetune"], "-o", f["small.onnx"]]),
        new("a network that TorchSharp cannot say", f => ["hook", Looped(f), "-o", f["finetune"]]),
        new("answers over a file of someone else", f => ["eval", Vit, "--data", Repository.TestData, "--samples", "2", "--save-outputs", f.Write("answers.npz", "mine")]),
        Refusal.Of("nothing to add", "merge", "-o", "sum.safetensors"),
        new("a part twice", f => ["merge", f.Write("a.safetensors", StatisticsOf("cd", 1)), f.Write("b.safetensors", StatisticsOf("cd", 1)), "-o", f["sum.safetensors"]]),
        new("parts of different models", f => ["merge", f.Write("a.safetensors", StatisticsOf("cd", 1)), f.Write("b.safetensors", StatisticsOf("ef", 2)), "-o", f["sum.safetensors"]]),
        new("statistics that were cut off", f => ["merge", f.Write("a.safetensors", StatisticsOf("cd", 1)[..^1]), "-o", f["sum.safetensors"]]),
    ];

    /// <summary>Statistics of one value, which no model has.</summary>
    private static byte[] StatisticsOf(string model, int part)
    {
        using var stream = new MemoryStream();
        var writer = new StatisticsWriter(stream, new StatisticsFacts(model, 1, 2, 1, 0, 2, [part]), [new StatisticsArray("x:0:count", [])]);
        writer.Write([1]);
        return stream.ToArray();
    }

    private static IEnumerable<Refusal> Tables() =>
    [
        Refusal.Prune("a latency without a unit", "--latency", "20"),
        Refusal.Prune("a latency in megabytes", "--latency", "20MB"),
        Refusal.Prune("a table of costs for another budget", "--params", "0.5", "--cost-table", "table.json"),
        new("a table of costs that is not there", f => ["prune", Vit, "-o", f["small.onnx"], "--latency", "0.5", "--cost-table", f["absent.json"]]),
        Refusal.Table("an empty table of costs", ""),
        Refusal.Table("a plan for a table of costs", """{"format": "sidt-plan/1"}"""),
        Refusal.Table("a table of a later format", """{"format": "sidt-costs/9", "threads": 1, "device": "cpu", "operators": []}"""),
        Refusal.Table("a table without operators", """{"format": "sidt-costs/1", "threads": 1, "device": "cpu", "operators": []}"""),
        Refusal.Table("a table of an unknown operator", """{"format": "sidt-costs/1", "threads": 1, "device": "cpu", "operators": [{"operator": "Think", "type": "float32", "sizes": [[1]], "microseconds": [1]}]}"""),
        Refusal.Table("a table with a size too few", """{"format": "sidt-costs/1", "threads": 1, "device": "cpu", "operators": [{"operator": "Linear", "type": "float32", "sizes": [[1], [2]], "microseconds": [1]}]}"""),
        Refusal.Table("a table with sizes that do not ascend", """{"format": "sidt-costs/1", "threads": 1, "device": "cpu", "operators": [{"operator": "Add", "type": "float32", "sizes": [[2, 2]], "microseconds": [1, 1]}]}"""),
        Refusal.Table("a table with a time too few", """{"format": "sidt-costs/1", "threads": 1, "device": "cpu", "operators": [{"operator": "Add", "type": "float32", "sizes": [[1, 2]], "microseconds": [1]}]}"""),
        Refusal.Table("a table with a negative time", """{"format": "sidt-costs/1", "threads": 1, "device": "cpu", "operators": [{"operator": "Add", "type": "float32", "sizes": [[1]], "microseconds": [-1]}]}"""),
        new("a latency out of reach by the table", f => ["prune", Vit, "-o", f["small.onnx"], "--latency", "0.5", "--floor", "0.95", "--cost-table",
            f.Write("table.json", """{"format": "sidt-costs/1", "threads": 1, "device": "cpu", "operators": [{"operator": "Softmax", "type": "float32", "sizes": [[1], [1]], "microseconds": [1]}]}""")]),
        Refusal.Of("a table without its place", "bench", "--table", Vit),
        new("a place without a table", f => ["bench", Vit, "-o", f["table.json"]]),
        new("a table of two models", f => ["bench", "--table", Vit, Vit, "-o", f["table.json"]]),
        new("a table over a file of someone else", f => ["bench", "--table", Vit, "-o", f.Write("table.json", "{}")]),
        Refusal.Of("nothing to measure", "bench"),
    ];

    private static IEnumerable<Refusal> Sweeps() =>
    [
        Refusal.Prune("an empty sweep", "--sweep", "0.9,,0.8"),
        Refusal.Prune("a sweep of an unknown kind", "--sweep", "mpl=0.9,0.8"),
        Refusal.Prune("a sweep in words", "--sweep", "most,half"),
        Refusal.Prune("a sweep with a point twice", "--sweep", "0.9,90%"),
        Refusal.Prune("a sweep and a budget", "--sweep", "0.9,0.8", "--params", "0.7"),
        Refusal.Prune("a sweep with a point out of reach", "--sweep", "0.9,0.001"),
        Refusal.Prune("a sweep of what is free alone", "--sweep", "0.9", "--exact"),
    ];

    private static IEnumerable<Refusal> Proofs() =>
    [
        new("a result without its plan", f => ["verify", Vit, f.Write("small.onnx", File.ReadAllBytes(Vit))]),
        new("a result that is not what its plan says", f =>
        {
            f.Write("small.plan.json", SmallPlan.Text);
            return ["verify", Vit, f.Write("small.onnx", File.ReadAllBytes(Vit))];
        }),
        new("a result that is another network", f =>
        {
            f.Write("small.plan.json", SmallPlan.Text);
            return ["verify", Vit, f.Write("small.onnx", Graphs.OneNode("Relu", ElementType.Float32, ("x", ElementType.Float32, [2L])))];
        }),
    ];

    private static string Looped(TemporaryFolder folder)
    {
        MiniZoo.MiniZooGraphs.All.First(g => g.Make().Graph.Nodes.Any(n => n.OpType == "Loop")).Write().Save(folder["looped.onnx"]);
        return folder["looped.onnx"];
    }
}
