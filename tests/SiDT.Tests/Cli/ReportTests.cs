using System.Text.Json.Nodes;
using SiDT.Tests.Runtime;
using Xunit;

namespace SiDT.Tests.Cli;

public sealed class ReportTests
{
    [Fact]
    public void Every_field_of_a_report_is_in_the_documents()
    {
        using var folder = new TemporaryFolder();
        string page = File.ReadAllText(Repository.Of("docs/formats.md"));
        string[][] commands =
        [
            ["inspect", Repository.Model],
            ["prune", Repository.Model, "--params", "0.6", "-o", folder["small.onnx"], "--data", Repository.TestData, "--bench"],
            ["prune", Repository.Model, "--sweep", "macs=0.8,0.6", "-o", folder["swept.onnx"]],
            ["plan", Repository.Model, "--params", "0.6", "-o", folder["decision.json"]],
            ["verify", Repository.Model, folder["small.onnx"]],
            ["eval", Repository.Model, folder["small.onnx"], "--data", Repository.TestData, "--samples", "50"],
            ["bench", Repository.Model, folder["small.onnx"], "--seconds", "0.1", "--profile"],
        ];
        foreach (string[] command in commands)
        {
            JsonNode report = JsonNode.Parse(Sidtc.Results([.. command, "--json", "--quiet"]))!;
            Assert.Equal("sidt-report/1", (string?)report["format"]);
            Assert.Equal(command[0], (string?)report["command"]);
            foreach (string field in Fields(report).Distinct())
                Assert.True(page.Contains($"`{field}`", StringComparison.Ordinal), $"docs/formats.md says nothing of '{field}'");
        }
    }

    [Fact]
    public void Quiet_commands_print_nothing()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(new Answer(0, "", ""), Sidtc.Run("prune", Repository.Model, "--params", "0.6", "-o", folder["small.onnx"], "--quiet"));
        Assert.Equal(new Answer(0, "", ""), Sidtc.Run("verify", Repository.Model, folder["small.onnx"], "--quiet"));
    }

    [Fact]
    public void A_threshold_that_is_missed_is_exit_code_one()
    {
        Answer answer = Sidtc.Run("eval", Repository.Model, "--data", Repository.TestData, "--samples", "100", "--min-top1", "0.999");
        Assert.Equal(1, answer.Code);
        Assert.Contains("less than the 99.9 % of --min-top1", answer.Error);
    }

    [Fact]
    public void What_can_shrink_is_a_table_of_blocks_and_kinds() =>
        GoldenFile.Check("inspect.txt", Sidtc.Results("inspect", Repository.Model).Replace(Repository.Root + "/", ""));

    [Fact]
    public void A_budget_that_is_met_already_is_said_and_nothing_is_cut()
    {
        using var folder = new TemporaryFolder();
        Answer answer = Sidtc.Run("prune", Repository.Model, "--params", "10M", "-o", folder["small.onnx"]);
        Assert.Equal(0, answer.Code);
        Assert.Contains("meets 10000000 parameters as it is; nothing is cut", answer.Error);
    }

    private static IEnumerable<string> Fields(JsonNode? node) => node switch
    {
        JsonObject o => o.SelectMany(p => p.Key is "relativeErrors" or "centredErrors" ? [p.Key] : Fields(p.Value).Prepend(p.Key)), // its fields are names of outputs
        JsonArray a => a.SelectMany(Fields),
        _ => [],
    };
}
