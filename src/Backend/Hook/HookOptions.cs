using SiDT.Frontend;
using SiDT.Runtime;

namespace SiDT.Backend.Hook;

/// <summary>How a project is emitted.</summary>
/// <param name="Name">What the network is called; by default after the model's file.</param>
/// <param name="Teacher">Another network whose module goes in too, to learn from.</param>
/// <param name="Preprocessing">How pictures become inputs; by default as the model's metadata say, else as most classifiers do it.</param>
public sealed record HookOptions(string? Name = null, Model? Teacher = null, Preprocessing? Preprocessing = null);
