using BenchmarkDotNet.Attributes;
using SiDT.Frontend;
using SiDT.Passes.Analysis;
using SiDT.Passes.Importance;
using SiDT.Passes.Normalization;
using SiDT.Passes.Planning;
using SiDT.Passes.Rewriting;

namespace SiDT.Bench;

/// <summary>What the stages of a compilation cost as networks grow deeper.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class CompilerBenchmarks
{
    private const int Embed = 192;
    private Model _input = null!;
    private Model _work = null!;
    private GraphAnalysis _analysis = null!;

    [Params(12, 24, 48)]
    public int Blocks { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _input = VisionTransformer.Make(Blocks, Embed);
        _work = new Normalizer().Run(_input);
        _analysis = new DimensionFinder().Run(_work.Graph);
    }

    [Benchmark]
    public Model Normalise() => new Normalizer().Run(_input);

    [Benchmark]
    public GraphAnalysis Analyse() => new DimensionFinder().Run(_work.Graph);

    [Benchmark]
    public UnitScores Score() => new MagnitudeCriterion().Score(_analysis);

    /// <summary>With the copy and the analysis that a cut uses up.</summary>
    [Benchmark]
    public Model Cut()
    {
        Model work = _work.Clone();
        GraphAnalysis analysis = new DimensionFinder().Run(work.Graph);
        var half = new PlanRequest { Keep = [new KeepRule("mlp", 0.5), new KeepRule("qk", 0.5), new KeepRule("v", 0.5)] };
        PlanOutcome outcome = new Planner().Run(analysis, new MagnitudeCriterion().Score(analysis), half);
        return new GraphRewriter().Run(work, analysis, outcome.Selection.Classes);
    }
}
