using SiDT.Cli.Entry;

namespace SiDT.Tests.Cli;

/// <summary>The command line inside this process.</summary>
internal static class Sidtc
{
    /// <summary>Runs a command; what it prints is plain text.</summary>
    public static Answer Run(params string[] words)
    {
        using var results = new StringWriter { NewLine = "\n" };
        using var talk = new StringWriter { NewLine = "\n" };
        int code = new CommandLine(Terminal.Plain(results, talk)).Run(words);
        return new Answer(code, results.ToString(), talk.ToString());
    }

    /// <summary>Runs a command that must succeed, and returns what it prints.</summary>
    public static string Results(params string[] words)
    {
        Answer answer = Run(words);
        Xunit.Assert.True(answer.Code == ExitCodes.Done, $"exit code {answer.Code}: {answer.Error}");
        return answer.Out;
    }
}

/// <param name="Code">The exit code.</param>
/// <param name="Out">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record Answer(int Code, string Out, string Error);
