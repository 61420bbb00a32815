using System.CommandLine;
using SiDT.Cli.Entry;

namespace SiDT.Cli.Options;

/// <summary>A word of a command that is no option: a file.</summary>
internal sealed class Operand
{
    private readonly Argument<string?>? _one;
    private readonly Argument<string[]>? _many;
    private readonly bool _optional;

    public Operand(string name, string meaning, bool many = false, bool optional = false)
    {
        Name = name;
        Meaning = meaning;
        _optional = optional;
        // Too few words are counted here, because the parser's own sentence does not name the word that is missing.
        if (many)
            _many = new Argument<string[]>(name) { Arity = ArgumentArity.ZeroOrMore };
        else
            _one = new Argument<string?>(name) { Arity = ArgumentArity.ZeroOrOne };
    }

    public string Name { get; }

    public string Meaning { get; }

    public string Usage => (_many, _optional) switch { (null, _) => Name, (_, true) => $"[{Name}...]", _ => $"{Name}..." };

    public Argument Argument => (Argument?)_one ?? _many!;

    public string Value(ParseResult words) => Values(words)[0];

    public string[] Values(ParseResult words)
    {
        if (_many is not null)
            return words.GetValue(_many) ?? [];
        return words.GetValue(_one!) is { } word ? [word] : [];
    }

    public void Check(ParseResult words, string verb)
    {
        if (!_optional && Values(words).Length == 0)
            throw new UsageError($"'{verb}' needs {Usage} ({Meaning}); 'sidtc {verb} --help' shows examples");
    }
}
