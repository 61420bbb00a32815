using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation;
using SiDT.Passes.Compensation.ResidualStream;
using SiDT.Passes.Importance;
using SiDT.Passes.Planning;
using SiDT.Runtime;

namespace SiDT.Backend.Compilation;

/// <summary>Has the numbers of what stays changed, so that less is lost.</summary>
internal static class Compensating
{
    // of a batch: what one needs then still lies in the caches, and every session takes its memory anew
    private const int Rows = 8;

    // damage ranks dimensions as well on few samples, seen once
    private const int MeasuredSamples = 64;

    /// <summary>Whether anything is changed to lose less.</summary>
    public static bool IsWanted(CompileOptions options) => options is { Compensation: not null, Calibration: not null };

    /// <summary>Scores with the measured damage of each dimension of which planning asks it.</summary>
    public static UnitScores Measure(Prepared model, UnitScores scores, CompileOptions options, Action<int, int> progress)
    {
        Prepared own = model.ToFit.Fresh(); // measuring gives weights homes of their own
        var samples = CalibrationSet.Of(CalibrationData.Open(own.Original, options).Take(MeasuredSamples).Spread(), 1, options.Seed);
        using var compensator = new Compensator(
            own.Analysis, own.Own(model.Analysis, scores), Feeds(samples, Rows), samples.FixedRows ?? Rows, options.Compensation!, options.Session);
        IReadOnlyDictionary<Dimension, double[]> damages = compensator.Damages(Planner.Measured(own.Analysis, options.Request).Contains, progress);
        Dictionary<string, Dimension> known = model.Analysis.Dimensions.ToDictionary(d => d.Id, StringComparer.Ordinal);
        return scores.With(damages.ToDictionary(d => known[d.Key.Id], d => d.Value));
    }

    /// <summary>A decision with the units that compensation chose, and what it did.</summary>
    public static (UnitSelection Selection, CompensationResult Result) Run(Prepared model, PlanOutcome outcome, UnitScores scores, CompileOptions options, Action<int, int> progress)
    {
        Dictionary<Dimension, int> kept = outcome.Selection.Removed.ToDictionary(r => r.Key, r => r.Key.Size - r.Value[0].Length);
        CalibrationSet samples = Samples(model, options);
        int rows = samples.FixedRows ?? Rows;
        NarrowedStreams? narrowed = new StreamNarrowing(options.Compensation!, options.Session).Run(model.Work, model.Analysis, kept, Feeds(samples, Rows), rows, progress);
        GraphAnalysis analysis = narrowed?.Analysis ?? model.Analysis;
        Dictionary<Dimension, Dimension> own = model.Analysis.Dimensions.Zip(analysis.Dimensions).ToDictionary(d => d.First, d => d.Second), given = own.ToDictionary(d => d.Value, d => d.Key);
        var result = new CompensationResult(new UnitSelection(new Dictionary<Dimension, int[][]>()), new Dictionary<Dimension, AppliedTreatment>(), new Dictionary<string, Tensor>());
        if (kept.Keys.Any(d => d.Kind != DimensionKind.Embed))
        {
            var moved = new UnitScores(own.ToDictionary(d => d.Value, d => scores.Of(d.Key)));
            using var compensator = new Compensator(analysis, moved, Feeds(samples, Rows), rows, options.Compensation!, options.Session, narrowed?.Uncut);
            result = compensator.Run(kept.Where(k => k.Key.Kind != DimensionKind.Embed).ToDictionary(k => own[k.Key], k => k.Value), progress, narrowed?.Silent);
        }
        narrowed?.Settle();
        var removed = new Dictionary<Dimension, int[][]>(outcome.Selection.Removed);
        foreach ((Dimension dimension, int[][] gone) in result.Selection.Removed)
            removed[given[dimension]] = gone;
        Dictionary<Dimension, AppliedTreatment> treatments = result.Treatments.ToDictionary(t => given[t.Key], t => t.Value);
        foreach ((int index, AppliedTreatment treatment) in narrowed?.Treatments ?? new Dictionary<int, AppliedTreatment>())
        {
            Dimension dimension = model.Analysis.Dimensions[index];
            treatments[dimension] = treatment;
            removed[dimension] = [narrowed!.Removed[index]];
        }
        return (new UnitSelection(removed), result with { Treatments = treatments, Narrowed = narrowed });
    }

    private static CalibrationSet Samples(Prepared model, CompileOptions options)
    {
        DataSet data = CalibrationData.Open(model.Original, options).Spread();
        return CalibrationSet.Of(data, options.Compensation!.ViewsOf(data.Count), options.Seed);
    }

    private static IEnumerable<IReadOnlyDictionary<string, Tensor>> Feeds(CalibrationSet samples, int rows) => samples.Batches(rows).Select(b => b.Feeds);

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
