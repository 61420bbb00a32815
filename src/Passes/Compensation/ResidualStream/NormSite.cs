using SiDT.Frontend;

namespace SiDT.Passes.Compensation.ResidualStream;

/// <summary>A norm over the stream: y = (x - mean) / sqrt(mean of squares + epsilon) * scale + shift, however it is spelled.</summary>
/// <param name="Input">x.</param>
/// <param name="Output">y, behind its scale and shift.</param>
/// <param name="Axis">The axis of x that is the stream.</param>
/// <param name="IsCentred">Whether the mean is taken off.</param>
/// <param name="Epsilon">As it stands in the graph.</param>
/// <param name="Scale">Null for ones.</param>
/// <param name="Shift">Null for zeros.</param>
/// <param name="Nodes">What it is made of.</param>
internal sealed record NormSite(Value Input, Value Output, int Axis, bool IsCentred, double Epsilon, Value? Scale, Value? Shift, IReadOnlyList<Node> Nodes)
{
    /// <summary>The constant that holds epsilon once the norm is spelled anew.</summary>
    public Value? EpsilonValue { get; set; }
}
