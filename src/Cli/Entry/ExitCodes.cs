namespace SiDT.Cli.Entry;

/// <summary>What sidtc returns to the shell.</summary>
public static class ExitCodes
{
    public const int Done = 0;

    /// <summary>A threshold is missed.</summary>
    public const int Missed = 1;

    /// <summary>The input or the command line is at fault; nothing is written.</summary>
    public const int Usage = 2;

    /// <summary>The proof failed; nothing is written.</summary>
    public const int Unproved = 3;

    /// <summary>The budget cannot be met; nothing is written.</summary>
    public const int Budget = 4;

    /// <summary>A fault of ours.</summary>
    public const int Fault = 5;

    public const int Interrupted = 130;
}
