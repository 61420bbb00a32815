using System.Text.Json;
using System.Text.Json.Serialization;
using SiDT.Backend.Compilation;
using SiDT.Backend.Reporting;

namespace SiDT.Backend.Diff;

/// <summary>What is different between two models: <c>sidt-diff/1</c>.</summary>
/// <param name="A">The first.</param>
/// <param name="B">The second.</param>
public sealed record ModelDiff(ReportFile A, ReportFile B)
{
    public const string FormatName = "sidt-diff/1";

    /// <summary>How diffs and pages are written.</summary>
    public static JsonSerializerOptions Json { get; } = Report.Json;

    [JsonPropertyOrder(-2)]
    public string Format => FormatName;

    [JsonPropertyOrder(-1)]
    public string Version => Stamp.Version;

    /// <summary>Whether nothing differs but what is ignored.</summary>
    public bool Same => !Differences.Any();

    /// <summary>What counts as no difference: <c>values</c>, <c>names</c>, <c>metadata</c>.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    public IReadOnlyList<PortChange> Inputs { get; init; } = [];

    public IReadOnlyList<PortChange> Outputs { get; init; } = [];

    public IReadOnlyList<OpsetChange> Opsets { get; init; } = [];

    public IReadOnlyList<MetadataChange> Metadata { get; init; } = [];

    public NodeChanges Nodes { get; init; } = new();

    public TensorChanges Tensors { get; init; } = new();

    public RenameChanges Renamed { get; init; } = new();

    public DiffCosts Cost { get; init; } = new(new CostPair([0, 0], [0, 0], [0, 0]), []);

    /// <summary>In milliseconds, where both were timed.</summary>
    public IReadOnlyList<Runtime.Latency>? Latency { get; init; }

    /// <summary>How many differences there are of each kind; nothing where there are none.</summary>
    [JsonIgnore]
    public IEnumerable<(string What, int Count)> Differences
    {
        get
        {
            bool values = !Ignored.Contains("values"), names = !Ignored.Contains("names"), metadata = !Ignored.Contains("metadata");
            (string, int)[] all =
            [
                ("inputs", Inputs.Count(i => names || i.Change != "renamed")),
                ("outputs", Outputs.Count(i => names || i.Change != "renamed")),
                ("operator sets", Opsets.Count),
                ("metadata", metadata ? Metadata.Count : 0),
                ("nodes added", Nodes.Added.Count),
                ("nodes removed", Nodes.Removed.Count),
                ("nodes changed", Nodes.Changed.Count),
                ("tensors added", Tensors.Added.Count),
                ("tensors removed", Tensors.Removed.Count),
                ("tensors resized", Tensors.Resized.Count),
                ("tensors of another type", Tensors.Retyped.Count),
                ("tensors with other numbers", values ? Tensors.Changed.Count : 0),
                ("names", names ? Renamed.Nodes.Count + Renamed.Tensors.Count + Renamed.Values : 0),
            ];
            return all.Where(d => d.Item2 > 0);
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";
}

/// <param name="Change"><c>added</c>, <c>removed</c>, <c>renamed</c> or <c>changed</c> (type or sizes).</param>
/// <param name="Name">In the first model; of an added one, in the second.</param>
/// <param name="From">Name, or type and sizes, before.</param>
/// <param name="To">The same after.</param>
public sealed record PortChange(string Change, string Name, string? From, string? To);

/// <param name="Domain">The operator set; empty for that of the standard.</param>
/// <param name="From">Its version, 0 where it is not imported.</param>
/// <param name="To">The same in the second model.</param>
public sealed record OpsetChange(string Domain, long From, long To);

/// <param name="Key">A key of <c>metadata_props</c>, or a field of the model.</param>
public sealed record MetadataChange(string Key, string? From, string? To);

/// <summary>Nodes that have no partner, and what is different about those that have one.</summary>
public sealed record NodeChanges
{
    /// <summary>How many nodes of the first have a partner in the second.</summary>
    public int Matched { get; init; }

    public IReadOnlyList<NodeRef> Added { get; init; } = [];

    public IReadOnlyList<NodeRef> Removed { get; init; } = [];

    public IReadOnlyList<NodeChange> Changed { get; init; } = [];

    /// <summary>Removed nodes that others took the place of: between the same neighbours.</summary>
    public IReadOnlyList<Replacement> Replaced { get; init; } = [];
}

/// <param name="Name">Of the node; of one without, of its first output.</param>
/// <param name="Op">The operator, with its domain where that is not the standard's.</param>
/// <param name="Block">The block of the network it belongs to.</param>
public sealed record NodeRef(string Name, string Op, string Block);

/// <param name="Attributes">Attributes and arguments (constant shapes, axes, single numbers) that differ.</param>
/// <param name="Operands">Operands that come from elsewhere.</param>
/// <param name="Shapes">Outputs of another shape.</param>
public sealed record NodeChange(string Name, string Op, string Block, IReadOnlyList<FieldChange> Attributes, IReadOnlyList<FieldChange> Operands, IReadOnlyList<FieldChange> Shapes);

/// <param name="Field">An attribute, <c>input 1</c>, <c>output 0</c>.</param>
/// <param name="From">Text of it in the first model; null where it has none.</param>
/// <param name="To">The same in the second.</param>
public sealed record FieldChange(string Field, string? From, string? To);

/// <param name="Removed">Names of nodes of the first model.</param>
/// <param name="Added">Names of the nodes of the second that stand in their place.</param>
public sealed record Replacement(string Block, IReadOnlyList<string> Removed, IReadOnlyList<string> Added);

/// <summary>Initializers and constants, each once.</summary>
public sealed record TensorChanges
{
    public int Unchanged { get; init; }

    public IReadOnlyList<TensorRef> Added { get; init; } = [];

    public IReadOnlyList<TensorRef> Removed { get; init; } = [];

    public IReadOnlyList<TensorResize> Resized { get; init; } = [];

    public IReadOnlyList<TensorRetype> Retyped { get; init; } = [];

    public IReadOnlyList<TensorValues> Changed { get; init; } = [];
}

/// <param name="PartOf">A constant of the first model that this one of the second is cut out of, value for value.</param>
public sealed record TensorRef(string Name, string Block, string Type, long[] Dims, string? PartOf = null);

/// <param name="Axes">Where the number of axes stayed, those whose length did not.</param>
/// <param name="From">Sizes before.</param>
/// <param name="To">Sizes after.</param>
/// <param name="Evidence">What says which indices went: <c>values</c>, <c>plan</c>; null where nothing does.</param>
public sealed record TensorResize(string Name, string Block, long[] From, long[] To, IReadOnlyList<AxisChange> Axes, string? Evidence);

/// <param name="Axis">From 0.</param>
/// <param name="From">Length before.</param>
/// <param name="To">Length after.</param>
/// <param name="Removed">Indices of the first model that went; null where that cannot be told.</param>
public sealed record AxisChange(int Axis, long From, long To, int[]? Removed);

public sealed record TensorRetype(string Name, string Block, string From, string To);

/// <inheritdoc cref="ValueChange"/>
public sealed record TensorValues(string Name, string Block, long[] Dims, double MaxAbs, double Relative, double Cosine, long Elements);

/// <summary>What matches under another name.</summary>
public sealed record RenameChanges
{
    public IReadOnlyList<Rename> Nodes { get; init; } = [];

    public IReadOnlyList<Rename> Tensors { get; init; } = [];

    /// <summary>How many values between nodes have another name.</summary>
    public int Values { get; init; }
}

public sealed record Rename(string From, string To);

/// <summary>Costs of both models, as the sums of their blocks.</summary>
/// <param name="WorkIsKnown">Whether multiply-accumulates could be counted in both.</param>
public sealed record DiffCosts(CostPair Total, IReadOnlyList<BlockCost> Blocks, bool WorkIsKnown = true);

/// <summary>Before and after.</summary>
public record CostPair(long[] Parameters, long[] Macs, long[] Bytes);

/// <param name="Name">The block; empty for what belongs to none.</param>
/// <param name="Nodes">Number of nodes, before and after.</param>
public sealed record BlockCost(string Name, int[] Nodes, long[] Parameters, long[] Macs, long[] Bytes) : CostPair(Parameters, Macs, Bytes);
