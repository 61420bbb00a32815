namespace SiDT.Passes.Compensation.Algebra;

/// <summary>One consumer of the units of an elimination.</summary>
/// <param name="Moments">G [n x n]: centred second moments of what it reads.</param>
/// <param name="Weight">W [n x out]: its weight, or the weights of several consumers of the same value side by side.</param>
/// <param name="Positions">For each unit the positions it owns here; empty where it does not arrive. Positions of no unit stay.</param>
/// <param name="Ridge">Strength in units of mean(diag G).</param>
public sealed record EliminationSite(Matrix Moments, Matrix Weight, IReadOnlyList<int[]> Positions, double Ridge = 1e-3);

/// <summary>An order in which units go.</summary>
/// <param name="Units">Units, the first to go first: every prefix is the choice for its size.</param>
/// <param name="Losses">
/// The loss once each is gone, summed over consumers, in squared units of their outputs: what the best refit leaves of E|y|^2, where
/// leaving the old weight costs ridge mean(diag G) |change|^2.
/// </param>
public sealed record EliminationOrder(int[] Units, double[] Losses);
