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

    public BenchOptions()
        : base("Measuring")
    {
        _batch = Text("--batch", "N", "Samples that run at once, where the model leaves that open (default: 1).");
        _seconds = Text("--seconds", "S", "Least time for each model (default: 2).");
    }

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
