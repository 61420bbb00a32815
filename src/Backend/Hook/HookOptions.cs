namespace SiDT.Backend.Hook;

/// <summary>How a project is emitted.</summary>
/// <param name="Name">What the network is called; by default after the model's file.</param>
/// <param name="Teacher">Whether the module of another network goes in too, to learn from.</param>
public sealed record HookOptions(string? Name = null, Frontend.Model? Teacher = null);
