using SiDT.Cli.Entry;
using Xunit;

namespace SiDT.Tests.Cli;

public sealed class HelpTests
{
    private static readonly string[] s_verbs = ["inspect", "prune", "plan", "apply", "verify", "diff", "eval", "bench", "show", "analyze", "merge", "hook", "completion"];

    public static TheoryData<string> Verbs => [.. s_verbs];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void The_help_of_a_command_is_as_it_was_reviewed(string verb) => GoldenFile.Check($"help-{verb}.txt", Sidtc.Results(verb, "--help"));

    [Fact]
    public void The_help_of_the_program_is_as_it_was_reviewed() => GoldenFile.Check("help.txt", Sidtc.Results("--help"));

    [Fact]
    public void Without_words_the_program_explains_itself() => Assert.Equal(Sidtc.Results("--help"), Sidtc.Results());

    [Fact]
    public void Every_command_of_the_help_is_tested_here()
    {
        string[] listed = [.. Sidtc.Results().Split('\n').SkipWhile(l => !l.StartsWith("  ")).TakeWhile(l => l.StartsWith("  ")).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0])];
        Assert.Equal(s_verbs, listed);
    }

    [Fact]
    public void The_version_is_one_line() => Assert.Matches(@"^sidtc \d+\.\d+\.\d+\n$", Sidtc.Results("--version"));

    [Fact]
    public void Help_goes_to_standard_output_alone()
    {
        Answer answer = Sidtc.Run("prune", "--help");
        Assert.Equal((ExitCodes.Done, ""), (answer.Code, answer.Error));
    }
}
