using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation;
using SiDT.Passes.Importance;
using SiDT.Passes.Planning;
using SiDT.Runtime;

namespace SiDT.Backend.Compilation;

/// <summary>Has the numbers of what stays changed, so that less is lost.</summary>
internal static class Compensating
{
    private const int Rows = 24;

    /// <summary>Whether anything is changed to lose less.</summary>
    public static bool IsWanted(CompileOptions options) => options is { Compensation: not null, Calibration: not null };

    /// <summary>Scores with the measured damage of each dimension that a budget may be spent on.</summary>
    public static UnitScores Measure(Prepared model, UnitScores scores, CompileOptions options, Action<int, int> progress)
    {
        Prepared own = model.Fresh(); // measuring gives weights homes of their own
        using Compensator compensator = Open(own, own.Own(model.Analysis, scores), options);
        IReadOnlyDictionary<Dimension, double[]> damages = compensator.Damages(d => Planner.MaySpend(d, options.Request), progress);
        Dictionary<string, Dimension> known = model.Analysis.Dimensions.ToDictionary(d => d.Id, StringComparer.Ordinal);
        return scores.With(damages.ToDictionary(d => known[d.Key.Id], d => d.Value));
    }

    /// <summary>A decision with the units that compensation chose, and what it did.</summary>
    public static (UnitSelection Selection, CompensationResult Result) Run(Prepared model, PlanOutcome outcome, UnitScores scores, CompileOptions options, Action<int, int> progress)
    {
        using Compensator compensator = Open(model, scores, options);
        CompensationResult result = compensator.Run(outcome.Selection.Removed.ToDictionary(r => r.Key, r => r.Key.Size - r.Value[0].Length), progress);
        var removed = new Dictionary<Dimension, int[][]>(outcome.Selection.Removed);
        foreach ((Dimension dimension, int[][] gone) in result.Selection.Removed)
            removed[dimension] = gone;
        return (new UnitSelection(removed), result);
    }

    private static Compensator Open(Prepared model, UnitScores scores, CompileOptions options)
    {
        CalibrationSet set = CalibrationSet.Of(CalibrationData.Open(model.Original, options), options.Compensation!.Views, options.Seed);
        return new Compensator(model.Analysis, scores, set.Batches(Rows).Select(b => b.Feeds), Rows, options.Compensation!, options.Session);
    }

    /// <summary>The small model with the numbers that it has without compensation.</summary>
    /// <param name="small">With compensation.</param>
    /// <param name="originals">Numbers of the graph before it was cut, sliced as it was.</param>
    public static Model Uncompensated(Model small, IReadOnlyDictionary<string, Tensor> originals)
    {
        Model plain = small.Clone();
        foreach ((string name, Tensor tensor) in originals)
        {
            if (plain.Graph.Find(name) is { Initializer: not null } value)
                value.Initializer = tensor;
        }
        return plain;
    }

    /// <summary>Numbers as a cut leaves them; to be called before the graph is cut.</summary>
    public static IReadOnlyDictionary<string, Tensor> Sliced(GraphAnalysis analysis, UnitSelection selection, IReadOnlyDictionary<string, Tensor> originals)
    {
        var cut = new Cut(analysis, selection.Classes);
        return originals.ToDictionary(o => o.Key, o => Passes.Rewriting.GraphRewriter.Slice(o.Value, analysis.Of(analysis.Graph.Find(o.Key)!), cut));
    }

    /// <summary>What a plan says of dimensions that were treated.</summary>
    public static IReadOnlyList<PlanDimension> Describe(GraphAnalysis analysis, IReadOnlyList<PlanDimension> dimensions, CompensationResult result) =>
        [.. dimensions.Zip(analysis.Dimensions, (described, own) => !result.Treatments.TryGetValue(own, out AppliedTreatment? treatment) || described.Status != PlanDimension.Shrunk
            ? described
            : treatment.IsRotated
                ? described with { Basis = "rotated", Compensation = treatment.Description, Removed = new PlanRemoved([]), Slices = [] }
                : described with { Compensation = treatment.Description })];
}
