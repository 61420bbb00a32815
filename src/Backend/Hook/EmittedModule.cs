namespace SiDT.Backend.Hook;

/// <summary>A network as C#.</summary>
/// <param name="ClassName">The class of the network.</param>
/// <param name="Code">The text of <c>Model.cs</c>.</param>
/// <param name="Bindings">The text of <c>Bindings.cs</c>: which initializer each parameter comes from.</param>
/// <param name="Inputs">Names of the graph's inputs, in the order of the arguments.</param>
/// <param name="Outputs">Names of the graph's outputs, in the order of the results.</param>
public sealed record EmittedModule(string ClassName, string Code, string Bindings, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs);
