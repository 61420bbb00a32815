using SiDT.Frontend;

namespace SiDT.Runtime;

/// <summary>What one node computes, as far as its time depends on it; no word of a model.</summary>
/// <param name="Operator">One of <see cref="KernelKinds.All"/>.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="Sizes">As many as <see cref="KernelKinds.Sizes"/> names for the operator.</param>
public sealed record Kernel(string Operator, ElementType Type, IReadOnlyList<long> Sizes);
