using System.CommandLine;

namespace SiDT.Cli.Options;

/// <summary>How data become inputs.</summary>
internal sealed class PreprocessOptions : OptionGroup
{
    private readonly Option<string?> _preprocess;

    public PreprocessOptions()
        : base("Data") =>
        _preprocess = Text("--preprocess", "imagenet|half|none|FILE", "How pictures are prepared (default: as the model's metadata say).");

    public string? Read(ParseResult words) => words.GetValue(_preprocess);
}
