using System.Text.Json.Nodes;
using SiDT.Tests.Runtime;

namespace SiDT.Tests.Cli;

/// <summary>Something that sidtc must refuse.</summary>
/// <param name="Name">What is wrong.</param>
/// <param name="Words">The command, made in a folder of its own.</param>
internal sealed record Refusal(string Name, Func<TemporaryFolder, string[]> Words)
{
    /// <summary>A command that needs no files but those of the repository.</summary>
    public static Refusal Of(string name, params string[] words) => new(name, _ => words);

    /// <summary>Pruning of a file with this content.</summary>
    public static Refusal Model(string name, string file, byte[] content) =>
        new(name, folder => ["prune", folder.Write(file, content), "-o", folder["small.onnx"], "--keep", "mlp=0.5"]);

    /// <summary>Pruning with other words where there is a model.</summary>
    public static Refusal Prune(string name, params string[] words) =>
        new(name, folder => ["prune", Repository.Model, "-o", folder["small.onnx"], .. words]);

    /// <summary>Application of a plan that was changed.</summary>
    public static Refusal Plan(string name, Action<JsonObject> change) => new(name, folder =>
    {
        JsonObject plan = JsonNode.Parse(SmallPlan.Text)!.AsObject();
        change(plan);
        return ["apply", Repository.Model, folder.Write("edited.plan.json", plan.ToJsonString()), "-o", folder["small.onnx"]];
    });

    /// <summary>Application of a text that is no plan.</summary>
    public static Refusal PlanText(string name, string text) =>
        new(name, folder => ["apply", Repository.Model, folder.Write("edited.plan.json", text), "-o", folder["small.onnx"]]);

    /// <summary>Pruning by a text that is no table of costs.</summary>
    public static Refusal Table(string name, string text) =>
        new(name, folder => ["prune", Repository.Model, "-o", folder["small.onnx"], "--latency", "0.5", "--cost-table", folder.Write("table.json", text)]);

    /// <summary>Scoring on a file with this content.</summary>
    public static Refusal Data(string name, string file, byte[] content, params string[] words) =>
        new(name, folder => ["eval", Repository.Model, "--data", folder.Write(file, content), .. words]);
}
