using System.IO.Compression;
using SiDT.Frontend;
using SiDT.Runtime;
using Xunit;
using Xunit.Abstractions;

namespace SiDT.Tests.Runtime;

public sealed class MeasuringTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_model_agrees_with_itself()
    {
        using Session model = Session.Open(SharedFolder.Repository("models/fashion-vit.onnx"));
        DataSet data = DataSet.Open(SharedFolder.Repository("models/fashion-calib.npz"), model);
        Assert.False(data.Preprocessing!.IsAssumed); // it stands in the model's metadata
        int last = 0;

        ModelScore score = Evaluation.Run([("original", model), ("itself", model)], data.Take(100), 32, progress: (done, _) => last = done)[1];

        Assert.Equal(100, score.Count);
        Assert.Equal(100, last);
        Assert.Equal(1, score.Agreement);
        Assert.Equal(1, score.Cosine!.Value, 1e-9);
        Assert.Equal(0, score.RelativeErrors["logits"]);
        Assert.Equal(0, score.Gained + score.Lost);
    }

    [Fact]
    [Trait("Category", Categories.Slow)]
    public void The_fashion_model_has_nine_of_ten_test_pictures_right()
    {
        using Session model = Session.Open(SharedFolder.Repository("models/fashion-vit.onnx"));

        ModelScore score = Evaluation.Run([("original", model)], DataSet.Open(SharedFolder.Repository("models/fashion-test.npz"), model), 100)[0];

        output.WriteLine($"top-1 {score.Top1:P2}, top-5 {score.Top5:P2}");
        Assert.Equal(2000, score.Count);
        Assert.InRange(score.Top1!.Value, 0.895, 0.907);
        Assert.InRange(score.Top5!.Value, 0.99, 1);
    }

    [SharedFact("models/vit_tiny.onnx", "data/imagenet-eval")]
    [Trait("Category", Categories.Slow)]
    public void A_published_classifier_has_its_accuracy_on_photographs()
    {
        using Session model = Session.Open(SharedFolder.Find("models/vit_tiny.onnx")!);

        ModelScore score = Evaluation.Run([("original", model)], DataSet.Open(SharedFolder.Find("data/imagenet-eval")!, model, "half"))[0];

        output.WriteLine($"top-1 {score.Top1:P2}, top-5 {score.Top5:P2} of {score.Count}");
        Assert.InRange(score.Top1!.Value, 0.81, 0.83);
    }

    [Fact]
    public void Scores_are_what_a_hand_computes()
    {
        string path = _folder["a.npz"];
        float[] logits = [1, 2, 3, 6, 5, 4, 0, 9, 1];
        Npy.WriteArchive(path, CompressionLevel.Fastest, ("x", Npy.Bytes("<f4", logits, [3, 3])), ("y", Npy.Bytes("<i8", new long[] { 2, 0, 0 }, [3])));
        using Session same = Session.Open(Graphs.OneNode("Identity", ElementType.Float32, ("x", ElementType.Float32, ["n", 3])));
        using Session negated = Session.Open(Graphs.OneNode("Neg", ElementType.Float32, ("x", ElementType.Float32, ["n", 3])));

        var scores = Evaluation.Run([("same", same), ("negated", negated)], DataSet.Open(path, same), batchSize: 2);

        Assert.Equal(2 / 3.0, scores[0].Top1);
        Assert.Null(scores[0].Top5); // there are but three classes
        Assert.Equal(1 / 3.0, scores[1].Top1); // the third, where -0 is the largest
        Assert.Equal(0, scores[1].Agreement);
        Assert.Equal(-1, scores[1].Cosine!.Value, 1e-9);
        Assert.Equal(4, scores[1].RelativeErrors["y"], 1e-9);
        Assert.Equal(1, scores[1].Gained);
        Assert.Equal(2, scores[1].Lost);
    }

    [Fact]
    public void Rows_that_fill_a_fixed_batch_do_not_count()
    {
        string path = _folder["a.npz"];
        Npy.WriteArchive(path, CompressionLevel.Fastest, ("x", Npy.Bytes("<f4", new float[] { 0, 1, 1, 0, 0, 1 }, [3, 2])), ("y", Npy.Bytes("<i8", new long[] { 1, 0, 0 }, [3])));
        using Session model = Session.Open(Graphs.OneNode("Identity", ElementType.Float32, ("x", ElementType.Float32, [2, 2])));

        ModelScore score = Evaluation.Run([("m", model)], DataSet.Open(path, model))[0];

        Assert.Equal(3, score.Count);
        Assert.Equal(2 / 3.0, score.Top1);
    }

    [Fact]
    public void A_label_beyond_the_classes_is_refused()
    {
        string path = _folder["a.npz"];
        Npy.WriteArchive(path, CompressionLevel.Fastest, ("x", Npy.Bytes("<f4", new float[3], [1, 3])), ("y", Npy.Bytes("<i8", new long[] { 3 }, [1])));
        using Session model = Session.Open(Graphs.OneNode("Neg", ElementType.Float32, ("x", ElementType.Float32, ["n", 3])));

        DataError error = Assert.Throws<DataError>(() => Evaluation.Run([("m", model)], DataSet.Open(path, model)));

        Assert.Equal("the label 3 is no class of the model, which has 3 (0 to 2)", error.Message);
    }

    [Fact]
    public void Logits_that_are_not_numbers_are_never_right()
    {
        string path = _folder["a.npz"];
        Npy.WriteArchive(path, CompressionLevel.Fastest, ("x", Npy.Bytes("<f4", Enumerable.Repeat(-1f, 6).ToArray(), [1, 6])), ("y", Npy.Bytes("<i8", new long[] { 0 }, [1])));
        using Session model = Session.Open(Graphs.OneNode("Sqrt", ElementType.Float32, ("x", ElementType.Float32, ["n", 6])));

        ModelScore score = Evaluation.Run([("m", model)], DataSet.Open(path, model))[0];

        Assert.Equal(0, score.Top1);
        Assert.Equal(0, score.Top5);
    }

    [Fact]
    public void Models_take_turns()
    {
        var order = new List<char>();
        var settings = new BenchSettings(Seconds: 0, WarmUpSeconds: 0, LeastRounds: 5);

        var results = PairedBench.Run([new("a", () => order.Add('a')), new("b", () => order.Add('b'))], settings);

        Assert.Equal("aaabbbababababab", string.Concat(order));
        Assert.All(results, r => Assert.Equal(5, r.Runs));
    }

    [Fact]
    public void A_ratio_that_is_known_lies_within_its_interval()
    {
        var random = new Random(3);
        double[] weather = [.. Enumerable.Range(0, 300).Select(_ => 1 + random.NextDouble())]; // disturbs both alike
        double[] a = [.. weather.Select(w => 10 * w * (1 + (0.02 * random.NextDouble())))];
        double[] b = [.. weather.Select(w => 7 * w * (1 + (0.02 * random.NextDouble())))];

        var once = PairedBench.Summarize(["a", "b"], [a, b], new BenchSettings());
        var again = PairedBench.Summarize(["a", "b"], [a, b], new BenchSettings());

        LatencyRatio ratio = once[1].Ratio;
        Assert.InRange(0.7, ratio.Low, ratio.High);
        Assert.InRange(ratio.High - ratio.Low, 0.0001, 0.02);
        Assert.Equal(ratio, again[1].Ratio);
        Assert.True(once[0].Least <= once[0].Median && once[0].Median < once[0].P95);
    }

    [Fact]
    [Trait("Category", Categories.Slow)]
    public void Two_sessions_are_timed_in_turns_and_compared_with_an_interval()
    {
        using Session model = Session.Open(SharedFolder.Repository("models/fashion-vit.onnx"));
        var feeds = SyntheticInputs.For(model, batch: 4);
        BenchSubject a = BenchSubject.Of("a", model, feeds, out PreparedRun first);
        BenchSubject b = BenchSubject.Of("b", model, feeds, out PreparedRun second);
        using (first)
        using (second)
        {
            Latency result = PairedBench.Run([a, b], new BenchSettings(Seconds: 1))[1];
            output.WriteLine($"median {result.Median:F3} ms, p95 {result.P95:F3} ms, ratio {result.Ratio.Value:F4} [{result.Ratio.Low:F4}, {result.Ratio.High:F4}]");
            // how fast a busy machine is says nothing of the code: only the form of the answer is held
            Assert.True(result.Runs > 0 && result.Median > 0 && result.P95 >= result.Median && result.Least <= result.Median);
            Assert.InRange(result.Ratio.Value, result.Ratio.Low, result.Ratio.High);
        }
    }
}
