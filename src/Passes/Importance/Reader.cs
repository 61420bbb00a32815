using SiDT.Frontend;

namespace SiDT.Passes.Importance;

/// <summary>A product that contracts units away.</summary>
/// <param name="Left">What it reads.</param>
/// <param name="Right">The other side, where that is an activation too (query and key).</param>
/// <param name="Weight">The other side, where that is made of constants.</param>
internal sealed record Reader(Probe Left, Probe? Right, Value? Weight);
