using System.CommandLine;
using SiDT.Backend.Compilation;
using SiDT.Cli.Entry;
using SiDT.Passes.Compensation;

namespace SiDT.Cli.Options;

/// <summary>How it is found out what matters.</summary>
internal sealed class CriterionOptions : OptionGroup
{
    private static readonly string[] s_efforts = ["0", "1", "2"];

    private readonly Option<string?> _criterion;
    private readonly Option<string?> _calib;
    private readonly Option<string?> _stats;
    private readonly Option<string?> _samples;
    private readonly Option<bool> _noCompensate;
    private readonly Option<bool> _noRotate;
    private readonly Option<string?> _effort;
    private readonly Option<string?> _views;
    private readonly Option<string?> _correction;

    public CriterionOptions()
        : base("What matters")
    {
        _criterion = Text("--criterion", string.Join('|', Scoring.Criteria), "How units are scored (default: activation with --calib, else magnitude).");
        _calib = Text("--calib", "DATA", "Data that the criterion looks at: a folder of pictures, .npy, .npz, idx or CIFAR files (where it needs some and none are given: synthetic pictures).");
        _stats = Text("--stats", "FILE", "Statistics that 'sidtc analyze' made, in place of data.");
        _samples = Text("--samples", "N", "Look at N samples of it at most (default: 1024).");
        _noCompensate = Flag("--no-compensate", "Do not fit what stays to what is left (only with --calib anything is fitted).");
        _noRotate = Flag("--no-rotate", "Do not let another basis take the place of the given one (query, key, value).");
        _effort = Text("--effort", "0|1|2", "0: closed forms only; 1: feed-forward nets are refined by steps (default); 2: by more steps, on more views.");
        _views = Text("--views", "N", "Views of each calibration picture: itself, and crops of it, mirrored, in other light, mixed (default: enough for 512 views in all).");
        _correction = Text("--correction", "G", "How much of the error that has piled up a fit tries to make good, 0 to 1 (default: 0.5).");
    }

    public CompileOptions Read(ParseResult words, string? preprocess)
    {
        string? calib = words.GetValue(_calib);
        string? stats = words.GetValue(_stats);
        string criterion = Choice(words, _criterion, Scoring.Criteria) ?? Scoring.Default(calib is not null || stats is not null);
        if (stats is not null && calib is not null)
            throw new UsageError("'--stats' stands in for '--calib'; give one of them");
        if (stats is not null && !Scoring.NeedsData(criterion))
            throw new UsageError($"'--criterion {criterion}' looks at no data, so '--stats' has no meaning with it; leave one of them out");
        int samples = Integer(words, _samples, 1) ?? 1024;
        return new CompileOptions
        {
            Criterion = criterion,
            Calibration = calib is null ? null : new Calibration(calib, preprocess, samples),
            SyntheticSamples = samples,
            Preprocess = preprocess,
            Statistics = stats,
            Compensation = Compensation(words),
        };
    }

    private CompensationOptions? Compensation(ParseResult words)
    {
        bool fit = !words.GetValue(_noCompensate), rotate = !words.GetValue(_noRotate);
        CompensationOptions usual = CompensationOptions.Of(Choice(words, _effort, s_efforts) is { } effort ? effort[0] - '0' : 1);
        return fit || rotate
            ? usual with
            {
                Refit = fit,
                Steps = fit && usual.Steps,
                LastLayer = fit,
                Rotate = rotate,
                Views = Integer(words, _views, 1) ?? usual.Views,
                Correction = Share(words) ?? usual.Correction,
            }
            : null;
    }

    private double? Share(ParseResult words)
    {
        if (words.GetValue(_correction) is not { } text)
            return null;
        return double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out double share) && share is >= 0 and <= 1
            ? share
            : throw new UsageError($"'--correction {text}' is no number from 0 to 1");
    }
}
