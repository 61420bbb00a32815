using SiDT.Backend.Compilation;
using SiDT.Frontend;
using SiDT.Frontend.Functions;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation;
using SiDT.Passes.Exact;
using SiDT.Passes.Importance;
using SiDT.Passes.Normalization;
using SiDT.Passes.Planning;
using SiDT.Passes.Proof;
using SiDT.Passes.Rewriting;
using SiDT.Passes.Shapes;
using SiDT.Runtime;

namespace SiDT.Tests.Compensation.Zoo;

/// <summary>Halves one kind of dimension of a graph, plainly and with compensation, and compares what is lost.</summary>
internal sealed class CompensatedKind
{
    /// <summary>The kinds that are treated here.</summary>
    public static readonly string[] Kinds = ["mlp", "heads", "qk", "v", "conv", "other"];

    private const int Batches = 16, BatchSize = 8;

    private static readonly SessionSettings s_session = new(Threads: 1, Optimize: false);

    private readonly string _name;
    private readonly Func<Model> _make;
    private readonly IReadOnlyList<IReadOnlyDictionary<string, Tensor>> _samples;
    private readonly OutputError _error;

    public CompensatedKind(string name, Func<Model> make)
    {
        _name = name;
        _make = make;
        Model original = make();
        using Session session = Session.Open(original, s_session);
        _samples = [.. Enumerable.Range(0, Batches).Select(b => SyntheticInputs.For(session, 1000 + b, BatchSize))];
        _error = new OutputError(original, [.. Enumerable.Range(0, Batches).Select(b => SyntheticInputs.For(session, 2000 + b, BatchSize))], s_session);
    }

    /// <summary>Null where nothing of the kind can go.</summary>
    public CompensatedOutcome? Halve(string kind)
    {
        (Model original, Model work, GraphAnalysis analysis) = Prepare();
        if (!analysis.Dimensions.Any(d => !d.IsFrozen && d.Kind.Word() == kind))
            return null;
        var request = new PlanRequest { Keep = [new KeepRule(kind, 0.5)], Align = 1 };
        UnitScores activation = new ActivationCriterion(_samples, s_session).Score(analysis);
        UnitSelection small, carrying;
        try
        {
            small = new Planner().Run(analysis, new MagnitudeCriterion().Score(analysis), request).Selection;
            carrying = new Planner().Run(analysis, activation, request).Selection;
        }
        catch (BudgetError)
        {
            return null;
        }
        if (carrying.Removed.Count == 0)
            return null;
        double plain = _error.Of(Twin(original, analysis, small)), active = _error.Of(Twin(original, analysis, carrying));
        try
        {
            return Compensate(kind, (original, work, analysis), activation, carrying, plain, active);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            string where = string.Join(" < ", fault.StackTrace?.Split('\n').Where(l => l.Contains("SiDT", StringComparison.Ordinal)).Take(4).Select(l => l.Trim().Split('(')[0]) ?? []);
            return new CompensatedOutcome(_name, kind, plain, active, double.PositiveInfinity, "", $"{fault.GetType().Name}: {fault.Message.ReplaceLineEndings(" ")} {where}");
        }
    }

    /// <summary>The largest difference of an output when every basis that may change does, and nothing goes; null where none may.</summary>
    public (double Difference, int Rotated)? Rotate()
    {
        (_, Model work, GraphAnalysis analysis) = Prepare();
        using var compensator = new Compensator(analysis, new MagnitudeCriterion().Score(analysis), _samples, BatchSize, new CompensationOptions { Refit = false }, s_session);
        int rotated = compensator.ChangeBases();
        return rotated == 0 ? null : (_error.LargestOf(work), rotated);
    }

    private CompensatedOutcome Compensate(
        string kind, (Model Original, Model Work, GraphAnalysis Analysis) model, UnitScores scores, UnitSelection chosen, double plain, double active)
    {
        (Model original, Model work, GraphAnalysis analysis) = model;
        using var compensator = new Compensator(analysis, scores, _samples, BatchSize, new CompensationOptions(), s_session);
        CompensationResult result = compensator.Run(chosen.Removed.ToDictionary(r => r.Key, r => r.Key.Size - r.Value[0].Length));
        var removed = new Dictionary<Dimension, int[][]>(chosen.Removed);
        foreach ((Dimension dimension, int[][] gone) in result.Selection.Removed)
            removed[dimension] = gone;
        var selection = new UnitSelection(removed);
        Model twin = Twin(original, analysis, selection);
        IReadOnlyDictionary<string, Tensor> numbers = Compensating.Sliced(analysis, selection, result.Originals);
        Model cut = new GraphRewriter().Run(work, analysis, selection.Classes);
        Model uncompensated = Compensating.Uncompensated(cut, numbers);
        ExactSavings.After(cut);
        ExactSavings.After(uncompensated);
        ProofResult proof = new Prover(s_session).Compare(twin, uncompensated, 1);
        double error = _error.Of(cut);
        string treatments = string.Join("; ", result.Treatments.Values.GroupBy(t => t.Description).Select(g => $"{g.Count()} {g.Key}"));
        string? fault = !proof.Holds ? $"the uncompensated graph differs from its twin by {proof.Difference:g3}" : !double.IsFinite(error) ? "its outputs are not finite" : null;
        return new CompensatedOutcome(_name, kind, plain, active, error, treatments, fault);
    }

    private static Model Twin(Model original, GraphAnalysis analysis, UnitSelection selection) => new TwinBuilder().Build(original, PlanWriter.Describe(analysis, selection));

    private (Model Original, Model Work, GraphAnalysis Analysis) Prepare()
    {
        Model original = FunctionInliner.Inline(_make());
        var work = new GraphFacts(original.Clone());
        ShapeProbe.Run(original, work, s_session);
        new Normalizer().Run(work);
        ExactSavings.Before(work);
        return (original, work.Model, work.Analyse());
    }
}
