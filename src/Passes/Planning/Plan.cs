using System.Text.Json.Serialization;

namespace SiDT.Passes.Planning;

/// <summary>Which units of which dimension stay: data, not code. The file format is <c>sidt-plan/1</c>.</summary>
public sealed record Plan(
    [property: JsonPropertyOrder(1)] PlanModel Model,
    [property: JsonPropertyOrder(2)] PlanRequestEcho Request,
    [property: JsonPropertyOrder(3)] PlanCost? Cost,
    [property: JsonPropertyOrder(4)] IReadOnlyList<PlanDimension> Dimensions)
{
    public const string FormatName = "sidt-plan/1";

    [JsonPropertyOrder(0)]
    public string Format { get; init; } = FormatName;
}

/// <param name="Sha256">Hash of the input file, hex, lower case.</param>
/// <param name="File">Its name without folders.</param>
public sealed record PlanModel(string Sha256, string File);

/// <summary>What was asked, so that a plan explains itself.</summary>
public sealed record PlanRequestEcho(
    IReadOnlyDictionary<string, double> Keep, IReadOnlyDictionary<string, string> Budget, string Criterion, bool Compensate, bool Rotate, bool Exact, int Align, int Seed);

/// <summary>Costs before and after.</summary>
public sealed record PlanCost(long[] Parameters, long[] Macs, long[] Bytes);

/// <param name="Size">Units of each group.</param>
/// <param name="Kept">Units kept of each group.</param>
/// <param name="Status">shrunk, whole or frozen.</param>
/// <param name="Basis">index, or rotated.</param>
/// <param name="Removed">Indices that go: a list of numbers, or one list for each group.</param>
public sealed record PlanDimension(
    string Id, string Kind, int Size, int Groups, int Kept, string Status, string? Reason, string Basis, string Compensation, PlanRemoved Removed, IReadOnlyList<PlanSlice> Slices)
{
    public const string Shrunk = "shrunk";
    public const string Whole = "whole";
    public const string Frozen = "frozen";
}

/// <summary>Removed indices by group; written flat when there is one group.</summary>
[JsonConverter(typeof(PlanRemovedConverter))]
public sealed record PlanRemoved(IReadOnlyList<int[]> ByGroup);

/// <param name="Tensor">An initializer of the input file, or the output of a Constant node; <c>scope/name</c> inside a body.</param>
public sealed record PlanSlice(string Tensor, int Axis, int[] Removed);
