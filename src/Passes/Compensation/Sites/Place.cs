using SiDT.Passes.Analysis;

namespace SiDT.Passes.Compensation.Sites;

/// <summary>Where a dimension is made and read, and whether another basis may take the place of the given one.</summary>
/// <param name="Dimension">The dimension.</param>
/// <param name="Pair">The one product of two activations that contracts it.</param>
/// <param name="Queries">What writes the query side; empty where the basis is not free.</param>
/// <param name="Keys">What writes the key side.</param>
/// <param name="Consumers">Products with weights that read it.</param>
/// <param name="Values">What writes it on a linear path to its only consumer; empty where the basis is not free.</param>
/// <param name="Why">Why the basis is not free; null where it is, or where no one would think so (a nonlinearity between).</param>
/// <param name="Start">The first node that meets its units.</param>
/// <param name="End">Behind the last one.</param>
internal sealed record Place(
    Dimension Dimension, Pairing? Pair, Writer[] Queries, Writer[] Keys, Consumer[] Consumers, Writer[] Values, string? Why, int Start, int End)
{
    /// <summary>The two layers around the dimension, where nothing but functions of single units lies between them.</summary>
    public FeedForwardNet? Net { get; init; }
}
