using System.CommandLine;
using SiDT.Cli.Commands;
using SiDT.Cli.Options;

namespace SiDT.Cli.Printing;

/// <summary>The text of <c>--help</c>.</summary>
internal static class HelpText
{
    private const int Width = 110;
    private const int Indent = 34;

    public static void WriteRoot(IReadOnlyList<Verb> verbs, TextWriter to)
    {
        to.WriteLine("sidtc: a compiler that makes ONNX models smaller");
        to.WriteLine();
        to.WriteLine("usage: sidtc COMMAND ...");
        to.WriteLine();
        foreach (Verb verb in verbs)
            to.WriteLine($"  {verb.Name,-10} {verb.Summary}");
        to.WriteLine();
        to.WriteLine("'sidtc COMMAND --help' explains a command, 'sidtc --version' prints the version.");
        to.WriteLine("Results go to standard output, everything else to standard error.");
        to.WriteLine("Exit codes: 0 done, 1 a threshold is missed (diff: different), 2 input or command line at fault, 3 proof failed,");
        to.WriteLine("            4 budget cannot be met, 5 a fault of ours, 130 interrupted.");
    }

    public static void Write(Verb verb, TextWriter to)
    {
        string output = verb.Groups.OfType<OutputOptions>().Any() ? " -o FILE" : "";
        to.WriteLine($"usage: sidtc {verb.Name} {string.Join(' ', verb.Operands.Select(o => o.Usage))}{output} [options]");
        to.WriteLine();
        Wrap(verb.Remarks, 0, to);
        to.WriteLine();
        foreach (Operand operand in verb.Operands)
            Entry(operand.Usage, operand.Meaning, to);
        foreach (OptionGroup group in verb.Groups)
        {
            to.WriteLine();
            to.WriteLine($"{group.Title}:");
            foreach (Option option in group.Options.Where(o => !o.Hidden))
                Entry(Names(option), option.Description ?? "", to);
        }
        to.WriteLine();
        to.WriteLine("Examples:");
        foreach ((string line, string meaning) in verb.Examples)
        {
            to.WriteLine($"  {line}");
            to.WriteLine($"      {meaning}");
        }
    }

    private static string Names(Option option)
    {
        string names = string.Join(", ", option.Aliases.Append(option.Name));
        return option.HelpName is null ? names : $"{names} {option.HelpName}";
    }

    private static void Entry(string names, string meaning, TextWriter to)
    {
        string start = $"  {names}";
        if (start.Length > Indent - 2)
        {
            to.WriteLine(start);
            start = "";
        }
        to.Write(start.PadRight(Indent));
        Wrap(meaning, Indent, to);
    }

    private static void Wrap(string text, int indent, TextWriter to)
    {
        int column = indent;
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (column + word.Length > Width)
            {
                to.WriteLine();
                to.Write(new string(' ', indent));
                column = indent;
            }
            string space = column > indent ? " " : "";
            to.Write(space + word);
            column += space.Length + word.Length;
        }
        to.WriteLine();
    }
}
