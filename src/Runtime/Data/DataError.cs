namespace SiDT.Runtime;

/// <summary>Calibration or evaluation data are at fault: one sentence that says what and where. Exit code 2.</summary>
public sealed class DataError(string message, Exception? inner = null) : Exception(message, inner);
