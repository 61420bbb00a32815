namespace SiDT.Backend.Compilation;

/// <summary>What was asked cannot be met; the sentence says what can. Exit code 4; nothing is written.</summary>
public sealed class BudgetError(string message) : Exception(message);
