using System.Globalization;
using SiDT.Backend.Diff;
using SiDT.Backend.Reporting;
using SiDT.Frontend;
using SiDT.Passes.Planning;

namespace SiDT.Backend.Pages;

/// <summary>What a page shows of two models, or of one.</summary>
/// <param name="Kind"><c>diff</c>, <c>prune</c> or <c>inspect</c>.</param>
/// <param name="Diff">What is different.</param>
/// <param name="Graph">Both graphs.</param>
public sealed record ComparisonPage(string Kind, ModelDiff Diff, PageGraph Graph)
{
    /// <summary>What a run reported, as <c>--json</c> prints it.</summary>
    public Report? Report { get; init; }

    /// <summary>What was asked: the request of a plan.</summary>
    public PlanRequestEcho? Request { get; init; }

    /// <summary>Dimensions unit by unit.</summary>
    public IReadOnlyList<PageUnits>? Units { get; init; }

    /// <summary>A drawing of several models (SVG).</summary>
    public string? Curve { get; init; }

    /// <summary>What the models look at in pictures; null where none were given.</summary>
    public PageAttention? Attention { get; init; }

    /// <summary>Changes told once where blocks changed alike.</summary>
    public IReadOnlyList<FoldedBlock> Folded => Kind == "inspect" ? [] : BlockFolding.Of(Diff);

    /// <summary>Compares two models.</summary>
    public static ComparisonPage Of(Model a, Model b, ReportFile fileA, ReportFile fileB, DiffOptions options)
    {
        ComparedModels compared = new ModelComparer(options).Run(a, b, fileA, fileB);
        return new ComparisonPage("diff", compared.Diff, PageGraph.Of(compared));
    }

    /// <summary>The page of one model.</summary>
    public static ComparisonPage Of(Model model, Report report, IReadOnlyList<PlanDimension> dimensions) =>
        Of(model, model, report.Model!, report.Model!, new DiffOptions()) with { Kind = "inspect", Report = report, Units = PageUnits.Of(dimensions, null) };

    /// <summary>The page of a run that made a smaller model.</summary>
    /// <param name="a">The original.</param>
    /// <param name="b">What was made of it.</param>
    /// <param name="report">What the run reported.</param>
    /// <param name="plan">What it decided.</param>
    /// <param name="scores">How much each unit matters, by dimension and group; null where nobody scored.</param>
    public static ComparisonPage Of(Model a, Model b, Report report, Plan plan, IReadOnlyDictionary<string, double[][]>? scores) =>
        Of(a, b, report.Model!, report.Output!, new DiffOptions { Plan = plan }) with { Kind = "prune", Report = report, Request = plan.Request, Units = PageUnits.Of(plan.Dimensions, scores) };

    /// <summary>The page: one file that needs no other.</summary>
    public string ToHtml() => PageHtml.Of(this);
}

/// <summary>A dimension, unit by unit.</summary>
/// <param name="Removed">Which units went, by group.</param>
/// <param name="Scores">How much each unit matters, by group; null where nobody scored.</param>
public sealed record PageUnits(string Id, string Kind, string Block, int Size, int Groups, int Kept, string Status, string? Reason, string Basis, string Compensation, IReadOnlyList<int[]> Removed, double[][]? Scores)
{
    public static IReadOnlyList<PageUnits> Of(IReadOnlyList<PlanDimension> dimensions, IReadOnlyDictionary<string, double[][]>? scores) =>
        [.. BlockRow.Of(dimensions.Where(d => !Noise.Is(d)), merge: false).SelectMany(Placed).Select(p => Of(p.Dimension, p.Block, scores))];

    private static PageUnits Of(PlanDimension d, string block, IReadOnlyDictionary<string, double[][]>? scores) => new(
        d.Id, d.Kind, block, d.Size, d.Groups, d.Kept, d.Status, d.Reason, d.Basis, d.Compensation, d.Removed.ByGroup,
        d.Status == PlanDimension.Frozen ? null : Rounded(scores?.GetValueOrDefault(d.Id)));

    /// <summary>Dimensions with their blocks: where names place many blocks in one row, with equally many dimensions of each kind, they are told apart by number.</summary>
    private static IEnumerable<(string Block, PlanDimension Dimension)> Placed(BlockRow row)
    {
        string name = row.Name.Length == 0 ? "whole network" : row.Name;
        PlanDimension[][] kinds = [.. row.Dimensions.GroupBy(d => d.Kind).Select(g => g.ToArray())];
        int count = kinds[0].Length;
        return count > 1 && kinds.Length > 1 && kinds.All(k => k.Length == count)
            ? Enumerable.Range(0, count).SelectMany(i => kinds.Select(k => ($"{name}.{i}", k[i])))
            : row.Dimensions.Select(d => (name, d));
    }

    // a colour has no more digits
    private static double[][]? Rounded(double[][]? scores) =>
        scores is null ? null : [.. scores.Select(g => g.Select(s => double.IsFinite(s) ? double.Parse(s.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : 0).ToArray())];
}
