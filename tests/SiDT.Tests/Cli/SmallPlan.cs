using System.Text.Json.Nodes;
using SiDT.Tests.Runtime;

namespace SiDT.Tests.Cli;

/// <summary>A plan for the model of this repository, made once.</summary>
internal static class SmallPlan
{
    private static readonly Lazy<string> s_text = new(() =>
    {
        using var folder = new TemporaryFolder();
        Sidtc.Results("plan", Repository.Model, "--keep", "mlp=0.5,v=0.5", "-o", folder["small.plan.json"]);
        return File.ReadAllText(folder["small.plan.json"]);
    });

    public static string Text => s_text.Value;

    /// <summary>A dimension of a plan by its kind.</summary>
    public static JsonObject First(this JsonObject plan, string kind) =>
        plan["dimensions"]!.AsArray().Select(d => d!.AsObject()).First(d => (string?)d["kind"] == kind);
}
