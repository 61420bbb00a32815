using System.CommandLine;
using SiDT.Cli.Entry;

namespace SiDT.Cli.Options;

/// <summary>What models are scored on, and how.</summary>
internal sealed class EvalOptions : OptionGroup
{
    private readonly Option<string?> _data;
    private readonly Option<string?> _preprocess;
    private readonly Option<string?> _samples;
    private readonly Option<string?> _batch;
    private readonly Option<string?> _output;
    private readonly Option<string?> _least;
    private readonly Option<string?> _save;

    public EvalOptions()
        : base("Data")
    {
        _data = Text("--data", "DATA", "A folder of pictures (with class folders or labels.csv), .npy, .npz, idx or CIFAR files.");
        _preprocess = Text("--preprocess", "imagenet|half|none|FILE", "How pictures are prepared (default: as the first model's metadata say).");
        _samples = Text("--samples", "N", "Use N samples, spread evenly (default: all).");
        _batch = Text("--batch", "N", "Samples that run at once (default: 32).");
        _output = Text("--logits", "NAME", "The output that holds a number for each class (default: 'logits', else the first of that shape).");
        _least = Text("--min-top1", "R", "Exit with 1 if a model has less than this share right.");
        _save = Text("--save-outputs", "FILE.npz", "Write what the first model answers to every sample, an array for each output.");
    }

    public string Required(ParseResult words) => words.GetValue(_data) ?? throw new UsageError("it is not said what the models are scored on; add --data DATA");

    public string? Preprocess(ParseResult words) => words.GetValue(_preprocess);

    public string? Output(ParseResult words) => words.GetValue(_output);

    public string? SaveOutputs(ParseResult words) => words.GetValue(_save);

    public int? Samples(ParseResult words) => Integer(words, _samples, 1);

    public int BatchSize(ParseResult words) => Integer(words, _batch, 1) ?? 32;

    public double? LeastTop1(ParseResult words) => words.GetValue(_least) is { } text ? Amount.Share(_least.Name, text) : null;
}
