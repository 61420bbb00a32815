using Spectre.Console;

namespace SiDT.Cli.Entry;

/// <summary>Where results and talk go, and what may be done there.</summary>
public sealed class Terminal
{
    private const int PlainWidth = 120;

    private Terminal(TextWriter results, TextWriter talk, bool resultsAreSeen, bool talkIsSeen, int width)
    {
        Out = results;
        Error = talk;
        IsLive = talkIsSeen;
        Results = Make(results, resultsAreSeen, width);
        Talk = Make(talk, talkIsSeen, width);
    }

    /// <summary>Standard output: results and nothing else.</summary>
    public TextWriter Out { get; }

    /// <summary>Standard error: progress and diagnostics.</summary>
    public TextWriter Error { get; }

    /// <summary>Tables and colours on <see cref="Out"/>.</summary>
    public IAnsiConsole Results { get; }

    /// <summary>Colours on <see cref="Error"/>.</summary>
    public IAnsiConsole Talk { get; }

    /// <summary>Whether lines of <see cref="Error"/> may be drawn over.</summary>
    public bool IsLive { get; }

    /// <summary>The terminal of this process.</summary>
    public static Terminal OfProcess()
    {
        bool dumb = Environment.GetEnvironmentVariable("TERM") == "dumb";
        bool seen = !Console.IsOutputRedirected && !dumb, talk = !Console.IsErrorRedirected && !dumb;
        int width = seen && Console.WindowWidth > 40 ? Console.WindowWidth : PlainWidth;
        return new Terminal(Console.Out, Console.Error, seen, talk, width);
    }

    /// <summary>Plain text into two writers.</summary>
    public static Terminal Plain(TextWriter results, TextWriter talk) => new(results, talk, false, false, PlainWidth);

    private static IAnsiConsole Make(TextWriter writer, bool seen, int width)
    {
        bool colours = seen && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = colours ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = colours ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = width;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}
