using SiDT.Backend.Timing;
using SiDT.Frontend;
using SiDT.Frontend.Functions;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation;
using SiDT.Passes.Exact;
using SiDT.Passes.Exact.Demands;
using SiDT.Passes.Importance;
using SiDT.Passes.Normalization;
using SiDT.Passes.Operators;
using SiDT.Passes.Planning;
using SiDT.Passes.Proof;
using SiDT.Passes.Rewriting;
using SiDT.Passes.Shapes;
using SiDT.Runtime;

namespace SiDT.Backend.Compilation;

/// <summary>From a model to a smaller one. The stages stand here in the order in which they run.</summary>
public sealed class Compiler(CompileOptions options, StageClock clock)
{
    /// <summary>What there is to cut, and what is held fast.</summary>
    public Inspection Inspect(Model input)
    {
        Prepared model = Prepare(input, exact: false);
        var nothing = new UnitSelection(new Dictionary<Dimension, int[][]>());
        return clock.Run("counting costs", () => new Inspection(
            input,
            PlanWriter.Describe(model.Analysis, nothing),
            model.Cost,
            [.. model.Analysis.Flow.Unknown.Select(OperatorTable.Key).Distinct().Order(StringComparer.Ordinal)]));
    }

    /// <summary>The decision alone.</summary>
    /// <exception cref="BudgetError">What was asked cannot be met.</exception>
    public PlanResult Plan(Model input)
    {
        Prepared model = Prepare(input, options.Exact);
        PlanOutcome outcome = Decide(model).Outcome;
        PlanResult result = Describe(model, outcome);
        return options.Exact ? result.With(FileBudget.Left(model, outcome.Selection)) : result;
    }

    /// <summary>Statistics of one part of the calibration data, for a decision made elsewhere.</summary>
    /// <param name="input">The model.</param>
    /// <param name="shard">Which part.</param>
    /// <param name="target">Where the file (sidt-stats/1) goes.</param>
    public GatherResult Gather(Model input, Shard shard, Stream target)
    {
        Prepared model = Prepare(input, options.Exact);
        return clock.Run("gathering", progress => Gathering.Run(model, options, shard, target, progress));
    }

    /// <summary>Decides, cuts and proves.</summary>
    /// <exception cref="BudgetError">What was asked cannot be met.</exception>
    /// <exception cref="ProofError">The result is not what the plan says.</exception>
    public CompileResult Prune(Model input)
    {
        Prepared model = Prepare(input, options.Exact);
        (PlanOutcome outcome, UnitScores scores) = Decide(model);
        return Finish(model, scores, outcome);
    }

    /// <summary>Has a decision executed, with what stays fitted to it where that is wanted.</summary>
    internal CompileResult Finish(Prepared model, UnitScores scores, PlanOutcome outcome)
    {
        Dictionary<string, double[][]> units = model.Analysis.Dimensions.ToDictionary(d => d.Id, scores.Of, StringComparer.Ordinal);
        if (!Compensating.IsWanted(options) || outcome.Selection.Removed.Count == 0)
            return Execute(model, outcome.Selection, Describe(model, outcome), options.Exact) with { UnitScores = units };
        Prepared fitted = model.ToFit;
        (UnitSelection selection, CompensationResult compensation) = clock.Run("compensating", progress => Compensating.Run(fitted, fitted.Own(outcome), fitted.Own(model.Analysis, scores), options, progress));
        return Execute(fitted, selection, Describe(model, outcome with { Selection = model.Own(selection) }), options.Exact, compensation) with { UnitScores = units };
    }

    /// <summary>Cuts by a plan that was made before, and proves.</summary>
    /// <param name="input">The model the plan was made for.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="planName">How the user calls the plan.</param>
    /// <exception cref="ModelError">The plan does not fit the model.</exception>
    /// <exception cref="ProofError">The result is not what the plan says.</exception>
    public CompileResult Apply(Model input, Plan plan, string planName)
    {
        Prepared model = Prepare(input, plan.Request.Exact); // the ids of a plan are those of the graph it was made for
        UnitSelection selection = clock.Run("reading the plan", () => new PlanReader(plan, planName).Select(model));
        ILookup<string, string?> reasons = plan.Dimensions.Where(d => d.Status == PlanDimension.Whole).ToLookup(d => d.Id, d => d.Reason);
        try
        {
            return Execute(model, selection, Describe(model, selection, plan.Request, d => reasons[d.Id].FirstOrDefault()), plan.Request.Exact);
        }
        catch (CutError error)
        {
            throw new ModelError($"'{planName}': the units it removes cannot go together ({error.Message}); make a plan with 'sidtc plan'");
        }
    }

    /// <summary>Proves again that a small model is what its plan says.</summary>
    /// <exception cref="ModelError">The plan does not fit the model.</exception>
    public ProofResult Verify(Model input, Model small, Plan plan, string planName)
    {
        if (plan.Dimensions.Any(d => d.Status == PlanDimension.Shrunk && d.Compensation != "none"))
            throw new ModelError($"'{planName}' says that what stays was fitted to calibration data, so the small model is not the masked original; see how far it is from it with 'sidtc eval'");
        Prepared model = Prepare(input, plan.Request.Exact); // the ids of a plan are those of the graph it was made for
        UnitSelection selection = clock.Run("reading the plan", () => new PlanReader(plan, planName).Select(model));
        IReadOnlyList<PlanDimension> dimensions = PlanWriter.Describe(model.Analysis, selection);
        return clock.Run("proving", () => Proving.Run(model, small, dimensions, options));
    }

    /// <summary>Measures what the operators of a model cost here, at all sizes that it may be cut to.</summary>
    public CostTable MeasureCosts(Model input)
    {
        Prepared model = Prepare(input, options.Exact);
        using Session original = Session.Open(model.Original, options.Session);
        return LatencyCosts.Measure(model, original, SyntheticInputs.For(original, options.Seed), clock, options.Exact).Table;
    }

    internal Prepared Prepare(Model input, bool exact)
    {
        Model original = clock.Run("inlining functions", () => FunctionInliner.Inline(input));
        try
        {
            return Prepare(input, original, exact);
        }
        catch (Exception fault) when (fault is not (ModelError or OperationCanceledException or DeviceError) && Proving.ReasonNotToLoad(original, options) is { } reason)
        {
            throw new ModelError($"'{input.Path ?? "the model"}' is no model that runs ({reason}); mend it first");
        }
    }

    private Prepared Prepare(Model input, Model original, bool exact)
    {
        var work = new GraphFacts(original.Clone()); // walked again only where a stage changed it
        IReadOnlyList<Value> guessed = clock.Run("finding shapes", () => ShapeProbe.Run(original, work, options.Session));
        clock.Run("normalising", () => new Normalizer().Run(work));
        Cost cost = clock.Run("counting costs", () => CostModel.Count(work)); // before saving: what is free counts as saved
        Model? normalised = exact && Compensating.IsWanted(options) ? work.Model.Clone() : null;
        IReadOnlyList<Saving> saved = exact ? clock.Run("taking what is free", () => ExactSavings.Before(work)) : [];
        GraphAnalysis analysis = clock.Run("analysing", work.Analyse); // after saving: the units are those of what is left
        var prepared = new Prepared(input, original, work.Model, analysis, cost, saved) { Guessed = [.. guessed.Select(v => v.Name)] };
        return normalised is not null && saved.Any(s => s.Pass == Demand.Title) ? prepared with { Undemanded = Undemanded(prepared, normalised) } : prepared;
    }

    // null unless it has the same dimensions: a decision is made in one graph and executed in the other
    private Prepared? Undemanded(Prepared model, Model normalised) => clock.Run("analysing", () =>
    {
        var work = new GraphFacts(normalised);
        IReadOnlyList<Saving> saved = ExactSavings.Before(work, demand: false);
        GraphAnalysis analysis = work.Analyse();
        bool isSame = analysis.Dimensions.Select(Key).ToHashSet().SetEquals(model.Analysis.Dimensions.Select(Key)) && analysis.Dimensions.Count == model.Analysis.Dimensions.Count;
        return isSame ? model with { Work = work.Model, Analysis = analysis, Saved = saved, IsUndemanded = true } : null;

        static (string, int, int, bool) Key(Dimension d) => (d.Id, d.Size, d.Groups, d.IsFrozen);
    });

    private (PlanOutcome Outcome, UnitScores Scores) Decide(Prepared model)
    {
        using LatencySearch? search = options.Request.Budget is { Quantity: BudgetQuantity.Latency } ? new LatencySearch(model, options, clock) : null;
        UnitScores scores = Score(model);
        return (Decide(model, scores, search), scores);
    }

    internal UnitScores Score(Prepared model)
    {
        UnitScores scores = clock.Run("scoring units", progress => Scoring.Run(model, options, progress));
        return Compensating.IsWanted(options) && Planner.Measured(model.Analysis, options.Request).Count > 0
            ? clock.Run("measuring damage", progress => Compensating.Measure(model, scores, options, progress))
            : scores;
    }

    internal PlanOutcome Decide(Prepared model, UnitScores scores, LatencySearch? search)
    {
        PlanRequest request = options.Request;
        PlanOutcome outcome = request.Budget is { Quantity: BudgetQuantity.Latency } && search is not null ? search.Run(scores, request)
            : clock.Run("planning", () => options.Exact && request.Budget is not null ? new FileBudget(model, scores, request).Run() : new Planner().Run(model.Analysis, scores, request));
        Demands.Check(model, request, outcome);
        return outcome;
    }

    internal CompileResult Execute(Prepared model, UnitSelection selection, PlanResult decision, bool exact, CompensationResult? compensation = null)
    {
        IReadOnlyDictionary<string, Tensor>? originals = compensation is null or { Narrowed: not null } ? null : Compensating.Sliced(model.Analysis, selection, compensation.Originals);
        IReadOnlyList<PlanDimension> removed = decision.Plan.Dimensions; // what a proof silences, whatever the basis
        if (compensation is not null)
            decision = decision with { Plan = decision.Plan with { Dimensions = Compensating.Describe(model.Analysis, removed, compensation) } };
        Model small = clock.Run("cutting", () => new GraphRewriter().Run(model.Work, model.Analysis, selection.Classes)); // changes Work: everything that reads the analysis comes before
        Model? plain = originals is null ? null : Compensating.Uncompensated(small, originals);
        if (compensation?.Narrowed is { } narrowed)
        {
            plain = small; // of a stream in another basis, the same widths cut by index
            small = clock.Run("cutting", () => new GraphRewriter().Run(narrowed.Model, narrowed.Analysis, selection.Classes));
        }
        IReadOnlyList<Saving> saved = exact ? [.. model.Saved, .. clock.Run("folding", () => ExactSavings.After(small, demand: model.IsUndemanded))] : []; // after cutting: weights become others
        if (exact && plain is not null)
            ExactSavings.After(plain, demand: model.IsUndemanded);
        decision = clock.Run("counting costs", () => decision.With(CostModel.Count(new GraphFacts(small)))); // before optimising: weights of its own operators are not ours to count
        decision.BeginText();
        if (options.Optimize)
            small = clock.Run("optimising for ONNX Runtime", () => OfflineOptimization.Run(small));
        ProofResult? proof = options.Proof == ProofDemand.None
            ? null
            : clock.Run("proving", () => Proving.Run(model, plain ?? small, removed, options)); // after everything that changes the graph
        if (proof is { Holds: false } && options.Proof == ProofDemand.Required)
            throw Proving.Failure(model.Name, proof);
        foreach (string name in model.Guessed)
        {
            if (small.Graph.Find(name) is { } value)
                value.Info = null; // a guess of ours is no declaration
        }
        Stamp.Put(small, Stamp.Hash(decision.Text), model.Input.Sha256 ?? "");
        return new CompileResult(small, decision, proof, saved);
    }

    internal PlanResult Describe(Prepared model, PlanOutcome outcome)
    {
        PlanResult result = Describe(model, outcome.Selection, Echo(), d => outcome.Reasons.GetValueOrDefault(d));
        return result with { Notes = [.. Demands.Notes(model, options.Request, outcome), .. Scoring.Notes(model, options)], Latency = outcome.Latency };
    }

    private PlanResult Describe(Prepared model, UnitSelection selection, PlanRequestEcho request, Func<Dimension, string?> whyWhole)
    {
        Cost before = model.Cost, after = new CostModel(model.Analysis).Of(selection);
        IEnumerable<PlanDimension> dimensions = PlanWriter.Describe(model.Analysis, selection)
            .Zip(model.Analysis.Dimensions, (described, own) => described.Status == PlanDimension.Whole && whyWhole(own) is { } reason ? described with { Reason = reason } : described);
        var plan = new Plan(
            new PlanModel(model.Input.Sha256 ?? "", Path.GetFileName(model.Input.Path) ?? ""),
            request,
            new PlanCost([before.Parameters, after.Parameters], [before.Macs, after.Macs], [before.Bytes, after.Bytes]),
            [.. dimensions]);
        return new PlanResult(plan, before, after);
    }

    private PlanRequestEcho Echo() => new(
        options.Request.Keep.GroupBy(k => k.Pattern).ToDictionary(g => g.Key, g => g.Last().Ratio),
        options.Request.Budget is { } budget ? new Dictionary<string, string> { [Word(budget.Quantity)] = budget.Text } : [],
        options.Criterion, Compensate: Compensating.IsWanted(options) && options.Compensation!.Refit, Rotate: Compensating.IsWanted(options) && options.Compensation!.Rotate, options.Exact, options.Request.Align ?? 0, options.Seed);

    private static string Word(BudgetQuantity quantity) => quantity == BudgetQuantity.Parameters ? "params" : quantity.ToString().ToLowerInvariant();
}
