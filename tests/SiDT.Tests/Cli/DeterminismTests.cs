using SiDT.Tests.Runtime;
using Xunit;

namespace SiDT.Tests.Cli;

public sealed class DeterminismTests
{
    [Fact]
    public void The_same_command_writes_the_same_bytes_whatever_the_threads()
    {
        using var folder = new TemporaryFolder();
        string[] once = Prune(folder, "a", "--threads", "1"), again = Prune(folder, "b", "--threads", "1"), wider = Prune(folder, "c", "--threads", "2");
        Assert.Equal(once, again);
        Assert.Equal(once, wider);
    }

    [Fact]
    [Trait("Category", Categories.Slow)]
    public void Scoring_on_data_writes_the_same_bytes_whatever_the_threads()
    {
        using var folder = new TemporaryFolder();
        string[] once = Prune(folder, "a", "--threads", "1", "--calib", Repository.CalibrationData), wider = Prune(folder, "b", "--threads", "2", "--calib", Repository.CalibrationData);
        Assert.Equal(once, wider);
    }

    [Fact]
    [Trait("Category", Categories.Slow)]
    public void Planning_and_applying_write_what_pruning_writes()
    {
        using var folder = new TemporaryFolder();
        string[] pruned = Prune(folder, "a");
        Sidtc.Results("plan", Repository.Model, "--params", "0.6", "-o", folder["decision.json"]);
        Sidtc.Results("apply", Repository.Model, folder["decision.json"], "-o", folder["b.onnx"]);
        Assert.Equal(pruned, Files(folder, "b"));
    }

    [Fact]
    public void Applying_its_own_plan_again_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        string[] pruned = Prune(folder, "a");
        Sidtc.Results("apply", Repository.Model, folder["a.plan.json"], "-o", folder["a.onnx"]);
        Assert.Equal(pruned, Files(folder, "a"));
    }

    private static string[] Prune(TemporaryFolder folder, string name, params string[] more)
    {
        Sidtc.Results(["prune", Repository.Model, "--params", "0.6", "-o", folder[name + ".onnx"], .. more]);
        return Files(folder, name);
    }

    private static string[] Files(TemporaryFolder folder, string name) =>
        [Convert.ToBase64String(File.ReadAllBytes(folder[name + ".onnx"])), File.ReadAllText(folder[name + ".plan.json"])];
}
