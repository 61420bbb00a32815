namespace SiDT.Backend.Compilation;

/// <summary>Part of calibration data that one machine looks at.</summary>
/// <param name="Index">From 1.</param>
/// <param name="Count">How many parts there are.</param>
public sealed record Shard(int Index, int Count)
{
    public static Shard All { get; } = new(1, 1);
}
