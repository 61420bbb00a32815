using System.CommandLine;
using SiDT.Backend.Outputs;
using SiDT.Cli.Entry;
using SiDT.Passes.Analysis;
using SiDT.Passes.Planning;
using SiDT.Runtime;

namespace SiDT.Cli.Options;

/// <summary>How much shall go, and where.</summary>
internal sealed class BudgetOptions : OptionGroup
{
    private readonly Option<string?> _params;
    private readonly Option<string?> _macs;
    private readonly Option<string?> _bytes;
    private readonly Option<string?> _latency;
    private readonly Option<string?> _table;
    private readonly Option<string[]> _keep;
    private readonly Option<string?> _floor;
    private readonly Option<string?> _align;
    private readonly Option<string[]> _only;
    private readonly Option<string[]> _exclude;

    public BudgetOptions()
        : base("What to cut")
    {
        _params = Text("--params", "R|N", "Parameters to keep: a share (0.6, 60%) or a number (3M).");
        _macs = Text("--macs", "R|N", "Multiply-accumulates to keep: a share or a number (1.2G).");
        _bytes = Text("--bytes", "R|N", "Bytes of weights to keep: a share or a size (12MB).");
        _latency = Text("--latency", "R|MS", "Latency to keep, measured in turns with the original: a share or a time (20ms).");
        _table = Text("--cost-table", "FILE", "Believe this table of costs ('bench --table') for --latency, and measure nothing here.");
        _keep = Texts("--keep", "KIND|GLOB=R", "Share of the units to keep of each dimension of a kind (mlp, heads, qk, v, embed, conv, other) or with a name like 'blocks.3.*'. May be repeated, or listed with commas; the last that fits counts.");
        _floor = Text("--floor", "R", "Share of a dimension that a budget leaves at least (default: 0.1).");
        _align = Text("--align", "N", "Prefer sizes that are multiples of N (default: for budgets 8 where a size is a multiple of 16; for --latency the steps of the measured times where there are some).");
        _only = Texts("--only", "KIND|GLOB", "Cut only dimensions of these kinds or names.");
        _exclude = Texts("--exclude", "KIND|GLOB", "Leave dimensions of these kinds or names whole.");
    }

    /// <summary>What is asked; null if nothing is.</summary>
    public PlanRequest? Read(ParseResult words) => ReadAll(words) is var request && request.Keep.Count == 0 && request.Budget is null ? null : request;

    /// <summary>What is asked, which may be nothing.</summary>
    public PlanRequest ReadAll(ParseResult words)
    {
        Budget[] budgets =
        [
            .. Of(words, _params, BudgetQuantity.Parameters),
            .. Of(words, _macs, BudgetQuantity.Macs),
            .. Of(words, _bytes, BudgetQuantity.Bytes),
            .. Of(words, _latency, BudgetQuantity.Latency),
        ];
        if (budgets.Length > 1)
            throw new UsageError("'--params', '--macs', '--bytes' and '--latency' cannot be met at once; give one of them");
        KeepRule[] keep = [.. Items(words, _keep).Select(r => Rule(r))];
        return new PlanRequest
        {
            Keep = keep,
            Budget = budgets.FirstOrDefault(),
            Floor = words.GetValue(_floor) is { } floor ? Amount.Share(_floor.Name, floor) : PlanRequest.UsualFloor,
            Align = Integer(words, _align, 1),
            Only = [.. Items(words, _only)],
            Exclude = [.. Items(words, _exclude)],
        };
    }

    /// <summary>The table of costs; null if none is given.</summary>
    /// <param name="words">What was typed.</param>
    /// <param name="sweeps">Whether a sweep asks for latency.</param>
    public CostTable? Costs(ParseResult words, bool sweeps = false)
    {
        if (words.GetValue(_table) is not { } path)
            return null;
        return words.GetValue(_latency) is null && !sweeps
            ? throw new UsageError("'--cost-table' says how latency is counted, so it has no meaning without --latency; add --latency 0.6")
            : CostTableSource.Read(path);
    }

    private static Budget[] Of(ParseResult words, Option<string?> option, BudgetQuantity quantity) =>
        words.GetValue(option) is { } text ? [Amount.Read(option.Name, text, quantity)] : [];

    private static IEnumerable<string> Items(ParseResult words, Option<string[]> option) =>
        (words.GetValue(option) ?? []).SelectMany(t => t.Split(',')).Select(t => t.Trim().Length > 0 ? t.Trim() : throw new UsageError($"'{option.Name}' holds an empty entry; remove the comma too many"));

    /// <summary>A rule as <c>--keep</c> spells it.</summary>
    /// <exception cref="UsageError">It is none.</exception>
    public static KeepRule Rule(string text, string option = "--keep")
    {
        int equals = text.LastIndexOf('=');
        if (equals <= 0 || equals == text.Length - 1)
            throw new UsageError($"'{option} {text}' is not of the form KIND=R or GLOB=R, such as mlp=0.5");
        string pattern = text[..equals];
        if (!pattern.AsSpan().ContainsAny('*', '?', '.') && !Enum.GetValues<DimensionKind>().Any(k => k.Word() == pattern))
            throw new UsageError($"'{option} {text}': '{pattern}' is no kind ({string.Join(", ", Enum.GetValues<DimensionKind>().Select(k => k.Word()))}) and no name with a dot or a '*'");
        return new KeepRule(pattern, Amount.Share($"{option} {pattern}", text[(equals + 1)..]));
    }
}
