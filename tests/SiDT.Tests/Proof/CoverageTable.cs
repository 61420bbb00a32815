using System.Globalization;
using System.Text;

namespace SiDT.Tests.Proof;

/// <summary>Outcomes as a page of Markdown: totals, then one line for each graph, then the reasons behind the letters.</summary>
internal sealed class CoverageTable
{
    private readonly StringBuilder _text = new();
    private readonly List<string> _reasons = [];

    public CoverageTable()
    {
        _text.Append("""
            # Coverage

            Half of one kind of dimension is asked of every graph, `--criterion magnitude --align 1`; written by `eng/coverage`.
            A cell is the share of units that is kept after a proof that holds. A number in brackets stands for a reason below; `-` says that a graph has no dimension of the kind.
            `0.83 [2]`: some of it stays whole for reason 2. **Bold** is a fault.

            """.ReplaceLineEndings("\n"));
    }

    public CoverageTable Add(string title, IReadOnlyList<Outcome> outcomes)
    {
        Line("");
        Line($"## {title}");
        Line("");
        Line($"| | graphs | {string.Join(" | ", HalvedKind.Kinds)} |");
        Line($"| --- | --- |{string.Concat(HalvedKind.Kinds.Select(_ => " --- |"))}");
        Total("halved", r => r.IsHalved);
        Total("part of it stays", r => r.Verdict == Verdict.Shrunk && !r.IsHalved);
        Total("whole, with a reason", r => r.Verdict == Verdict.Whole && !IsMissing(r));
        Total("wrong or crashed", r => !r.IsSound);
        Line("");
        Line($"| graph | {string.Join(" | ", HalvedKind.Kinds)} |");
        Line($"| --- |{string.Concat(HalvedKind.Kinds.Select(_ => " --- |"))}");
        foreach (IGrouping<string, Outcome> graph in outcomes.GroupBy(r => r.Graph).OrderBy(g => g.Key, StringComparer.Ordinal))
            Line($"| {graph.Key} | {string.Join(" | ", graph.Select(Cell))} |");
        return this;

        void Total(string what, Func<Outcome, bool> counts)
        {
            string graphs = outcomes.Where(counts).Select(r => r.Graph).Distinct().Count().ToString(CultureInfo.InvariantCulture);
            Line($"| {what} | {graphs} | {string.Join(" | ", HalvedKind.Kinds.Select(k => outcomes.Count(r => r.Kind == k && counts(r))))} |");
        }
    }

    public override string ToString()
    {
        var end = new StringBuilder("\n## Reasons\n\n");
        for (int i = 0; i < _reasons.Count; i++)
            end.Append(CultureInfo.InvariantCulture, $"{i + 1}. {_reasons[i]}\n");
        return _text.ToString() + end;
    }

    private static bool IsMissing(Outcome outcome) => outcome.Why?.Contains("there is no such dimension", StringComparison.Ordinal) == true;

    private string Cell(Outcome outcome)
    {
        if (IsMissing(outcome))
            return "-";
        string why = outcome.Why is null ? "" : $" [{Number(General(outcome.Why))}]";
        return outcome.Verdict switch
        {
            Verdict.Shrunk => outcome.Kept.ToString("0.00", CultureInfo.InvariantCulture) + why,
            Verdict.Whole => "whole" + why,
            Verdict verdict => $"**{verdict.ToString().ToLowerInvariant()}**{why}",
        };
    }

    /// <summary>A reason without the names of one graph.</summary>
    private static string General(string why)
    {
        string[] parts = [.. why.Split("; ").Select(p => string.Concat(p.Split('\'').Select((s, i) => i % 2 == 0 ? s : "…")).Trim()).Distinct()];
        return string.Join("; ", parts).Replace("|", "\\|", StringComparison.Ordinal);
    }

    private int Number(string reason)
    {
        if (!_reasons.Contains(reason))
            _reasons.Add(reason);
        return _reasons.IndexOf(reason) + 1;
    }

    private void Line(string text) => _text.Append(text).Append('\n');
}
