using System.CommandLine;
using System.Globalization;
using SiDT.Backend.Compilation;
using SiDT.Cli.Entry;

namespace SiDT.Cli.Options;

/// <summary>What statistics are gathered from.</summary>
internal sealed class GatherOptions : OptionGroup
{
    private const int MostSynthetic = 256;

    private readonly Option<string?> _calib;
    private readonly Option<string?> _samples;
    private readonly Option<string?> _views;
    private readonly Option<string?> _shard;

    public GatherOptions()
        : base("What is looked at")
    {
        _calib = Text("--calib", "DATA", "A folder of pictures, .npy, .npz, idx or CIFAR files (default: 256 synthetic pictures).");
        _samples = Text("--samples", "N", "N samples of it at most, spread evenly, before it is divided (default: all).");
        _views = Text("--views", "N", "N views of each picture: itself, and crops with other light (default: 1).");
        _shard = Text("--shard", "I/N", "Part I of N parts of it, counted from 1 (default: 1/1).");
    }

    public CompileOptions Read(ParseResult words, string? preprocess)
    {
        string? calib = words.GetValue(_calib);
        int? samples = Integer(words, _samples, 1);
        return new CompileOptions
        {
            Criterion = Scoring.Activation,
            Calibration = calib is null ? null : new Calibration(calib, preprocess, samples ?? int.MaxValue),
            SyntheticSamples = samples ?? MostSynthetic,
            Preprocess = preprocess,
            Views = Integer(words, _views, 1) ?? 1,
        };
    }

    public Shard Shard(ParseResult words)
    {
        if (words.GetValue(_shard) is not { } text)
            return Backend.Compilation.Shard.All;
        string[] parts = text.Split('/');
        if (parts.Length == 2 && Number(parts[0]) is { } index && Number(parts[1]) is { } count && index >= 1 && index <= count)
            return new Shard(index, count);
        throw new UsageError($"'--shard {text}' is not I/N with I from 1 to N, like 3/8");
    }

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
