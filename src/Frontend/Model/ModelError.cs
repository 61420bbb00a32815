namespace SiDT.Frontend;

/// <summary>The input is at fault: one sentence that says what, where and what to do. Exit code 2.</summary>
public sealed class ModelError(string message) : Exception(message);
