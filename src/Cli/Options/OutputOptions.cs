using System.CommandLine;
using SiDT.Cli.Entry;

namespace SiDT.Cli.Options;

/// <summary>Where a result goes.</summary>
internal sealed class OutputOptions : OptionGroup
{
    private readonly Option<string?> _output;
    private readonly Option<bool> _force;

    public OutputOptions(string file, string meaning)
        : base("Output")
    {
        _output = Text("--output", file, meaning, "-o");
        _force = Flag("--force", "Overwrite a file that sidtc did not write.");
    }

    public bool Force(ParseResult words) => words.GetValue(_force);

    /// <summary>The path; null if none is given.</summary>
    public string? Path(ParseResult words) => words.GetValue(_output);

    /// <summary>The path, which must be given.</summary>
    public string Required(ParseResult words, string example) =>
        Path(words) ?? throw new UsageError($"it is not said where the result goes; add -o {example}");
}
