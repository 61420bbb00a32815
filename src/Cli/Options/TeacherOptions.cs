using System.CommandLine;

namespace SiDT.Cli.Options;

/// <summary>What a network of <c>hook</c> learns from.</summary>
internal sealed class TeacherOptions : OptionGroup
{
    private readonly Option<string?> _teacher;

    public TeacherOptions()
        : base("Learning")
    {
        _teacher = Text("--teacher", "MODEL", "The network of another model (the original) goes into the project too, to learn from.");
    }

    public string? Path(ParseResult words) => words.GetValue(_teacher);
}
