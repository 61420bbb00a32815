using System.CommandLine;
using SiDT.Backend.Compilation;
using SiDT.Cli.Commands;
using SiDT.Cli.Printing;
using Spectre.Console;

namespace SiDT.Cli.Entry;

/// <summary>The whole command line: words in, exit code out. Errors become one sentence.</summary>
public sealed class CommandLine(Terminal terminal)
{
    private static readonly Verb[] s_verbs =
    [
        new InspectVerb(),
        new PruneVerb(),
        new PlanVerb(),
        new ApplyVerb(),
        new VerifyVerb(),
        new DiffVerb(),
        new EvalVerb(),
        new BenchVerb(),
        new ShowVerb(),
        new AnalyzeVerb(),
        new MergeVerb(),
        new HookVerb(),
        new CompletionVerb(),
    ];

    /// <summary>Every command.</summary>
    internal static IReadOnlyList<Verb> Verbs => s_verbs;

    public int Run(string[] args, CancellationToken cancel = default)
    {
        bool verbose = args.Contains("--verbose");
        try
        {
            return Dispatch(args, cancel);
        }
        catch (OperationCanceledException)
        {
            terminal.Error.WriteLine("sidtc: interrupted; nothing was written");
            return ExitCodes.Interrupted;
        }
        catch (Exception error) when (Diagnostic.Of(error) is var diagnostic && diagnostic != Diagnostic.Fault)
        {
            terminal.Talk.Write("sidtc: ", new Style(Color.Red));
            terminal.Error.WriteLine(diagnostic.Say(diagnostic.SentenceOf(error)));
            return diagnostic.ExitCode;
        }
        catch (Exception fault)
        {
            terminal.Error.WriteLine($"sidtc: {Diagnostic.Fault.Say($"a fault of ours: {fault.GetType().Name}: {fault.Message}")}");
            terminal.Error.WriteLine($"Please report it with the command and the model; {(verbose ? "the trace follows." : "'--verbose' adds the trace.")}");
            if (verbose)
                terminal.Error.WriteLine(fault.StackTrace);
            return ExitCodes.Fault;
        }
    }

    private int Dispatch(string[] args, CancellationToken cancel)
    {
        if (args.Length == 0 || args[0] is "--help" or "-h" or "-?" or "help")
        {
            HelpText.WriteRoot(s_verbs, terminal.Out);
            return ExitCodes.Done;
        }
        if (args[0] == "--version")
        {
            terminal.Out.WriteLine($"sidtc {Stamp.Version}");
            return ExitCodes.Done;
        }
        Verb verb = s_verbs.FirstOrDefault(v => v.Name == args[0]) ?? throw new UsageError(Unknown(args[0]));
        string[] rest = args[1..];
        if (rest.Any(a => a is "--help" or "-h" or "-?"))
        {
            HelpText.Write(verb, terminal.Out);
            return ExitCodes.Done;
        }
        ParseResult words = verb.Parse(rest);
        return verb.Run(new Request(words, terminal, cancel));
    }

    private string Unknown(string word)
    {
        string verbs = string.Join(", ", s_verbs.Select(v => v.Name));
        return word.StartsWith('-') ? $"the first word must be a command ({verbs}), not '{word}'; 'sidtc --help' explains them" : $"there is no command '{word}'; the commands are {verbs}";
    }
}
