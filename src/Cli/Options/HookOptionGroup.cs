using System.CommandLine;

namespace SiDT.Cli.Options;

/// <summary>A project for fine-tuning beside the smaller model.</summary>
internal sealed class HookOptionGroup : OptionGroup
{
    private readonly Option<string?> _folder;
    private readonly Option<bool> _teacher;

    public HookOptionGroup()
        : base("Fine-tuning")
    {
        _folder = Text("--hook", "DIR", "Also write a TorchSharp project that fine-tunes the smaller model.");
        _teacher = Flag("--teacher", "The original's network goes into the project too, to learn from.");
    }

    public string? Folder(ParseResult words) => words.GetValue(_folder);

    public bool Teacher(ParseResult words) => words.GetValue(_teacher);
}
