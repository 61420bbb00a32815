using System.Text.RegularExpressions;
using SiDT.Cli.Entry;
using SiDT.Tests.Cli;
using SiDT.Tests.Runtime;
using Xunit;

namespace SiDT.Tests.Docs;

public sealed partial class DocumentTests
{
    public static TheoryData<string> Documents => [.. ShellBlocks.Documents.Where(d => ShellBlocks.Commands(d).Count > 0)];

    private static readonly string[] s_verbs = ["inspect", "prune", "plan", "apply", "verify", "diff", "eval", "bench", "show", "analyze", "merge", "hook", "completion"];

    public static TheoryData<string> Verbs => [.. s_verbs];

    [Theory]
    [Trait("Category", Categories.Slow)]
    [MemberData(nameof(Documents))]
    public void Every_command_of_a_document_does_what_it_says(string document)
    {
        using var folder = new TemporaryFolder();
        foreach (string command in ShellBlocks.Commands(document))
        {
            Answer answer = Sidtc.Run(ShellBlocks.Words(command, folder.Path));
            Assert.True(IsFine(command, answer), $"{command}: exit code {answer.Code}: {answer.Error}");
        }
    }

    [Theory]
    [Trait("Category", Categories.Slow)]
    [MemberData(nameof(Verbs))]
    public void Every_example_of_a_help_text_runs(string verb)
    {
        using var folder = new TemporaryFolder();
        File.Copy(Repository.Model, folder["vit.onnx"]);
        File.Copy(Repository.TestData, folder["pictures.npz"]);
        Sidtc.Results("prune", folder["vit.onnx"], "--keep", "mlp=0.5", "-o", folder["small.onnx"]);
        IEnumerable<string> examples = Sidtc.Results(verb, "--help").Split('\n').Select(l => l.Trim()).Where(l => l.StartsWith("sidtc ", StringComparison.Ordinal));
        Assert.NotEmpty(examples);
        foreach (string example in examples)
        {
            Answer answer = Sidtc.Run(ShellBlocks.Words(example.Split(" | ")[0], folder.Path));
            Assert.True(IsFine(example, answer), $"{example}: exit code {answer.Code}: {answer.Error}");
        }
    }

    [Fact]
    public void Every_link_of_a_document_leads_somewhere()
    {
        foreach (string document in ShellBlocks.Documents)
        {
            string folder = Path.GetDirectoryName(Repository.Of(document))!;
            foreach (string target in Links().Matches(File.ReadAllText(Repository.Of(document))).Select(m => m.Groups[1].Value.Split('#')[0]).Where(t => t.Length > 0 && !t.Contains("://")))
                Assert.True(Path.Exists(Path.Combine(folder, target)), $"{document} links to {target}, which is not there");
        }
    }

    [Fact]
    public void Every_option_is_explained_in_the_commands_page()
    {
        string page = File.ReadAllText(Repository.Of("docs/commands.md"));
        foreach (string verb in s_verbs)
        {
            foreach (string option in Options().Matches(Sidtc.Results(verb, "--help")).Select(m => m.Value.Trim()).Distinct())
                Assert.True(page.Contains($"`{option}", StringComparison.Ordinal), $"docs/commands.md says nothing of {option}");
        }
    }

    // whether a latency can be met is for the machine to say, and it may be busy
    private static bool IsFine(string command, Answer answer) => answer.Code == ExitCodes.Done || (answer.Code == ExitCodes.Budget && command.Contains("--latency", StringComparison.Ordinal))
        || (answer.Code == ExitCodes.Missed && command.StartsWith("sidtc diff", StringComparison.Ordinal) && !command.Contains("--fail-on", StringComparison.Ordinal)); // they differ

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Links();

    [GeneratedRegex(@"(?<=^  (-o, )?)--[a-z0-9-]+", RegexOptions.Multiline)]
    private static partial Regex Options();
}
