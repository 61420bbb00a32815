using SiDT.Frontend;
using SiDT.Passes.Exact.Dead;
using SiDT.Passes.Exact.Demands;

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
        new Demand(),
    ];

    /// <summary>On a normalised model, before it is analysed for a cut; weights stay what they are.</summary>
    public static IReadOnlyList<Saving> Before(Model model) => Run(model, s_before);

    private static readonly IExactPass[] s_after =
    [
        new Stacks(),
        new Constants(), // weights behind selections become weights again
        new DeadUnits(), // after constants: a zero slice is seen where a product reads it
        new Constants(),
    ];

    /// <summary>After the cut; weights may become others.</summary>
    public static IReadOnlyList<Saving> After(Model model) => Run(model, s_after);

    internal static IReadOnlyList<Saving> Run(Model model, IEnumerable<IExactPass> passes)
    {
        var savings = new List<Saving>();
        Workload now = Workload.Of(model);
        foreach (IExactPass pass in passes)
        {
            if (pass.Run(model) is not { } what)
                continue;
            model.Graph.Sweep();
            model.Graph.Sort();
            Workload then = now;
            now = Workload.Of(model);
            savings.Add(new Saving(pass.Name, what, then.Parameters - now.Parameters, then.Macs - now.Macs));
        }
        return savings;
    }
}
