using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using SiDT.Backend.Compilation;
using SiDT.Backend.Sweeps;
using SiDT.Backend.Timing;
using SiDT.Passes.Exact;
using SiDT.Passes.Planning;
using SiDT.Passes.Proof;
using SiDT.Runtime;

namespace SiDT.Backend.Reporting;

/// <summary>What a command found, for programs: <c>sidt-report/1</c>. Parts that a command has nothing to say about are left out.</summary>
public sealed record Report(string Command)
{
    public const string FormatName = "sidt-report/1";

    /// <summary>How reports are written, and diffs and pages alike.</summary>
    internal static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    [JsonPropertyOrder(-2)]
    public string Format => FormatName;

    public string Version => Stamp.Version;

    /// <summary>What was read.</summary>
    public ReportFile? Model { get; init; }

    /// <summary>What was written.</summary>
    public ReportFile? Output { get; init; }

    /// <summary>Files of a project that was written.</summary>
    public IReadOnlyList<string>? Files { get; init; }

    /// <summary>Where the plan was written.</summary>
    public string? Plan { get; init; }

    /// <summary>Where the table of costs was written.</summary>
    public string? Table { get; init; }

    /// <summary>Costs before, and after where something was cut.</summary>
    public PlanCost? Cost { get; init; }

    public IReadOnlyList<ReportDimension>? Dimensions { get; init; }

    /// <summary>Operators that nothing is known of; what goes into them stays whole.</summary>
    public IReadOnlyList<string>? UnknownOperators { get; init; }

    /// <summary>What was taken without a loss.</summary>
    public IReadOnlyList<Saving>? Saved { get; init; }

    public ProofResult? Proof { get; init; }

    public IReadOnlyList<ModelScore>? Scores { get; init; }

    /// <summary>What the scores were taken on: <c>the data</c>, <c>the calibration data</c> or <c>random inputs</c>.</summary>
    public string? Ground { get; init; }

    /// <summary>In milliseconds.</summary>
    public IReadOnlyList<Latency>? Latency { get; init; }

    /// <summary>What each model needs alone.</summary>
    public IReadOnlyList<ModelMemory>? Memory { get; init; }

    /// <summary>Where the time of each model goes.</summary>
    public IReadOnlyList<ModelProfile>? Profiles { get; init; }

    /// <summary>What was gathered.</summary>
    public ReportStatistics? Statistics { get; init; }

    /// <summary>The models of a sweep.</summary>
    public IReadOnlyList<SweepRow>? Sweep { get; init; }

    /// <summary>Where the curve of a sweep was drawn.</summary>
    public string? Curve { get; init; }

    /// <summary>Where the time goes, by class of work, in milliseconds.</summary>
    public IReadOnlyList<WorkTime>? Work { get; init; }

    /// <summary>How a budget of latency was met.</summary>
    public PlannedLatency? LatencyBudget { get; init; }

    public IReadOnlyList<StageTime>? Stages { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";
}

/// <param name="File">Its path as it was given.</param>
/// <param name="Sha256">Of the file, without external data.</param>
/// <param name="Bytes">Its length, external data counted.</param>
public sealed record ReportFile(string File, string? Sha256, long Bytes);

/// <summary>A dimension of a plan without the positions.</summary>
/// <param name="Basis">Whether units are those of the file (<c>index</c>) or of another basis (<c>rotated</c>).</param>
/// <param name="Compensation">What was done to what stays, and why nothing better.</param>
public sealed record ReportDimension(string Id, string Kind, int Size, int Groups, int Kept, string Status, string? Reason, string Basis, string Compensation)
{
    public static IReadOnlyList<ReportDimension> Of(IEnumerable<PlanDimension> dimensions) =>
        [.. dimensions.Select(d => new ReportDimension(d.Id, d.Kind, d.Size, d.Groups, d.Kept, d.Status, d.Reason, d.Basis, d.Compensation))];
}

/// <param name="File">Where the statistics were written.</param>
/// <param name="Values">How many values sums were taken of.</param>
/// <param name="Samples">Samples that are in them.</param>
/// <param name="SamplesOfAll">Samples of all parts together.</param>
/// <param name="Views">Views of each sample.</param>
/// <param name="Shards">The parts that are in them, from 1.</param>
/// <param name="Parts">How many parts there are.</param>
public sealed record ReportStatistics(string File, int Values, long Samples, long SamplesOfAll, int Views, IReadOnlyList<int> Shards, int Parts)
{
    public static ReportStatistics Of(string file, GatherResult result) =>
        new(file, result.Values, result.Facts.Samples, result.Facts.SamplesOfAll, result.Facts.Views, result.Facts.Shards, result.Facts.Parts);
}
