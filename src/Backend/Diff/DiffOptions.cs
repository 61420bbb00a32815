using SiDT.Passes.Planning;

namespace SiDT.Backend.Diff;

/// <summary>What counts as no difference.</summary>
[Flags]
public enum DiffIgnore
{
    None = 0,

    /// <summary>Other numbers in constants of the same sizes.</summary>
    Values = 1,

    /// <summary>Other names of nodes, values, constants, inputs and outputs.</summary>
    Names = 2,

    /// <summary>Metadata, producer, versions of the format, texts.</summary>
    Metadata = 4,
}

/// <summary>How two models are compared.</summary>
public sealed record DiffOptions
{
    public DiffIgnore Ignore { get; init; }

    /// <summary>The plan by which the second was made of the first; says which indices went where the numbers do not.</summary>
    public Plan? Plan { get; init; }
}
