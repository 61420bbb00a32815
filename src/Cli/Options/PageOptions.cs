using System.CommandLine;
using SiDT.Backend.Outputs;

namespace SiDT.Cli.Options;

/// <summary>A page for a browser beside what a command prints.</summary>
internal sealed class PageOptions : OptionGroup
{
    private readonly Option<string?> _page;
    private readonly Option<bool>? _force;

    /// <param name="name">The option that names the file.</param>
    /// <param name="meaning">What the page shows.</param>
    /// <param name="force">Whether the command has no other <c>--force</c>.</param>
    public PageOptions(string name, string meaning, bool force)
        : base("Page")
    {
        _page = Text(name, "FILE", meaning);
        _force = force ? Flag("--force", "Overwrite a file that sidtc did not write.") : null;
    }

    /// <summary>Where the page goes; null where none is wanted.</summary>
    /// <param name="words">What was typed.</param>
    /// <param name="force">Whether files of others may be overwritten.</param>
    /// <param name="inputs">Files that are read and must stay.</param>
    /// <exception cref="SiDT.Frontend.Writing.OutputError">It cannot go there.</exception>
    public string? Read(ParseResult words, bool force, params string?[] inputs)
    {
        if (words.GetValue(_page) is not { } path)
            return null;
        OutputPlace.CheckText(path, force || (_force is not null && words.GetValue(_force)), inputs);
        return path;
    }
}
