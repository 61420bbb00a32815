namespace SiDT.Backend.Hook.Weights;

/// <summary>Ties one tensor of a layer to initializers of the file.</summary>
/// <param name="Member">The tensor's name in the layer: <c>weight</c>, <c>bias</c>; empty for a parameter or buffer itself.</param>
/// <param name="Source">Where its numbers are.</param>
internal sealed record Binding(string Member, WeightSource Source);
