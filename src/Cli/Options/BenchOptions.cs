using System.CommandLine;
using System.Globalization;
using SiDT.Cli.Entry;
using SiDT.Runtime;

namespace SiDT.Cli.Options;

/// <summary>How latency is measured.</summary>
internal sealed class BenchOptions : OptionGroup
{
    private readonly Option<string?> _batch;
    private readonly Option<string?> _seconds;
    private readonly Option<bool> _profile;
    private readonly Option<string?> _provider;
    private readonly Option<bool> _table;
    private readonly Option<string?> _output;
    private readonly Option<bool> _force;

    public BenchOptions()
        : base("Measuring")
    {
        _batch = Text("--batch", "N", "Samples that run at once, where the model leaves that open (default: 1).");
        _seconds = Text("--seconds", "S", "Least time for each model (default: 2).");
        _profile = Flag("--profile", "Show where the time goes: by operator, by block, and how near products come to this machine's rate.");
        _provider = Text("--provider", "cpu|cuda", "The execution provider of ONNX Runtime; the same as --device.");
        _table = Flag("--table", "Measure operators at many sizes, of MODEL or of usual ones, and write a table of costs (sidt-costs/1) for prune --cost-table.");
        _output = Text("--output", "FILE", "Where the table goes.", "-o");
        _force = Flag("--force", "Overwrite a file that sidtc did not write.");
    }

    /// <summary>Whether operators are measured, not models.</summary>
    /// <exception cref="UsageError">It is not said where a table goes, or there is none that could go there.</exception>
    public bool Table(ParseResult words)
    {
        bool table = words.GetValue(_table);
        if (table && words.GetValue(_output) is null)
            throw new UsageError("it is not said where the table goes; add -o table.json");
        if (!table && words.GetValue(_output) is not null)
            throw new UsageError("'--output' is where a table of costs goes; add --table, or leave it out");
        return table;
    }

    /// <summary>Where the table goes.</summary>
    public string Output(ParseResult words) => words.GetValue(_output)!;

    public bool Profile(ParseResult words) => words.GetValue(_profile);

    /// <summary>The settings with the provider that is asked for.</summary>
    /// <exception cref="UsageError">There is no such provider.</exception>
    public SessionSettings Session(ParseResult words, SessionSettings settings) =>
        Choice(words, _provider, ["cpu", "cuda"]) is { } provider ? settings with { Device = provider == "cuda" ? Device.Cuda : Device.Cpu } : settings;

    public bool Force(ParseResult words) => words.GetValue(_force);

    public int BatchSize(ParseResult words) => Integer(words, _batch, 1) ?? 1;

    public BenchSettings Read(ParseResult words)
    {
        if (words.GetValue(_seconds) is not { } text)
            return new BenchSettings();
        if (!double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) || seconds is <= 0 or > 3600)
            throw new UsageError($"'--seconds {text}' is not a number of seconds above 0 and at most 3600");
        return new BenchSettings(Seconds: seconds);
    }
}
