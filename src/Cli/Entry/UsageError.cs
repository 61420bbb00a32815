namespace SiDT.Cli.Entry;

/// <summary>The command line is at fault: one sentence that says what, where and what to do. Exit code 2.</summary>
internal sealed class UsageError(string message) : Exception(message);
