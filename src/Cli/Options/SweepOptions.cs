using System.CommandLine;
using SiDT.Backend.Sweeps;
using SiDT.Cli.Entry;
using SiDT.Passes.Planning;

namespace SiDT.Cli.Options;

/// <summary>Several models from one analysis.</summary>
internal sealed class SweepOptions : OptionGroup
{
    private const string Usual = "params";

    private static readonly Dictionary<string, BudgetQuantity> s_quantities = new(StringComparer.Ordinal)
    {
        [Usual] = BudgetQuantity.Parameters,
        ["macs"] = BudgetQuantity.Macs,
        ["bytes"] = BudgetQuantity.Bytes,
        ["latency"] = BudgetQuantity.Latency,
    };

    private readonly Option<string?> _sweep;

    public SweepOptions()
        : base("Sweep") =>
        _sweep = Text("--sweep", "[WHAT=]R,R,...", "Make a model for each R (small-0.9.onnx, ...), a table, and a curve (small.sweep.svg). WHAT is params (the default), macs, bytes, latency, or a KIND or GLOB as for --keep.");

    /// <summary>The points; null if no sweep is asked for.</summary>
    /// <param name="words">What was typed.</param>
    /// <param name="request">What else is asked, of every point.</param>
    /// <exception cref="UsageError">They make no sense.</exception>
    public IReadOnlyList<SweepPoint>? Read(ParseResult words, PlanRequest request)
    {
        if (words.GetValue(_sweep) is not { } text)
            return null;
        int equals = text.LastIndexOf('=');
        string what = equals < 0 ? Usual : text[..equals].Trim();
        string[] values = [.. text[(equals + 1)..].Split(',').Select(v => v.Trim())];
        if (values.Any(v => v.Length == 0))
            throw new UsageError($"'--sweep {text}' holds an empty entry; list shares such as 0.9,0.8,0.7");
        if (request.Budget is not null && s_quantities.ContainsKey(what))
            throw new UsageError("'--sweep' says how much is left of each model, so another budget has no meaning with it; leave one of them out");
        SweepPoint[] points = [.. values.Select(v => Point(what, v, request))];
        if (points.GroupBy(p => p.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new UsageError($"'--sweep {text}' names {twice.Key} twice; name each point once");
        return points;
    }

    /// <summary>What is swept, as a person says it.</summary>
    public string What(ParseResult words) => words.GetValue(_sweep) is { } text && text.LastIndexOf('=') is > 0 and int equals ? text[..equals].Trim() : Usual;

    private static SweepPoint Point(string what, string value, PlanRequest request)
    {
        if (s_quantities.TryGetValue(what, out BudgetQuantity quantity))
        {
            Budget budget = Amount.Read($"--sweep {what}", value, quantity);
            return new SweepPoint(budget.IsRatio ? FormattableString.Invariant($"{budget.Value:0.####}") : value, request with { Budget = budget });
        }
        KeepRule rule = BudgetOptions.Rule($"{what}={value}", "--sweep");
        return new SweepPoint(FormattableString.Invariant($"{rule.Ratio:0.####}"), request with { Keep = [.. request.Keep, rule] });
    }
}
