using System.Diagnostics;
using SiDT.Tests.Cli;
using SiDT.Tests.Runtime;
using Xunit;
using Xunit.Abstractions;

namespace SiDT.Tests.Packaging;

/// <summary>Completion as the shells themselves do it; what is not on a machine is not asked.</summary>
[Trait("Category", Categories.Slow)]
public sealed class CompletionTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Bash_completes_commands_options_and_the_words_of_an_option() => Offers(
        "bash",
        (script, words) => $"source '{script}'; COMP_WORDS=({string.Join(' ', words.Select(w => $"'{w}'"))}); COMP_CWORD={words.Length - 1}; _sidtc; printf '%s\\n' \"${{COMPREPLY[@]}}\"");

    [Fact]
    public void Fish_completes_commands_options_and_the_words_of_an_option() => Offers(
        "fish",
        (script, words) => $"source '{script}'; complete -C '{string.Join(' ', words)}' | string replace -r '\\t.*' ''");

    [Fact]
    public void PowerShell_completes_commands_options_and_the_words_of_an_option() => Offers(
        "pwsh",
        (script, words) => $"Get-Content -Raw '{script}' | Invoke-Expression; $t = '{string.Join(' ', words)}'; (TabExpansion2 $t $t.Length).CompletionMatches.CompletionText");

    // zsh completes in its line editor alone, so one is run on a terminal of its own
    [Fact]
    public void Zsh_completes_the_line_that_is_typed()
    {
        string? answer = Ask("zsh", script => $$"""
            zmodload zsh/zpty
            zpty line 'zsh -f -i'
            zpty -w line "PROMPT=; autoload -Uz compinit; compinit -D -u; source '{{script}}'; sidtc() { print -r -- \"typed:\$*:\"; }; print RE''ADY"
            until [[ $out == *READY* ]]; do zpty -r line part; out+=$part; done
            type() { zpty -w -n line $1; sleep 0.4; }
            type $'sidtc pru\t'; type $'x.onnx --eff\t'; type $'1\n'
            type $'sidtc completion fi\t'; type $'\n'
            zpty -w line exit
            while zpty -r line part; do out+=$part; done
            print -r -- "$out"
            """);
        if (answer is null)
            return;
        Assert.Contains("typed:prune x.onnx --effort 1:", answer);
        Assert.Contains("typed:completion fish:", answer);
    }

    private void Offers(string shell, Func<string, string[], string> command)
    {
        string[]? Words(params string[] words) => Ask(shell, script => command(script, words))?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (Words("sidtc", "pru") is not { } commands)
            return;
        Assert.Equal(["prune"], commands);
        Assert.Contains("--effort", Words("sidtc", "prune", "--eff")!);
        Assert.Equal(["0", "1", "2"], Words("sidtc", "prune", "--effort", "")!.Order());
        Assert.Equal(["fish"], Words("sidtc", "completion", "fi")!);
    }

    /// <summary>What a shell prints that ran a script of ours; null where there is no such shell.</summary>
    private string? Ask(string shell, Func<string, string> command)
    {
        string? program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Where(Directory.Exists).Select(f => Path.Combine(f, shell)).FirstOrDefault(File.Exists);
        if (program is null)
        {
            output.WriteLine($"skipped: there is no {shell} on this machine");
            return null;
        }
        string script = _folder[$"completion.{shell}"];
        File.WriteAllText(script, Sidtc.Results("completion", shell));
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = _folder.Path };
        foreach (string word in shell switch { "fish" => ["--no-config", "-c"], "zsh" => ["-f", "-c"], "pwsh" => ["-NoProfile", "-Command"], _ => (string[])["--norc", "-c"] })
            start.ArgumentList.Add(word);
        start.ArgumentList.Add(command(script));
        start.Environment["HOME"] = _folder.Path;
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string> text = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(30_000))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{shell} does not end");
        }
        Assert.True(error.Result.Length == 0, error.Result);
        return text.Result;
    }
}
