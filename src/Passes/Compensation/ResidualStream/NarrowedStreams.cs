using SiDT.Frontend;
using SiDT.Passes.Analysis;

namespace SiDT.Passes.Compensation.ResidualStream;

/// <summary>A copy of a graph with narrowed streams: channels that go are silent, those of a stream in another basis are the last ones.</summary>
public sealed class NarrowedStreams
{
    private readonly StreamBases _bases;
    private readonly IReadOnlyDictionary<int, int> _kept;

    internal NarrowedStreams(Model model, GraphAnalysis analysis, StreamBases bases, IReadOnlyDictionary<int, int> kept)
    {
        Model = model;
        Analysis = analysis;
        _bases = bases;
        _kept = kept;
    }

    public Model Model { get; }

    /// <summary>Its classes and dimensions are those of the original, in the same order.</summary>
    public GraphAnalysis Analysis { get; }

    /// <summary>Numbers of the same graph before anything was silenced, by name: what it should compute.</summary>
    public required IReadOnlyDictionary<string, Tensor> Uncut { get; init; }

    /// <summary>By the place of a dimension: the units that go.</summary>
    public required IReadOnlyDictionary<int, int[]> Removed { get; init; }

    /// <summary>Classes of its analysis that are silent.</summary>
    public required IReadOnlySet<int> Silent { get; init; }

    /// <summary>By the place of a dimension: what was done.</summary>
    public required IReadOnlyDictionary<int, AppliedTreatment> Treatments { get; init; }

    /// <summary>Makes the graph ready to be cut; it is not to run uncut any more.</summary>
    public void Settle() => _bases.Settle(_kept);
}
