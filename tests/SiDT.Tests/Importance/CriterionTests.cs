using SiDT.Frontend;
using SiDT.Frontend.Functions;
using SiDT.Passes.Analysis;
using SiDT.Passes.Importance;
using SiDT.Passes.Normalization;
using SiDT.Runtime;
using SiDT.Tests.MiniZoo;
using Xunit;

namespace SiDT.Tests.Importance;

/// <summary>What every criterion gives, and what each of them means.</summary>
public class CriterionTests
{
    private static readonly SessionSettings s_settings = new(Threads: 1);

    public static TheoryData<string> Names => [.. MiniZooGraphs.All.Select(g => g.Name)];

    private static GraphAnalysis Analyse(Model model) => new DimensionFinder().Run(new Normalizer().Run(FunctionInliner.Inline(model)).Graph);

    private static IReadOnlyDictionary<string, Tensor>[] Batches(GraphBuilder graph, int count) =>
        [.. Enumerable.Range(0, count).Select(seed => graph.Inputs.ToDictionary(
            i => i.Name,
            i => i.Type.IsFloating()
                ? Tensor.FromFloats(i.Type, RunMiniZoo.Values(i, seed).Select(x => (float)x).ToArray(), i.Shape)
                : Tensor.FromInt64s(i.Type, RunMiniZoo.Values(i, seed).Select(x => (long)x).ToArray(), i.Shape)))];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_criterion_scores_every_unit_with_a_finite_number(string name)
    {
        GraphBuilder graph = MiniZooGraphs.Named(name).Write();
        GraphAnalysis analysis = Analyse(graph.Build());
        ICriterion[] criteria = [new MagnitudeCriterion(), new RandomCriterion(1), new ActivationCriterion(Batches(graph, 2), s_settings)];

        foreach (ICriterion criterion in criteria)
        {
            UnitScores scores = criterion.Score(analysis);
            foreach (Dimension dimension in analysis.Dimensions)
            {
                double[][] of = scores.Of(dimension);
                Assert.Equal(dimension.Units.Select(g => g.Length), of.Select(g => g.Length));
                Assert.All(of.SelectMany(g => g), x => Assert.True(double.IsFinite(x) && x >= 0));
                if (!dimension.IsFrozen && dimension.Size > 1)
                    Assert.True(of.SelectMany(g => g).Any(x => x > 0), $"{criterion.Name} sees nothing of {dimension.Id}");
            }
        }
    }

    [Fact]
    public void Magnitude_is_the_norm_of_all_slices()
    {
        GraphAnalysis analysis = Analyse(MiniZooGraphs.Named("packed-gather").Make());

        UnitScores scores = new MagnitudeCriterion().Score(analysis);

        foreach (Dimension dimension in analysis.Dimensions.Where(d => !d.IsFrozen))
        {
            for (int g = 0; g < dimension.Groups; g++)
            {
                for (int i = 0; i < dimension.Size; i++)
                    Assert.Equal(Norm(analysis.SlicesOf(dimension.Units[g][i]).Distinct()), scores.Of(dimension)[g][i], 4);
            }
        }
    }

    [Fact]
    public void Random_scores_depend_on_the_seed_alone()
    {
        GraphAnalysis analysis = Analyse(MiniZooGraphs.Named("packed-gather").Make());
        Dimension dimension = analysis.Dimensions.First(d => !d.IsFrozen);

        double[] Scores(int seed) => new RandomCriterion(seed).Score(analysis).Of(dimension)[0];

        Assert.Equal(Scores(3), Scores(3));
        Assert.NotEqual(Scores(3), Scores(4));
    }

    // y = relu(x A) B: the score of hidden unit u is sqrt(mean(h_u^2)) * |B[u, :]|
    [Fact]
    public void Activation_is_the_root_mean_square_times_the_norm_of_what_reads_it()
    {
        var g = new GraphBuilder(new Spelling { Opset = 17 });
        float[] a = g.Numbers.Normal("a", 4 * 6, 1), b = g.Numbers.Normal("b", 6 * 3, 1);
        string hidden = g.Op("Relu", g.MatMul(g.Input("x", [2, 5, 4]), g.Weight("a", a, 4, 6)));
        g.Output(g.MatMul(hidden, g.Weight("b", b, 6, 3)), "y", -1, 5, 3);
        IReadOnlyDictionary<string, Tensor>[] batches = Batches(g, 3);
        GraphAnalysis analysis = Analyse(g.Build());
        Dimension dimension = analysis.Dimensions.Single(d => !d.IsFrozen && d.Size == 6);

        double[] scores = new ActivationCriterion(batches, s_settings).Score(analysis).Of(dimension)[0];

        for (int u = 0; u < 6; u++)
        {
            double sum = 0;
            foreach (float[] x in batches.Select(batch => batch["x"].ToFloats()))
            {
                for (int row = 0; row < 10; row++)
                    sum += Math.Pow(Math.Max(0, Enumerable.Range(0, 4).Sum(k => x[(row * 4) + k] * a[(k * 6) + u])), 2);
            }
            double norm = Math.Sqrt(Enumerable.Range(0, 3).Sum(o => Math.Pow(b[(u * 3) + o], 2)));
            Assert.Equal(Math.Sqrt(sum / 30) * norm, scores[u], 4);
        }
    }

    [Fact]
    public void Batches_of_different_sizes_count_by_their_samples()
    {
        GraphBuilder graph = MiniZooGraphs.Named("packed-gather").Write();
        GraphAnalysis analysis = Analyse(graph.Build());
        Tensor all = Batches(OfThree(), 1)[0]["pixel_values"];
        float[] numbers = all.ToFloats();
        int one = numbers.Length / 3;
        IReadOnlyDictionary<string, Tensor> Part(int from, int count) => new Dictionary<string, Tensor>
        {
            ["pixel_values"] = Tensor.Of(numbers.AsSpan(from * one, count * one), [count, .. all.Dims[1..]]),
        };

        UnitScores whole = new ActivationCriterion([Part(0, 3)], s_settings).Score(analysis);
        UnitScores parts = new ActivationCriterion([Part(0, 1), Part(1, 2)], s_settings).Score(analysis);

        foreach (Dimension dimension in analysis.Dimensions)
            Assert.All(whole.Of(dimension).SelectMany(x => x).Zip(parts.Of(dimension).SelectMany(x => x)), p => Assert.Equal(p.First, p.Second, 3));

        GraphBuilder OfThree()
        {
            var g = new GraphBuilder();
            InputRange input = graph.Inputs.Single();
            g.Input(input.Name, [3, .. input.Shape[1..]]);
            return g;
        }
    }

    [Fact]
    public void Says_what_is_missing_without_data()
    {
        GraphAnalysis analysis = Analyse(MiniZooGraphs.Named("packed-gather").Make());

        var error = Assert.Throws<ModelError>(() => new ActivationCriterion([], s_settings).Score(analysis));

        Assert.Contains("--calib", error.Message);
    }

    [Fact]
    public void Reports_each_batch()
    {
        GraphBuilder graph = MiniZooGraphs.Named("packed-gather").Write();
        var seen = new List<int>();

        new ActivationCriterion(Batches(graph, 3), s_settings, seen.Add).Score(Analyse(graph.Build()));

        Assert.Equal([1, 2, 3], seen);
    }

    private static double Norm(IEnumerable<WeightSlice> slices) => Math.Sqrt(slices.Sum(s =>
    {
        Tensor tensor = s.Tensor.Constant!;
        float[] data = tensor.ToFloats();
        long inner = tensor.Dims[(s.Axis + 1)..].Aggregate(1L, (a, b) => a * b), width = tensor.Dims[s.Axis];
        return data.Where((_, k) => k / inner % width == s.Position).Sum(x => (double)x * x);
    }));
}
