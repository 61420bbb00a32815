using SiDT.Frontend;
using SiDT.Passes.Compensation.Sites;

namespace SiDT.Passes.Compensation.ResidualStream;

/// <summary>A product that reads the stream.</summary>
/// <param name="Consumer">The product.</param>
/// <param name="Norm">The norm it reads behind; null where it reads the stream itself.</param>
internal sealed record StreamReader(Consumer Consumer, NormSite? Norm);

/// <summary>One number for every unit that a branch is multiplied by before it is added to the stream.</summary>
/// <param name="Node">The multiplication.</param>
/// <param name="Input">Which operand is the branch.</param>
internal sealed record BranchScale(Node Node, int Input)
{
    public Value Branch => Node.Inputs[Input]!;

    public Value Factors => Node.Inputs[1 - Input]!;
}

/// <summary>Everything that touches a stream of which the basis may change.</summary>
/// <param name="Norms">In the order of the graph.</param>
/// <param name="Readers">In the order of the graph.</param>
/// <param name="Writers">Operands made of constants that are summed up to the stream: weights, biases, tables.</param>
/// <param name="Scales">Multiplications that can be folded into writers.</param>
internal sealed record StreamMap(
    IReadOnlyList<NormSite> Norms, IReadOnlyList<StreamReader> Readers, IReadOnlyList<(Node Node, int Input)> Writers, IReadOnlyList<BranchScale> Scales)
{
    /// <summary>Whether every reader takes the mean off, so that none need be written.</summary>
    public bool IsCentred => Norms.Count > 0 && Norms.All(n => n.IsCentred);
}
