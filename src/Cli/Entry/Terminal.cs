using Spectre.Console;

namespace SiDT.Cli.Entry;

/// <summary>Where results and talk go, and what may be done there.</summary>
public sealed class Terminal
{
    private const int PlainWidth = 120;

    private Terminal(TextWriter results, TextWriter talk, bool resultsAreColoured, bool talkIsColoured, int width, bool isLive)
    {
        Out = results;
        Error = talk;
        IsLive = isLive;
        Results = Make(results, resultsAreColoured, width);
        Talk = Make(talk, talkIsColoured, width);
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
        return new Terminal(Console.Out, Console.Error, IsColoured(seen), IsColoured(talk), width, talk);
    }

    /// <summary>Plain text into two writers.</summary>
    public static Terminal Plain(TextWriter results, TextWriter talk) => new(results, talk, false, false, PlainWidth, isLive: false);

    /// <summary>Text with colours into two writers, as on a terminal of a width.</summary>
    public static Terminal Coloured(TextWriter results, TextWriter talk, int width) => new(results, talk, true, true, width, isLive: false);

    private static bool IsColoured(bool seen) => seen && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    private static IAnsiConsole Make(TextWriter writer, bool coloured, int width)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = coloured ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = coloured ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = width;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}
