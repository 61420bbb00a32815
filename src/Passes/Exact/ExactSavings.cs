using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Exact.Dead;
using SiDT.Passes.Exact.Demands;
using SiDT.Passes.Exact.Folding;
using SiDT.Passes.Exact.Ranks;
using SiDT.Passes.Exact.Spelling;

namespace SiDT.Passes.Exact;

/// <summary>
/// What is free, taken before and after a cut. Before it only what keeps the weights of the file behind selections,
/// so that a plan can still name their positions; what makes new numbers comes after it.
/// </summary>
public sealed class ExactSavings
{
    private static readonly IExactPass[] s_before =
    [
        new PlainShapes(), // before demand: shapes that are not computed do not hold sizes fast
        new Stacks(), // before demand: queries can then be fewer than keys
        new Demand(),
    ];

    /// <summary>On a normalised model, before it is analysed for a cut; weights stay what they are.</summary>
    /// <param name="facts">Of the model, which is changed in place.</param>
    /// <param name="demand">Whether what no output reads is left out, too.</param>
    public static IReadOnlyList<Saving> Before(GraphFacts facts, bool demand = true) => Run(facts, s_before.Where(p => demand || p is not Demand));

    /// <summary>After the cut; weights may become others.</summary>
    /// <param name="model">Changed in place.</param>
    /// <param name="spell">Whether nodes may also be written in the words that ONNX Runtime runs fastest on processors.</param>
    /// <param name="demand">Whether what no output reads is left out now, because it was not before.</param>
    public static IReadOnlyList<Saving> After(Model model, bool spell = true, bool demand = false) =>
        Run(new GraphFacts(model), [.. demand ? s_before : [], .. spell ? [.. Numbers(new Norms()), .. s_words] : Numbers()]);

    /// <param name="between">What makes biases goes before what drops them.</param>
    private static IExactPass[] Numbers(params IExactPass[] between) =>
    [
        new Einsums(), // before all that look for matrix products
        new Stacks(), // before constants: its selections are folded there; a sum over indices may have hidden one
        new Constants(), // weights behind selections become weights again
        new Biases(), // before all that look for the bias of a product
        new Idlers(),
        new Scales(),
        new BatchNorms(),
        new DeadUnits(), // after constants: a zero slice is seen where a product reads it
        .. between,
        new KeyBiases(),
        new ValueBiases(),
        new LowRank(), // after biases: fewer things lie between the factors
        new LinearPairs(),
        new Constants(),
    ];

    private static readonly IExactPass[] s_words =
    [
        new Gemms(), // after everything that changes a bias
        new MovementChains(),
        new Constants(),
    ];

    internal static IReadOnlyList<Saving> Run(GraphFacts facts, IEnumerable<IExactPass> passes)
    {
        Model model = facts.Model;
        var savings = new List<Saving>();
        Workload now = Workload.Of(facts);
        foreach (IExactPass pass in passes)
        {
            if (pass.Run(facts) is not { } what)
                continue;
            model.Graph.Sweep();
            model.Graph.Sort();
            facts.Changed(pass.KeepsProducts);
            Workload then = now;
            now = pass.KeepsProducts ? now.With(model) : Workload.Of(facts);
            savings.Add(new Saving(pass.Name, what, then.Parameters - now.Parameters, then.Macs - now.Macs));
        }
        return savings;
    }
}
