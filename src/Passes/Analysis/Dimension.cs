using SiDT.Frontend;

namespace SiDT.Passes.Analysis;

/// <summary>What a dimension is for; read off the way its units are used.</summary>
public enum DimensionKind
{
    Mlp,
    Heads,
    Qk,
    V,
    Embed,
    Conv,
    Other,
}

public static class DimensionKinds
{
    /// <summary>The word of the command line and the plan file.</summary>
    public static string Word(this DimensionKind kind) => kind.ToString().ToLowerInvariant();
}

/// <summary>One index of one axis of one weight.</summary>
public readonly record struct WeightSlice(Value Tensor, int Axis, int Position);

/// <summary>
/// Units that share the same axes: one hidden layer, the heads of one attention, the residual stream.
/// Units of one group must keep as many as those of every other group.
/// </summary>
public sealed class Dimension
{
    public required string Id { get; init; }

    public required DimensionKind Kind { get; init; }

    /// <summary>Classes by group and index: <c>Units[group][index]</c>.</summary>
    public required int[][] Units { get; init; }

    /// <summary>Why it must stay whole; null if it can shrink.</summary>
    public string? Reason { get; init; }

    /// <summary>Norms take their statistics over it.</summary>
    public bool IsNormalized { get; init; }

    public int Groups => Units.Length;

    /// <summary>Units of each group.</summary>
    public int Size => Units[0].Length;

    public bool IsFrozen => Reason is not null;
}
