using System.CommandLine;

namespace SiDT.Cli.Options;

/// <summary>Which plan a model belongs to.</summary>
internal sealed class PlanOptions : OptionGroup
{
    private readonly Option<string?> _plan;

    public PlanOptions()
        : base("Plan") =>
        _plan = Text("--plan", "FILE", "The plan (default: the one beside OUT).");

    public string? Read(ParseResult words) => words.GetValue(_plan);
}
