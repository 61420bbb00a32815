using SiDT.Passes.Compensation;
using SiDT.Passes.Planning;
using SiDT.Runtime;

namespace SiDT.Backend.Compilation;

/// <summary>What is asked of the compiler.</summary>
public sealed record CompileOptions
{
    /// <summary>What may go, and how much of it.</summary>
    public PlanRequest Request { get; init; } = new();

    /// <summary>How units are scored: <see cref="Scoring.Criteria"/>.</summary>
    public string Criterion { get; init; } = Scoring.Magnitude;

    /// <summary>How what stays is changed so that less is lost; null: not at all. Without <see cref="Calibration"/> nothing is.</summary>
    public CompensationOptions? Compensation { get; init; }

    /// <summary>Data to look at; null: synthetic ones, where data are needed.</summary>
    public Calibration? Calibration { get; init; }

    /// <summary>How many synthetic samples are made where no data are given.</summary>
    public int SyntheticSamples { get; init; } = 256;

    /// <summary>How synthetic pictures are prepared; null: as the model's metadata or its graph say.</summary>
    public string? Preprocess { get; init; }

    /// <summary>A file of statistics that stands in for data where units are scored; null: none.</summary>
    public string? Statistics { get; init; }

    /// <summary>Views of each calibration sample, itself counted (statistics only).</summary>
    public int Views { get; init; } = 1;

    /// <summary>Whether what is free is taken (work that no output needs, dead units, foldable weights).</summary>
    public bool Exact { get; init; } = true;

    /// <summary>Whether ONNX Runtime's own fusions are written into the result.</summary>
    public bool Optimize { get; init; }

    /// <summary>Costs of operators on the machine that the result is for; null: they are measured here.</summary>
    public CostTable? Costs { get; init; }

    public ProofDemand Proof { get; init; } = ProofDemand.Required;

    /// <summary>Seed of whatever is random: the inputs of the proof, the criterion <c>random</c>.</summary>
    public int Seed { get; init; }

    /// <summary>How ONNX Runtime computes.</summary>
    public SessionSettings Session { get; init; } = new();
}

/// <summary>What becomes of a result whose proof fails.</summary>
public enum ProofDemand
{
    /// <summary>There is no result.</summary>
    Required,

    /// <summary>It is handed out with the failed proof.</summary>
    Reported,

    /// <summary>No proof is made.</summary>
    None,
}
