using System.Text.RegularExpressions;
using SiDT.Cli.Entry;
using SiDT.Tests.Cli;
using SiDT.Tests.Runtime;
using Xunit;

namespace SiDT.Tests.Docs;

/// <summary>The pipelines of docs/pipeline.md, line by line.</summary>
[Trait("Category", Categories.Slow)]
public sealed partial class PipelineTests
{
    private static readonly string s_page = File.ReadAllText(Repository.Of("docs/pipeline.md"));

    [Fact]
    public void Every_line_of_the_shell_pipeline_does_its_step()
    {
        using var folder = new TemporaryFolder();
        string[] lines = [.. ShellBlock().Match(s_page).Groups[1].Value.Split('\n').Where(l => l.Length > 0)];
        Assert.Equal("set -euo pipefail", lines[0]);
        Each(lines[1..], folder);
        foreach (string file in (string[])["small.onnx", "small.plan.json", "small.html", "small.diff.json"])
            Assert.True(File.Exists(folder[file]), file);
    }

    [Fact]
    public void Every_step_of_the_workflow_does_its_work_and_its_artifacts_are_there()
    {
        using var folder = new TemporaryFolder();
        string yaml = Workflow().Match(s_page).Groups[1].Value;
        Each([.. Steps().Matches(yaml).Select(m => m.Groups[1].Value).Where(l => !l.StartsWith("dotnet", StringComparison.Ordinal))], folder);
        string[] artifacts = [.. yaml.Split("path: |\n")[1].Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0)];
        Assert.All(artifacts, a => Assert.True(File.Exists(folder[a]), a));
        Assert.Equal(3, artifacts.Length);
    }

    [Fact]
    public void A_threshold_that_is_missed_ends_the_pipeline()
    {
        using var folder = new TemporaryFolder();
        string compare = ShellBlock().Match(s_page).Groups[1].Value.Split('\n').Single(l => l.StartsWith("sidtc diff", StringComparison.Ordinal));
        File.Copy(Repository.Model, folder["small.onnx"]);
        Assert.Equal(ExitCodes.Missed, Sidtc.Run(ShellBlocks.Words(compare.Replace(",latency>1.0", "", StringComparison.Ordinal), folder.Path)).Code);
    }

    private static void Each(string[] lines, TemporaryFolder folder)
    {
        Assert.True(lines.Length >= 4);
        foreach (string line in lines)
        {
            Assert.StartsWith("sidtc ", line);
            string command = line.Split(" > ")[0];
            Answer answer = Sidtc.Run(ShellBlocks.Words(command, folder.Path));
            Assert.True(answer.Code == ExitCodes.Done, $"{command}: exit code {answer.Code}: {answer.Error}");
            if (line.Contains(" > ", StringComparison.Ordinal))
                Assert.StartsWith("{", answer.Out);
        }
    }

    [GeneratedRegex(@"```bash\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex(@"```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Workflow();

    [GeneratedRegex(@"^ +run: (.*)$", RegexOptions.Multiline)]
    private static partial Regex Steps();
}
