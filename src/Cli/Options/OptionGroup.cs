using System.CommandLine;
using System.Globalization;
using SiDT.Cli.Entry;

namespace SiDT.Cli.Options;

/// <summary>Options that belong together, in the help and in the code that reads them.</summary>
internal abstract class OptionGroup(string title)
{
    private readonly List<Option> _options = [];

    public string Title { get; } = title;

    public IReadOnlyList<Option> Options => _options;

    protected Option<string?> Text(string name, string value, string meaning, params string[] aliases) =>
        Add(new Option<string?>(name, aliases) { Description = meaning, HelpName = value, Arity = ArgumentArity.ExactlyOne });

    protected Option<string[]> Texts(string name, string value, string meaning) =>
        Add(new Option<string[]>(name) { Description = meaning, HelpName = value, Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false });

    protected Option<bool> Flag(string name, string meaning, bool hidden = false) =>
        Add(new Option<bool>(name) { Description = meaning, Arity = ArgumentArity.Zero, Hidden = hidden });

    /// <summary>An integer of at least <paramref name="least"/>.</summary>
    protected static int? Integer(ParseResult words, Option<string?> option, int least)
    {
        if (words.GetValue(option) is not { } text)
            return null;
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) || number < least)
            throw new UsageError($"'{option.Name} {text}' is not a whole number of at least {least}");
        return number;
    }

    /// <summary>One of some words.</summary>
    protected static string? Choice(ParseResult words, Option<string?> option, IReadOnlyList<string> choices)
    {
        if (words.GetValue(option) is not { } text)
            return null;
        return choices.Contains(text) ? text : throw new UsageError($"'{option.Name} {text}' is none of {string.Join(", ", choices)}");
    }

    private T Add<T>(T option)
        where T : Option
    {
        _options.Add(option);
        return option;
    }
}
