using System.Text.Json.Nodes;
using SiDT.Tests.Runtime;
using Xunit;

namespace SiDT.Tests.Cli;

/// <summary>Whole heads take part in a budget that is spent by measured damage.</summary>
public sealed class HeadBudgetTests
{
    [Fact]
    public void With_calibration_a_budget_may_be_spent_on_heads_alone()
    {
        using var folder = new TemporaryFolder();

        Sidtc.Results(
            "prune", Repository.Model, "--only", "heads", "--params", "0.92", "--calib", Repository.CalibrationData, "--samples", "64", "--effort", "0", "-o", folder["out.onnx"]);

        JsonArray dimensions = JsonNode.Parse(File.ReadAllText(folder["out.plan.json"]))!["dimensions"]!.AsArray();
        int[] gone = [.. dimensions.Where(d => (string?)d!["kind"] == "heads").Select(d => (int)d!["size"]! - (int)d["kept"]!)];
        Assert.True(gone.Sum() > 0, "no head is gone");
        Assert.All(dimensions.Where(d => (string?)d!["kind"] is not "heads"), d => Assert.Equal((int)d!["size"]!, (int)d["kept"]!));
    }

    [Fact]
    public void With_calibration_a_share_of_the_heads_is_kept_over_all_blocks()
    {
        using var folder = new TemporaryFolder();

        Sidtc.Results("prune", Repository.Model, "--keep", "heads=0.75", "--calib", Repository.CalibrationData, "--samples", "64", "--effort", "0", "-o", folder["out.onnx"]);

        JsonArray dimensions = JsonNode.Parse(File.ReadAllText(folder["out.plan.json"]))!["dimensions"]!.AsArray();
        (int Size, int Kept)[] heads = [.. dimensions.Where(d => (string?)d!["kind"] == "heads").Select(d => ((int)d!["size"]!, (int)d["kept"]!))];
        Assert.InRange(heads.Sum(h => h.Kept) - (0.75 * heads.Sum(h => h.Size)), -0.5, 0.5);
        Assert.All(heads, h => Assert.InRange(h.Kept, 2, 3));
    }
}
