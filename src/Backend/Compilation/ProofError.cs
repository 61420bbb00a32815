namespace SiDT.Backend.Compilation;

/// <summary>The small graph is not what the plan says, or that could not be shown. Exit code 3; nothing is written.</summary>
public sealed class ProofError(string message, Exception? inner = null) : Exception(message, inner);
