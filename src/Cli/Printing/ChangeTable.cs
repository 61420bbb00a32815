using SiDT.Cli.Commands;
using SiDT.Passes.Analysis;
using SiDT.Passes.Exact;
using SiDT.Passes.Planning;
using SiDT.Passes.Proof;
using SiDT.Runtime;
using Spectre.Console;

namespace SiDT.Cli.Printing;

/// <summary>Before and after.</summary>
internal sealed class ChangeTable
{
    private readonly Table _table = PlainTable.Of("", "before", "after", "left");
    private readonly List<string> _notes = [];

    public ChangeTable Costs(PlanCost cost)
    {
        Row("parameters", cost.Parameters, n => Figures.Count(n));
        Row("multiply-accumulates", cost.Macs, n => Figures.Count(n));
        Row("bytes of weights", cost.Bytes, Figures.Bytes);
        return this;
    }

    public ChangeTable File(long before, long after)
    {
        Row("file", [before, after], Figures.Bytes);
        return this;
    }

    public ChangeTable Dimensions(IReadOnlyList<PlanDimension> dimensions)
    {
        foreach (string kind in Enum.GetValues<DimensionKind>().Select(k => k.Word()))
        {
            PlanDimension[] mine = [.. dimensions.Where(d => d.Kind == kind && d.Status != PlanDimension.Frozen)];
            if (mine.All(d => d.Status != PlanDimension.Shrunk))
                continue;
            _table.Row(kind, Sizes.Summary(mine, d => d.Size), Sizes.Summary(mine, d => d.Kept), Figures.Share(Units(mine, d => d.Kept), Units(mine, d => d.Size)));
        }
        return this;
    }

    /// <param name="scores">Before and after.</param>
    /// <param name="ground">What they were taken on.</param>
    public ChangeTable Scores(IReadOnlyList<ModelScore> scores, string ground)
    {
        ModelScore before = scores[0], after = scores[1];
        Row("top-1", before.Top1, after.Top1);
        Row("top-5", before.Top5, after.Top5);
        if (after.Agreement is { } agreement && ground != ComparisonGround.Random) // of noise an answer says nothing
            _table.Row("same answer", "", Figures.Percent(agreement), "");
        if (after.Top1 is null)
        {
            foreach ((string output, double error) in after.RelativeErrors)
                _table.Row($"relative error of {output}", "", $"{error:0.0000}", "");
        }
        _notes.Add($"Scored on {after.Count} {ground switch
        {
            ComparisonGround.Random => ground,
            ComparisonGround.Calibration => $"samples of {ground}, which what stays may have been fitted to",
            _ => "samples",
        }}.");
        return this;
    }

    public ChangeTable Latencies(IReadOnlyList<Latency> latencies)
    {
        Latency before = latencies[0], after = latencies[1];
        _table.Row("latency", Figures.Milliseconds(before.Median), Figures.Milliseconds(after.Median), Figures.Percent(after.Ratio.Value));
        _notes.Add($"Latency: median of {after.Runs} runs of each in turns, one sample; {100 * after.Ratio.Low:0.0} to {100 * after.Ratio.High:0.0} % is left with 95 % confidence.");
        return this;
    }

    public ChangeTable Met(PlannedLatency latency)
    {
        string asked = $"{Figures.Percent(latency.Asked)} of the latency was asked for";
        _notes.Add(latency.Measured is { } measured
            ? $"Latency: {asked}, {Figures.Percent(measured)} was measured in turns with the original, after {latency.Cuts} {(latency.Cuts == 1 ? "cut" : "cuts")}."
            : $"Latency: {asked}, {Figures.Percent(latency.Predicted)} is left by the table of costs; nothing was measured here.");
        return this;
    }

    public ChangeTable Saved(IReadOnlyList<Saving> saved)
    {
        _notes.AddRange(saved.Where(s => s.Parameters != 0 || s.Macs != 0).Select(s => Markup.Escape($"Free: {s.What.TrimEnd('.')} ({string.Join(", ", Gains(s))}).")));
        return this;
    }

    /// <summary>What was done to what stays.</summary>
    public ChangeTable Compensation(IReadOnlyList<PlanDimension> dimensions)
    {
        _notes.AddRange(CompensationText.Of(dimensions).Select(Markup.Escape));
        return this;
    }

    public ChangeTable Proof(ProofResult? proof)
    {
        string text = Markup.Escape(ProofText.Of(proof));
        _notes.Add(proof is { Holds: true } ? $"[green]{text}[/]" : $"[red]{text}[/]");
        return this;
    }

    public ChangeTable Note(string text)
    {
        _notes.Add(Markup.Escape(text));
        return this;
    }

    public void Write(IAnsiConsole console)
    {
        console.Write(_table);
        foreach (string note in _notes)
            console.MarkupLine(note);
    }

    private static IEnumerable<string> Gains(Saving saving)
    {
        if (saving.Macs != 0)
            yield return $"{(saving.Macs > 0 ? "-" : "+")}{Figures.Count(Math.Abs(saving.Macs))} multiply-accumulates";
        if (saving.Parameters != 0)
            yield return $"{(saving.Parameters > 0 ? "-" : "+")}{Figures.Count(Math.Abs(saving.Parameters))} parameters";
    }

    private static double Units(IEnumerable<PlanDimension> dimensions, Func<PlanDimension, int> size) => dimensions.Sum(d => (double)size(d) * d.Groups);

    private void Row(string name, long[] beforeAfter, Func<long, string> text) =>
        _table.Row(name, text(beforeAfter[0]), text(beforeAfter[1]), Figures.Share(beforeAfter[1], beforeAfter[0]));

    private void Row(string name, double? before, double? after)
    {
        if (before is { } a && after is { } b)
            _table.Row(name, Figures.Percent(a), Figures.Percent(b), $"{100 * (b - a):+0.0;-0.0;0.0} points");
    }
}
