using SiDT.Frontend;
using SiDT.Frontend.Functions;
using SiDT.Passes.Analysis;
using SiDT.Passes.Gathering;
using SiDT.Passes.Importance;
using SiDT.Passes.Normalization;
using SiDT.Runtime;
using SiDT.Tests.MiniZoo;
using SiDT.Tests.Runtime;
using Xunit;

namespace SiDT.Tests.Gathering;

public sealed class GathererTests : IDisposable
{
    private static readonly SessionSettings s_settings = new(Threads: 1);

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => [.. MiniZooGraphs.All.Select(g => g.Name)];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_sum_does_not_depend_on_the_order()
    {
        var random = new Random(1);
        float[] numbers = [.. Enumerable.Range(0, 5000).Select(_ => (float)(random.NextDouble() * Math.Pow(10, random.Next(-9, 9))))];
        ExactSum straight = new(1), shuffled = new(1), parts = new(1);
        foreach (float number in numbers)
            straight.Add([number], 1);
        foreach (float number in numbers.OrderBy(_ => random.Next()))
            shuffled.Add([number], 1);
        foreach (float[] chunk in numbers.Chunk(700).Reverse())
        {
            var part = new ExactSum(1);
            foreach (float number in chunk)
                part.Add([number], 1);
            parts.Add(part);
        }
        Assert.Equal((straight.High[0], straight.Low[0]), (shuffled.High[0], shuffled.Low[0]));
        Assert.Equal((straight.High[0], straight.Low[0]), (parts.High[0], parts.Low[0]));
        Assert.Equal((double)numbers.Sum(n => (decimal)(double)n), straight.High[0], 1e-14 * straight.High[0]);
    }

    [Fact]
    public void Wide_sums_are_sums()
    {
        float[] numbers = PictureNumbers(37);
        var sums = new double[37];
        WideSum.Add(sums, numbers);
        WideSum.Add(sums, numbers);
        Assert.Equal(numbers.Select(n => 2 * (double)n), sums);
    }

    // y = relu(x A) B: what B reads are the vectors relu(x A), one for each of 5 tokens of 6 samples
    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(4)]
    public void Sums_are_those_of_what_readers_read(int? batch)
    {
        var g = new GraphBuilder(new Spelling { Opset = 17 });
        float[] a = g.Numbers.Normal("a", 4 * 6, 1), b = g.Numbers.Normal("b", 6 * 3, 1);
        g.Output(g.MatMul(g.Op("Relu", g.MatMul(g.Input("x", [batch ?? 2, 5, 4]), g.Weight("a", a, 4, 6))), g.Weight("b", b, 6, 3)), "y", -1, 5, 3);
        Model model = g.Build();
        float[] x = PictureNumbers(6 * 5 * 4);
        object first = batch is { } size ? size : "n";
        DataSet data = DataSet.Open(_folder.Write("x.npy", Npy.Bytes("<f4", x, [6, 5, 4])), [Ports.Of("x", ElementType.Float32, first, 5, 4)]);

        using StatisticsFile file = Gather(model, CalibrationSet.Of(data, 1, 0));

        double[][] vectors = [.. x.Chunk(4).Select(row => Enumerable.Range(0, 6).Select(u => Math.Max(0.0, Enumerable.Range(0, 4).Sum(k => row[k] * a[(k * 6) + u]))).ToArray())];
        string name = file.Arrays.Single(n => n.Name.EndsWith(":moments", StringComparison.Ordinal) && n.Shape[0] == 6).Name[..^":moments".Length];
        Assert.Equal([30d], file.Read($"{name}:count"));
        Near([.. Enumerable.Range(0, 6).Select(u => vectors.Sum(v => v[u]))], file.Read($"{name}:sums"));
        Near([.. Enumerable.Range(0, 6).Select(u => vectors.Sum(v => v[u] * v[u]))], file.Read($"{name}:squares"));
        Near([.. Enumerable.Range(0, 36).Select(i => vectors.Sum(v => v[i / 6] * v[i % 6]))], file.Read($"{name}:moments"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Units_score_by_statistics_as_they_score_by_data(string name)
    {
        GraphBuilder graph = MiniZooGraphs.Named(name).Write();
        Model model = graph.Build();
        GraphAnalysis analysis = Analyse(model);
        if (new Gatherer(analysis).Count == 0)
            return;
        using Session session = Session.Open(model, s_settings);
        CalibrationSet rows = CalibrationSet.Of(SyntheticPictures.For(model, session, 4, seed: 3).Data, 1, seed: 3);

        using StatisticsFile file = Gather(model, rows);
        UnitScores gathered = new ActivationCriterion(file).Score(analysis);
        UnitScores seen = new ActivationCriterion(rows.Batches(1).Select(b => b.Feeds), s_settings).Score(analysis);

        foreach (Dimension dimension in analysis.Dimensions.Where(d => !d.IsFrozen))
        {
            double largest = seen.Of(dimension).SelectMany(s => s).Max();
            for (int g = 0; g < dimension.Groups; g++)
                Assert.All(gathered.Of(dimension)[g].Zip(seen.Of(dimension)[g]), p => Assert.Equal(p.Second, p.First, 1e-5 * largest));
        }
    }

    [Fact]
    public void Many_passes_give_what_one_gives()
    {
        Model model = MiniZooGraphs.Named("packed-gather").Make();
        GraphAnalysis analysis = Analyse(model);
        using Session session = Session.Open(model, s_settings);
        CalibrationSet rows = CalibrationSet.Of(SyntheticPictures.For(model, session, 3, seed: 3).Data, 2, seed: 3);

        Assert.Equal(Bytes(new Gatherer(analysis), rows), Bytes(new Gatherer(analysis, mostNumbers: 1), rows));
    }

    [Fact]
    public void What_is_not_finite_is_named()
    {
        var g = new GraphBuilder(new Spelling { Opset = 17 });
        string hidden = g.Op("Exp", g.MatMul(g.Input("x", [2, 4]), g.Weight("a", [.. Enumerable.Repeat(1f, 24)], 4, 6)));
        g.Output(g.MatMul(hidden, g.Weight("b", g.Numbers.Normal("b", 18, 1), 6, 3)), "y", -1, 3);
        DataSet data = DataSet.Open(_folder.Write("x.npy", Npy.Bytes("<f4", [0f, 0, 0, 0, 99, 99, 99, 99], [2, 4])), [Ports.Of("x", ElementType.Float32, "n", 4)]);

        Assert.Contains("is not finite on sample 1 of", Assert.Throws<ModelError>(() => Gather(g.Build(), CalibrationSet.Of(data, 1, 0))).Message);
    }

    private static GraphAnalysis Analyse(Model model) => new DimensionFinder().Run(new Normalizer().Run(FunctionInliner.Inline(model)).Graph);

    private static float[] PictureNumbers(int count)
    {
        var random = new Random(2);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((2 * random.NextDouble()) - 1))];
    }

    private static void Near(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), p => Assert.Equal(p.First, p.Second, 1e-5 * expected.Max(Math.Abs)));
    }

    private static byte[] Bytes(Gatherer gatherer, CalibrationSet rows)
    {
        using var stream = new MemoryStream();
        var facts = new StatisticsFacts("ab", rows.Samples, rows.SamplesOfAll, rows.Views, rows.Seed, 1, [1]);
        gatherer.Run(rows, s_settings, new StatisticsWriter(stream, facts, gatherer.Arrays));
        return stream.ToArray();
    }

    private StatisticsFile Gather(Model model, CalibrationSet rows) =>
        StatisticsFile.Open(_folder.Write($"{Guid.NewGuid():n}.safetensors", Bytes(new Gatherer(Analyse(model)), rows)));
}
