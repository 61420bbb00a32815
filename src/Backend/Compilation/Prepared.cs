using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Exact;
using SiDT.Passes.Importance;
using SiDT.Passes.Planning;
using SiDT.Passes.Rewriting;

namespace SiDT.Backend.Compilation;

/// <summary>A model made ready for decisions.</summary>
/// <param name="Input">As it was read.</param>
/// <param name="Original">With its functions inlined; what proofs start from.</param>
/// <param name="Work">A normalised copy without what is free; what is cut.</param>
/// <param name="Analysis">Of <paramref name="Work"/>.</param>
/// <param name="Cost">Of the model before anything was saved.</param>
/// <param name="Saved">What was taken from <paramref name="Work"/> for free.</param>
public sealed record Prepared(Model Input, Model Original, Model Work, GraphAnalysis Analysis, Cost Cost, IReadOnlyList<Saving> Saved)
{
    /// <summary>Values whose shape was found by running; no declaration of the file's.</summary>
    public IReadOnlyList<string> Guessed { get; init; } = [];

    /// <summary>
    /// The same dimensions in a graph that still computes what no output reads: of tokens that are dropped at the end there is more to learn from
    /// than of the few that stay. Null where nothing is dropped, or its dimensions are others.
    /// </summary>
    public Prepared? Undemanded { get; init; }

    /// <summary>Whether what no output reads is still computed.</summary>
    public bool IsUndemanded { get; init; }

    /// <summary>The graph to fit numbers in.</summary>
    public Prepared ToFit => Undemanded ?? this;

    /// <summary>The same with a graph of its own, because a graph can be cut only once; only the walk over its labels is made again.</summary>
    public Prepared Fresh()
    {
        Model work = Work.Clone();
        return this with { Work = work, Analysis = new DimensionFinder().Run(work.Graph), Undemanded = Undemanded?.Fresh() };
    }

    /// <summary>Cuts <see cref="Work"/>, which is used up, and folds what is left.</summary>
    /// <param name="selection">In terms of any analysis of this model.</param>
    /// <param name="exact">Whether what is free is taken.</param>
    public Model Cut(UnitSelection selection, bool exact)
    {
        Model small = new GraphRewriter().Run(Work, Analysis, Own(selection).Classes);
        if (exact)
            ExactSavings.After(small);
        return small;
    }

    /// <summary>A selection in terms of this analysis.</summary>
    public UnitSelection Own(UnitSelection selection)
    {
        Dictionary<string, Dimension> known = ById();
        return new UnitSelection(selection.Removed.ToDictionary(r => known[r.Key.Id], r => r.Value));
    }

    /// <summary>Scores in terms of this analysis.</summary>
    public UnitScores Own(GraphAnalysis other, UnitScores scores)
    {
        Dictionary<string, Dimension> known = ById();
        return new UnitScores(other.Dimensions.ToDictionary(d => known[d.Id], scores.Of));
    }

    /// <summary>A decision in terms of this analysis.</summary>
    public PlanOutcome Own(PlanOutcome outcome)
    {
        Dictionary<string, Dimension> known = ById();
        return outcome with { Selection = Own(outcome.Selection), Reasons = outcome.Reasons.ToDictionary(r => known[r.Key.Id], r => r.Value) };
    }

    private Dictionary<string, Dimension> ById() => Analysis.Dimensions.ToDictionary(d => d.Id, StringComparer.Ordinal);

    /// <summary>How the user calls the model.</summary>
    public string Name => Input.Path ?? "the model";
}
