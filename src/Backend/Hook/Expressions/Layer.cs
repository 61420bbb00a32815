using SiDT.Backend.Hook.Weights;

namespace SiDT.Backend.Hook.Expressions;

/// <summary>A member of a module that holds weights: <c>Linear</c>, <c>LayerNorm</c>, a <c>Parameter</c>, a buffer.</summary>
internal sealed class Layer(string type, Code construct, IReadOnlyList<Binding> tensors, string[]? path, string role)
{
    /// <summary>C# type of the field.</summary>
    public string Type { get; } = type;

    /// <summary>The expression that makes it.</summary>
    public Code Construct { get; } = construct;

    /// <summary>Where its numbers come from.</summary>
    public IReadOnlyList<Binding> Tensors { get; } = tensors;

    /// <summary>Names of the modules around it and its own, outermost first; null where the graph has no name for it.</summary>
    public string[]? Path { get; } = path;

    /// <summary>What it is called where it has no name.</summary>
    public string Role { get; } = role;

    /// <summary>Whether it has a <c>forward</c> of its own.</summary>
    public bool IsModule => Type is not ("Parameter" or "Tensor");
}
