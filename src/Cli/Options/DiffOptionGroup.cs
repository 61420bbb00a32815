using System.CommandLine;
using SiDT.Backend.Diff;
using SiDT.Backend.Outputs;
using SiDT.Cli.Entry;
using SiDT.Passes.Planning;

namespace SiDT.Cli.Options;

/// <summary>How two models are compared, and what is printed.</summary>
internal sealed class DiffOptionGroup : OptionGroup
{
    public const string Plain = "text", Json = "json", Html = "html";

    private readonly Option<string?> _format;
    private readonly Option<string?> _output;
    private readonly Option<bool> _force;
    private readonly Option<string?> _ignore;
    private readonly Option<string?> _failOn;
    private readonly Option<string?> _plan;
    private readonly Option<string?> _data;
    private readonly Option<string?> _preprocess;

    public DiffOptionGroup()
        : base("Comparison")
    {
        _format = Text("--format", "text|json|html", "A text for people (default), sidt-diff/1 for programs, or a page for a browser.");
        _output = Text("--output", "FILE", "Where it goes (default: standard output; a page needs a file).", "-o");
        _force = Flag("--force", "Overwrite a file that sidtc did not write.");
        _ignore = Text("--ignore", "values,names,metadata", "What counts as no difference.");
        _failOn = Text("--fail-on", "WHAT>R,...", "Exit with 1 only where a condition holds: params, macs, bytes, file, nodes or latency (measured here) of B as a share of A.");
        _plan = Text("--plan", "FILE", "The plan that made B of A (default: the one beside B where it is B's).");
        _data = Text("--data", "DATA", "Pictures, of which the page shows what both models look at.");
        _preprocess = Text("--preprocess", "imagenet|half|none|FILE", "How pictures are prepared (default: as the model's metadata say).");
    }

    public string Format(ParseResult words, bool json) => Choice(words, _format, [Plain, Json, Html]) ?? (json ? Json : Plain);

    public string? Output(ParseResult words) => words.GetValue(_output);

    public bool Force(ParseResult words) => words.GetValue(_force);

    public DiffIgnore Ignore(ParseResult words)
    {
        DiffIgnore result = DiffIgnore.None;
        foreach (string word in Words(words.GetValue(_ignore)))
        {
            result |= word switch
            {
                "values" => DiffIgnore.Values,
                "names" => DiffIgnore.Names,
                "metadata" => DiffIgnore.Metadata,
                _ => throw new UsageError($"'--ignore {word}' is none of values, names, metadata"),
            };
        }
        return result;
    }

    /// <summary>The conditions; null where none are given.</summary>
    public IReadOnlyList<DiffThreshold>? FailOn(ParseResult words) => words.GetValue(_failOn) is not { } text
        ? null
        : [.. Words(text).Select(w => DiffThreshold.Read(w) ?? throw new UsageError($"'--fail-on {w}' is no condition such as macs>0.7; it can bound {string.Join(", ", DiffThreshold.Quantities)}"))];

    /// <summary>The plan that says which indices went; null where there is none.</summary>
    public Plan? Plan(ParseResult words, string second) =>
        words.GetValue(_plan) is { } path ? PlanSource.Read(path) : PlanSource.Beside(second);

    /// <summary>Pictures for a page; null where none are given.</summary>
    public string? Data(ParseResult words) => words.GetValue(_data);

    public string? Preprocess(ParseResult words) => words.GetValue(_preprocess);

    private static string[] Words(string? text) => text is null ? [] : [.. text.Split(',').Select(w => w.Trim())];
}
