using System.CommandLine;
using System.CommandLine.Parsing;
using SiDT.Cli.Entry;
using SiDT.Cli.Options;

namespace SiDT.Cli.Commands;

/// <summary>A command of sidtc: its words, its help, and what it does.</summary>
internal abstract class Verb
{
    private readonly Command _command;

    protected Verb(string name, string summary)
    {
        Name = name;
        Summary = summary;
        _command = new Command(name, summary);
    }

    public string Name { get; }

    /// <summary>One line for the list of commands.</summary>
    public string Summary { get; }

    /// <summary>A paragraph for the command's own help.</summary>
    public abstract string Remarks { get; }

    /// <summary>Commands to copy, with what they do.</summary>
    public abstract IReadOnlyList<(string Line, string Meaning)> Examples { get; }

    public IReadOnlyList<OptionGroup> Groups { get; private set; } = [];

    public IReadOnlyList<Operand> Operands { get; private set; } = [];

    /// <summary>Runs it; the result is the exit code.</summary>
    public abstract int Run(Request request);

    /// <summary>Takes the words apart.</summary>
    /// <exception cref="UsageError">They make no sense.</exception>
    public ParseResult Parse(string[] words)
    {
        ParseResult result = _command.Parse(words, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        // The parser takes a word that begins like an option for a file where one may stand.
        if (Operands.SelectMany(o => o.Values(result)).Concat(result.UnmatchedTokens).OrderBy(w => !w.StartsWith('-')).FirstOrDefault(w => w.StartsWith('-') || result.UnmatchedTokens.Contains(w)) is { } unknown)
            throw new UsageError(unknown.StartsWith('-') ? $"'{Name}' does not know '{unknown}'{Nearest(unknown)}; 'sidtc {Name} --help' lists its options" : $"'{Name}' cannot place '{unknown}'; 'sidtc {Name} --help' says what it reads");
        foreach (ParseError error in result.Errors)
        {
            if (error.SymbolResult is OptionResult { Tokens.Count: 0 } empty)
                throw new UsageError($"'{empty.Option.Name}' needs a value: {empty.Option.Name} {empty.Option.HelpName}");
            if (error.SymbolResult is OptionResult twice)
                throw new UsageError($"'{twice.Option.Name}' is given {twice.Tokens.Count} times; give it once");
            throw new UsageError($"{error.Message.TrimEnd('.')}; 'sidtc {Name} --help' says what it reads");
        }
        foreach (Operand operand in Operands)
            operand.Check(result, Name);
        return result;
    }

    protected void Add(params OptionGroup[] groups)
    {
        Groups = groups;
        foreach (OptionGroup group in groups)
        {
            foreach (Option option in group.Options)
                _command.Options.Add(option);
        }
    }

    protected void Add(params Operand[] operands)
    {
        Operands = operands;
        foreach (Operand operand in operands)
            _command.Arguments.Add(operand.Argument);
    }

    private string Nearest(string word)
    {
        string name = word.Split('=')[0];
        string? near = Groups.SelectMany(g => g.Options).Select(o => o.Name).FirstOrDefault(o => o.StartsWith(name, StringComparison.Ordinal) || name.StartsWith(o, StringComparison.Ordinal) || Distance(o, name) <= 2);
        return near is null ? "" : $" (did you mean '{near}'?)";
    }

    /// <summary>Letters to change, add or drop to get from one word to the other.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }
        return row[^1];
    }
}
