using System.Text.Json.Nodes;
using SiDT.Cli.Entry;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Frontend.Writing;
using SiDT.Tests.Cli;
using SiDT.Tests.Runtime;
using Xunit;

namespace SiDT.Tests.Diff;

public sealed class DiffCommandTests
{
    [Fact]
    public void A_model_and_itself_are_the_same_with_exit_code_zero()
    {
        Tests.Cli.Answer answer = Sidtc.Run("diff", Repository.Model, Repository.Model);
        Assert.Equal((ExitCodes.Done, "No difference: 408 nodes, 80 constants the same.\n"), (answer.Code, answer.Out)); // a slow machine talks of progress
    }

    [Fact]
    public void What_a_plan_took_is_told_in_a_hundred_columns()
    {
        using var folder = new TemporaryFolder();
        Sidtc.Results("prune", Repository.Model, "--keep", "mlp=0.5", "--no-exact", "-o", folder["small.onnx"]);
        Tests.Cli.Answer answer = Sidtc.Run("diff", Repository.Model, folder["small.onnx"]);
        Assert.Equal(ExitCodes.Missed, answer.Code);
        string text = string.Join('\n', answer.Out.Split('\n').Select(l => l.TrimEnd()).Where(l => !l.Contains("metadata sidt.", StringComparison.Ordinal)));
        Assert.All(text.Split('\n'), l => Assert.True(l.Length <= 100, l));
        GoldenFile.Check("diff.txt", text);
    }

    [Fact]
    public void What_is_ignored_makes_no_difference()
    {
        using var folder = new TemporaryFolder();
        Model model = ModelReader.Read(Repository.Model);
        foreach (Node node in model.Graph.Nodes)
            node.Name = $"other {node.Name}";
        model.Source.ProducerName = "somebody";
        ModelWriter.Write(model, folder["renamed.onnx"]);
        Assert.Equal(ExitCodes.Missed, Sidtc.Run("diff", Repository.Model, folder["renamed.onnx"]).Code);
        Assert.Equal(ExitCodes.Missed, Sidtc.Run("diff", Repository.Model, folder["renamed.onnx"], "--ignore", "names").Code);
        Assert.Equal(ExitCodes.Done, Sidtc.Run("diff", Repository.Model, folder["renamed.onnx"], "--ignore", "names,metadata").Code);
    }

    [Fact]
    public void A_pipeline_fails_where_a_condition_holds()
    {
        using var folder = new TemporaryFolder();
        Sidtc.Results("prune", Repository.Model, "--params", "0.6", "-o", folder["small.onnx"]);
        Assert.Equal(ExitCodes.Done, Sidtc.Run("diff", Repository.Model, folder["small.onnx"], "--quiet", "--fail-on", "params>0.62,file>0.65").Code);
        Tests.Cli.Answer answer = Sidtc.Run("diff", Repository.Model, folder["small.onnx"], "--quiet", "--fail-on", "params>0.62,macs>0.3");
        Assert.Equal((ExitCodes.Missed, ""), (answer.Code, answer.Out));
        Assert.Matches(@"^sidtc: \d+\.\d % of the multiply-accumulates is left, and '--fail-on macs>0.3' forbids that \[SIDT09\]\n$", answer.Error);
    }

    [Fact]
    public void Every_field_of_a_diff_is_in_the_documents()
    {
        using var folder = new TemporaryFolder();
        Sidtc.Results("prune", Repository.Model, "--params", "0.6", "-o", folder["small.onnx"]);
        JsonNode diff = JsonNode.Parse(Sidtc.Run("diff", Repository.Model, folder["small.onnx"], "--format", "json").Out)!;
        string page = File.ReadAllText(Repository.Of("docs/formats.md"));
        Assert.Equal("sidt-diff/1", (string?)diff["format"]);
        foreach (string field in Fields(diff).Distinct())
            Assert.True(page.Contains($"`{field}`", StringComparison.Ordinal), $"docs/formats.md says nothing of '{field}'");
    }

    [Fact]
    public void A_page_needs_a_file_and_spares_the_files_of_others()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(ExitCodes.Usage, Sidtc.Run("diff", Repository.Model, Repository.Model, "--format", "html").Code);
        File.WriteAllText(folder["notes.html"], "mine");
        Assert.Equal(ExitCodes.Usage, Sidtc.Run("diff", Repository.Model, Repository.Model, "--format", "html", "-o", folder["notes.html"]).Code);
        Assert.Equal("mine", File.ReadAllText(folder["notes.html"]));
        Assert.Equal(ExitCodes.Done, Sidtc.Run("diff", Repository.Model, Repository.Model, "--format", "html", "-o", folder["page.html"]).Code);
        Assert.Equal(ExitCodes.Done, Sidtc.Run("diff", Repository.Model, Repository.Model, "--format", "html", "-o", folder["page.html"]).Code);
    }

    private static IEnumerable<string> Fields(JsonNode? node) => node switch
    {
        JsonObject o => o.SelectMany(p => Fields(p.Value).Prepend(p.Key)),
        JsonArray a => a.SelectMany(Fields),
        _ => [],
    };
}
