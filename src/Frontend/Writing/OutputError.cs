namespace SiDT.Frontend.Writing;

/// <summary>A result cannot be written: one sentence that says what, where and what to do. What was there before is untouched.</summary>
public sealed class OutputError(string message, Exception? cause = null) : Exception(message, cause);
