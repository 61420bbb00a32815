using System.Text.Json.Nodes;
using SiDT.Backend.Compilation;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Passes.Planning;
using SiDT.Tests.Cli;
using SiDT.Tests.MiniZoo;
using SiDT.Tests.Runtime;
using Xunit;

namespace SiDT.Tests.Backend;

public sealed class EmittedModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_says_which_plan_which_program_and_which_model_made_it()
    {
        Model small = Prune(Repository.Model);
        Assert.Equal(Stamp.Hash(File.ReadAllText(_folder["small.plan.json"])), Stamp.Read(small, "sidt.plan"));
        Assert.Equal(ModelReader.Read(Repository.Model).Sha256, Stamp.Read(small, "sidt.source"));
        Assert.Equal(Stamp.Version, Stamp.Read(small, "sidt.version"));
    }

    [Fact]
    public void What_the_model_said_of_itself_before_stays() =>
        Assert.Equal(Stamp.Read(ModelReader.Read(Repository.Model), "sidt.preprocess"), Stamp.Read(Prune(Repository.Model), "sidt.preprocess"));

    [Fact]
    public void Pruned_again_it_says_what_the_last_run_did()
    {
        Prune(Repository.Model);
        Sidtc.Results("prune", _folder["small.onnx"], "-o", _folder["smaller.onnx"], "--keep", "qk=0.5");
        Model smaller = ModelReader.Read(_folder["smaller.onnx"]);
        Assert.Equal(ModelReader.Read(_folder["small.onnx"]).Sha256, Stamp.Read(smaller, "sidt.source"));
        Assert.Single(smaller.Source.MetadataProps, p => p.Key == "sidt.plan");
    }

    [Fact]
    public void Inputs_outputs_and_opset_are_those_of_the_original()
    {
        Model original = ModelReader.Read(Repository.Model), small = Prune(Repository.Model);
        Assert.Equal(original.Graph.Inputs.Select(i => i.Info), small.Graph.Inputs.Select(i => i.Info));
        Assert.Equal(original.Graph.Outputs.Select(i => i.Info), small.Graph.Outputs.Select(i => i.Info));
        Assert.Equal(original.Opset(), small.Opset());
    }

    [Theory]
    [InlineData("functions")]
    [InlineData("functions-packed")]
    [InlineData("external-data")]
    public void Models_with_functions_or_with_tensors_in_other_files_go_through_every_command(string name)
    {
        string model = _folder["model.onnx"];
        MiniZooGraphs.Named(name).Write().Save(model);
        Sidtc.Results("inspect", model);
        Sidtc.Results("plan", model, "--keep", "mlp=0.5", "-o", _folder["decision.json"]);
        Sidtc.Results("apply", model, _folder["decision.json"], "-o", _folder["small.onnx"]);
        Sidtc.Results("verify", model, _folder["small.onnx"]);
        Assert.Equal(File.Exists(model + ".data"), File.Exists(_folder["small.onnx.data"]));
    }

    [Fact]
    public void With_the_fusions_of_ONNX_Runtime_it_declares_their_operators()
    {
        Model small = Prune(Repository.Model, "--optimize");
        string[] domains = [.. small.Graph.Nodes.Select(n => n.Domain).Distinct().Where(d => d.Length > 0)];
        Assert.All(domains, d => Assert.True(small.Opset(d) > 0, d));
    }

    [Fact]
    public void An_edited_plan_is_written_anew_with_the_slices_that_belong_to_it()
    {
        JsonObject plan = JsonNode.Parse(SmallPlan.Text)!.AsObject();
        JsonObject mlp = plan.First("mlp");
        mlp["removed"] = new JsonArray(7, 5);
        mlp["kept"] = 382;
        Sidtc.Results("apply", Repository.Model, _folder.Write("edited.plan.json", plan.ToJsonString()), "-o", _folder["small.onnx"]);
        PlanDimension written = PlanFile.Read(File.ReadAllText(_folder["small.plan.json"]), "").Dimensions.First(d => d.Kind == "mlp");
        Assert.Equal([5, 7], written.Removed.ByGroup[0]);
        Assert.All(written.Slices, s => Assert.Equal([5, 7], s.Removed));
    }

    [Fact]
    public void Exact_savings_alone_cut_nothing_and_compute_less()
    {
        JsonNode report = JsonNode.Parse(Sidtc.Results("prune", Repository.Model, "--exact", "-o", _folder["small.onnx"], "--json"))!;
        JsonNode found = JsonNode.Parse(Sidtc.Results("inspect", _folder["small.onnx"], "--json"))!;
        Assert.Equal((long)found["cost"]!["parameters"]![0]!, (long)report["cost"]!["parameters"]![1]!);
        Assert.True((long)report["cost"]!["parameters"]![1]! < (long)report["cost"]!["parameters"]![0]!);
        Assert.True((long)report["cost"]!["macs"]![1]! < 0.95 * (long)report["cost"]!["macs"]![0]!);
        Assert.DoesNotContain(report["dimensions"]!.AsArray(), d => (string?)d!["status"] == "shrunk");
    }

    private Model Prune(string model, params string[] more)
    {
        Sidtc.Results(["prune", model, "-o", _folder["small.onnx"], "--keep", "mlp=0.5", .. more]);
        return ModelReader.Read(_folder["small.onnx"]);
    }
}
