using SiDT.Frontend;
using SiDT.Frontend.Functions;
using SiDT.Passes.Analysis;
using SiDT.Passes.Compensation.Algebra;
using SiDT.Passes.Compensation.ResidualStream;
using SiDT.Passes.Compensation.Sites;
using SiDT.Passes.Exact;
using SiDT.Passes.Normalization;
using SiDT.Passes.Proof;
using SiDT.Passes.Rewriting;
using SiDT.Runtime;
using SiDT.Tests.Compensation.Algebra;

namespace SiDT.Tests.Compensation.ResidualStream;

/// <summary>A graph whose residual streams lie along random axes, wherever the basis is free.</summary>
internal sealed class FreedStreams
{
    private readonly Model _work;
    private readonly StreamBases _bases;
    private readonly GraphAnalysis _plain;

    /// <param name="original">The graph; not changed.</param>
    /// <param name="rotate">Whether any basis is to be free.</param>
    public FreedStreams(Model original, bool rotate = true)
    {
        _work = new Normalizer().Run(FunctionInliner.Inline(original));
        ExactSavings.Before(new GraphFacts(_work));
        GraphAnalysis analysis = _plain = new DimensionFinder().Run(_work.Graph);
        int[] streams = [.. Enumerable.Range(0, analysis.Dimensions.Count).Where(i => analysis.Dimensions[i] is { Kind: DimensionKind.Embed, IsFrozen: false })];
        Count = streams.Length;
        if (!rotate)
            Reasons = streams.ToDictionary(i => i, _ => "not asked for");
        _bases = StreamBases.Open(_work, analysis, streams, Reasons);
        foreach (StreamBases.Stream stream in _bases.Streams.Values)
            stream.Rewriting.Rotate(Axes(stream.Labels.Units.Length));
    }

    /// <summary>Streams that could shrink.</summary>
    public int Count { get; }

    /// <summary>Those in another basis now.</summary>
    public int Free => _bases.Streams.Count;

    /// <summary>Those of which channels are chosen.</summary>
    public int Selected => _bases.Selections.Count;

    /// <summary>Why others are not.</summary>
    public Dictionary<int, string> Reasons { get; } = [];

    public ProofResult CompareUncut() => new Prover(Settings).Compare(_work, _bases.Analysis.Graph.Model, 1, 2);

    /// <summary>Half of each stream silent, compared with half of it cut away.</summary>
    public ProofResult CompareCut()
    {
        GraphAnalysis analysis = _bases.Analysis;
        Dictionary<int, int> kept = _bases.Streams.ToDictionary(s => s.Key, s => s.Value.Labels.Units.Length / 2);
        int[] removed = [.. _bases.Streams.SelectMany(s => s.Value.Labels.Units.Skip(kept[s.Key]))];
        new Silencing(analysis).Run(analysis.Classes.Gone(removed));
        Model silent = analysis.Graph.Model.Clone();
        _bases.Settle(kept);
        return new Prover(Settings).Compare(silent, new GraphRewriter().Run(analysis.Graph.Model, analysis, removed), 1, 2);
    }

    /// <summary>Half of each selected stream cut away, compared with the same cut of the graph as it was.</summary>
    public ProofResult CompareSelected()
    {
        GraphAnalysis analysis = _bases.Analysis;
        foreach (StreamSelection selection in _bases.Selections.Values)
            selection.Narrow(selection.Labels.Units.Length / 2);
        int[] removed = [.. _bases.Selections.Values.SelectMany(s => s.Labels.Units.Skip(s.Labels.Units.Length / 2))];
        Model expected = new GraphRewriter().Run(_work, _plain, removed);
        return new Prover(Settings).Compare(expected, new GraphRewriter().Run(analysis.Graph.Model, analysis, removed), 1, 2);
    }

    private static SessionSettings Settings => new(Threads: 1);

    private static Matrix Axes(int size) => Symmetric.Of(Samples.Covariance(Samples.Normal(3 * size, size, size))).Vectors;
}
