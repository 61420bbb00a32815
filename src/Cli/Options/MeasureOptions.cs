using System.CommandLine;
using SiDT.Cli.Commands;
using SiDT.Passes.Planning;

namespace SiDT.Cli.Options;

/// <summary>What is measured of the model before and after.</summary>
internal sealed class MeasureOptions : OptionGroup
{
    private readonly Option<string?> _data;
    private readonly Option<string?> _preprocess;
    private readonly Option<bool> _bench;

    public MeasureOptions()
        : base("Comparison")
    {
        _data = Text("--data", "DATA", "Score both models on these data (accuracy, where they have labels).");
        _preprocess = Text("--preprocess", "imagenet|half|none|FILE", "How pictures are prepared (default: as the model's metadata say).");
        _bench = Flag("--bench", "Measure the latency of both models in turns.");
    }

    public string? Preprocess(ParseResult words) => words.GetValue(_preprocess);

    /// <summary>What the models of a sweep are compared on, and whether they are timed.</summary>
    public SweepMeasurement OpenSweep(ParseResult words, string original, CompileRun run) => new(original, words.GetValue(_data), Preprocess(words), words.GetValue(_bench), run);

    /// <summary>Opens what is needed to measure; null if nothing is asked.</summary>
    /// <param name="words">What was typed.</param>
    /// <param name="original">The model file.</param>
    /// <param name="run">Settings, and the clock.</param>
    /// <param name="shown">Whether a page shows how near the result is to the original.</param>
    public Measurement? Open(ParseResult words, string original, CompileRun run, bool shown = false)
    {
        bool timed = run.Options is { Request.Budget.Quantity: BudgetQuantity.Latency, Costs: null };
        string? data = words.GetValue(_data);
        bool bench = words.GetValue(_bench);
        return data is null && !bench && !timed && !shown ? null : new Measurement(original, data, Preprocess(words), shown, bench, timed, run);
    }
}
