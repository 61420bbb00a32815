using SiDT.Frontend;
using SiDT.Passes.Exact;
using SiDT.Passes.Planning;
using SiDT.Passes.Proof;

namespace SiDT.Backend.Compilation;

/// <summary>A decision about a model, before anything is cut.</summary>
/// <param name="Plan">The decision in the words of the input file.</param>
/// <param name="Before">Costs of the model as it is.</param>
/// <param name="After">Costs of what the plan leaves, without what is free then.</param>
public sealed record PlanResult(Plan Plan, Cost Before, Cost After)
{
    /// <summary>What the user should know of the request.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>How the latency was met, where it was asked for.</summary>
    public PlannedLatency? Latency { get; init; }

    /// <summary>The same decision, its costs counted in the graph that came of it.</summary>
    internal PlanResult With(Cost after) => this with
    {
        After = after,
        Plan = Plan with { Cost = new PlanCost([Before.Parameters, after.Parameters], [Before.Macs, after.Macs], [Before.Bytes, after.Bytes]) },
    };

    private (Plan Plan, Task<string> Text)? _text;

    /// <summary>The plan as it stands in a file.</summary>
    public string Text
    {
        get
        {
            if (!ReferenceEquals(_text?.Plan, Plan))
                BeginText();
            return _text!.Value.Text.GetAwaiter().GetResult();
        }
    }

    /// <summary>Starts to compute <see cref="Text"/> beside everything else.</summary>
    internal void BeginText()
    {
        Plan plan = Plan;
        _text = (plan, Task.Run(() => PlanFile.Write(plan)));
    }
}

/// <summary>A smaller model.</summary>
/// <param name="Small">The model, stamped.</param>
/// <param name="Decision">What went.</param>
/// <param name="Proof">Null where none was asked for.</param>
/// <param name="Saved">What was taken without a loss.</param>
public sealed record CompileResult(Model Small, PlanResult Decision, ProofResult? Proof, IReadOnlyList<Saving> Saved)
{
    /// <summary>How much each unit matters, by dimension and group; null where a plan was applied and nobody scored.</summary>
    public IReadOnlyDictionary<string, double[][]>? UnitScores { get; init; }
}

/// <summary>What there is to cut in a model.</summary>
public sealed record Inspection(Model Model, IReadOnlyList<PlanDimension> Dimensions, Cost Cost, IReadOnlyList<string> UnknownOperators);
