namespace SiDT.Passes.Compensation.Algebra;

/// <summary>Numbers that no regularisation can save: not finite, or of sizes that do not fit together. One sentence.</summary>
public sealed class AlgebraError(string message) : Exception(message);
