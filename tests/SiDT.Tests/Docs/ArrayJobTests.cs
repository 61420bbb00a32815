using System.Text.RegularExpressions;
using SiDT.Cli.Entry;
using SiDT.Tests.Cli;
using SiDT.Tests.Runtime;
using Xunit;

namespace SiDT.Tests.Docs;

/// <summary>The array jobs of docs/scale.md, task by task.</summary>
public sealed partial class ArrayJobTests
{
    private const int Tasks = 8;

    [Theory]
    [Trait("Category", Categories.Slow)]
    [InlineData("Kubernetes")]
    [InlineData("Slurm")]
    public void An_array_job_gives_the_plan_of_all_data(string section)
    {
        using var folder = new TemporaryFolder();
        string[] commands = CommandsOf(section);
        Assert.StartsWith("sidtc analyze", commands[0]);
        Assert.StartsWith("sidtc merge", commands[1]);
        for (int task = 1; task <= Tasks; task++)
            Do(commands[0].Replace("$((JOB_COMPLETION_INDEX + 1))", $"{task}").Replace("$SLURM_ARRAY_TASK_ID", $"{task}"), folder);
        Assert.Equal(Tasks, Directory.GetFiles(folder.Path, "part-*.safetensors").Length);
        Do(commands[1].Replace("part-*.safetensors", string.Join(' ', Directory.GetFiles(folder.Path, "part-*.safetensors").Select(Path.GetFileName))), folder);

        Sidtc.Results("analyze", Repository.Model, "--calib", Repository.CalibrationData, "-o", folder["whole.safetensors"]);
        Assert.Equal(PlanOf("whole.safetensors", folder), PlanOf("stats.safetensors", folder));
    }

    private static void Do(string command, TemporaryFolder folder)
    {
        Answer answer = Sidtc.Run(ShellBlocks.Words(command, folder.Path));
        Assert.True(answer.Code == ExitCodes.Done, $"{command}: exit code {answer.Code}: {answer.Error}");
    }

    private static string PlanOf(string statistics, TemporaryFolder folder)
    {
        Sidtc.Results("plan", Repository.Model, "--params", "0.6", "--stats", folder[statistics], "-o", folder["a.plan.json"]);
        return File.ReadAllText(folder["a.plan.json"]);
    }

    /// <summary>The lines of a section that call sidtc; a line of YAML goes on in the next.</summary>
    private static string[] CommandsOf(string section)
    {
        string page = File.ReadAllText(Repository.Of("docs/scale.md"));
        string text = page.Split("\n## ").Single(s => s.StartsWith(section, StringComparison.Ordinal));
        return [.. Calls().Matches(text).Select(m => Blanks().Replace(m.Value.Trim(), " "))];
    }

    [GeneratedRegex(@"^ *sidtc .*(\n +--.*)*", RegexOptions.Multiline)]
    private static partial Regex Calls();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
