using System.Text.Json;
using SiDT.Tests.Runtime;
using Xunit;

namespace SiDT.Tests.Cli;

public sealed class ShardTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Parts_gathered_anywhere_give_the_plan_of_the_whole(int views)
    {
        using var folder = new TemporaryFolder();
        string whole = PlanOf(folder, Gathered(folder, 1, 1, views));
        foreach (int parts in new[] { 2, 8 })
        {
            string[] files = [.. Enumerable.Range(1, parts).Select(i => Gathered(folder, i, parts, views))];
            Array.Reverse(files);
            Sidtc.Results(["merge", .. files, "-o", folder["merged.safetensors"]]);
            Assert.Equal(whole, PlanOf(folder, folder["merged.safetensors"]));
        }
    }

    [Fact]
    public void Statistics_of_all_data_give_the_plan_that_the_data_give()
    {
        using var folder = new TemporaryFolder();
        string gathered = PlanOf(folder, Gathered(folder, 1, 1, 1));
        Sidtc.Results("plan", Repository.Model, "--params", "0.6", "--calib", Repository.CalibrationData, "--samples", "32", "--no-compensate", "--no-rotate", "-o", folder["data.plan.json"]);
        Assert.Equal(File.ReadAllText(folder["data.plan.json"]), gathered);
    }

    [Fact]
    public void Sums_may_be_added_again_and_what_is_missing_is_said()
    {
        using var folder = new TemporaryFolder();
        string[] files = [.. Enumerable.Range(1, 3).Select(i => Gathered(folder, i, 3, 1))];

        Answer some = Sidtc.Run("merge", files[2], files[0], "-o", folder["some.safetensors"]);
        Assert.Contains("the sum holds 21 of 32 samples (parts 1,3/3)", some.Error);
        Answer plan = Sidtc.Run("plan", Repository.Model, "--params", "0.6", "--stats", folder["some.safetensors"], "-o", folder["some.plan.json"]);
        Assert.Contains("some.safetensors' holds 21 of 32 samples", plan.Error);

        Assert.Equal("", Sidtc.Run("merge", folder["some.safetensors"], files[1], "-o", folder["all.safetensors"]).Error);
        Assert.Equal(PlanOf(folder, Gathered(folder, 1, 1, 1)), PlanOf(folder, folder["all.safetensors"]));
    }

    [Fact]
    public void The_report_says_what_was_gathered()
    {
        using var folder = new TemporaryFolder();
        using JsonDocument report = JsonDocument.Parse(Sidtc.Results("analyze", Repository.Model, "--calib", Repository.CalibrationData, "--samples", "8", "--shard", "2/4", "-o", folder["s.safetensors"], "--json"));
        JsonElement statistics = report.RootElement.GetProperty("statistics");
        Assert.Equal("analyze", report.RootElement.GetProperty("command").GetString());
        Assert.Equal((2, 8, 4), (statistics.GetProperty("samples").GetInt32(), statistics.GetProperty("samplesOfAll").GetInt32(), statistics.GetProperty("parts").GetInt32()));
        Assert.Equal([2], statistics.GetProperty("shards").EnumerateArray().Select(s => s.GetInt32()));
    }

    [Fact]
    public void Without_data_synthetic_pictures_are_looked_at_and_the_user_is_told()
    {
        using var folder = new TemporaryFolder();
        Answer answer = Sidtc.Run("plan", Repository.Model, "--params", "0.6", "--criterion", "activation", "--samples", "16", "-o", folder["a.plan.json"]);
        Assert.Equal(0, answer.Code);
        Assert.Contains("16 synthetic samples (dead leaves and 1/f noise", answer.Error);
    }

    private static string Gathered(TemporaryFolder folder, int part, int parts, int views)
    {
        string path = folder[$"{part}-of-{parts}-{views}.safetensors"];
        Sidtc.Results("analyze", Repository.Model, "--calib", Repository.CalibrationData, "--samples", "32", "--views", $"{views}", "--shard", $"{part}/{parts}", "-o", path);
        return path;
    }

    private static string PlanOf(TemporaryFolder folder, string statistics)
    {
        Sidtc.Results("plan", Repository.Model, "--params", "0.6", "--stats", statistics, "-o", folder["a.plan.json"]);
        return File.ReadAllText(folder["a.plan.json"]);
    }
}
