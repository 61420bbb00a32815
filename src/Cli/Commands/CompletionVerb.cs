using SiDT.Cli.Entry;
using SiDT.Cli.Options;
using SiDT.Cli.Printing;

namespace SiDT.Cli.Commands;

/// <summary><c>sidtc completion SHELL</c>.</summary>
internal sealed class CompletionVerb : Verb
{
    private readonly Operand _shell = new("SHELL", "bash, zsh, fish or pwsh");

    public CompletionVerb()
        : base("completion", "print what makes a shell complete commands and options")
    {
        Add(_shell);
    }

    public override string Remarks =>
        "Prints a script for a shell. Files are completed as the shell always does; commands, options and the words that an option takes come from this program.";

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("sidtc completion bash", "for bash: source <(sidtc completion bash)"),
        ("sidtc completion zsh", "for zsh: sidtc completion zsh > ~/.zfunc/_sidtc"),
        ("sidtc completion fish", "for fish: sidtc completion fish > ~/.config/fish/completions/sidtc.fish"),
        ("sidtc completion pwsh", "for PowerShell: sidtc completion pwsh | Out-String | Invoke-Expression"),
    ];

    public override int Run(Request request)
    {
        string shell = _shell.Value(request.Words);
        request.Terminal.Out.Write(CompletionScript.For(shell, CommandLine.Verbs) ?? throw new UsageError($"there is no completion for '{shell}'; there is for {string.Join(", ", CompletionScript.Shells)}"));
        return ExitCodes.Done;
    }
}
