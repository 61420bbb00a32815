using System.IO.Compression;
using SiDT.Cli.Entry;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Runtime;
using SiDT.Tests.Cli;
using SiDT.Tests.Compensation.Zoo;
using SiDT.Tests.MiniZoo;
using SiDT.Tests.Runtime;
using Xunit;

namespace SiDT.Tests.Compensation;

/// <summary>Data and weights that statistics fare ill with: a sound result or a clear refusal, never a number in a file that is none.</summary>
[Trait("Category", Categories.Slow)]
public sealed class NumericalCareTests : IDisposable
{
    private const string Halved = "mlp=0.5,qk=0.5,v=0.5,embed=0.75";
    private static readonly SessionSettings s_session = new(Threads: 1, Optimize: false);
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void Few_samples_do_no_more_harm_than_plain_slicing(int samples) => Check("packed-gather", Inputs("packed-gather", samples), Others("packed-gather"), 1.1);

    [Fact]
    public void Samples_that_are_all_the_same_have_no_rank() =>
        Check("packed-gather", Repeated(Inputs("packed-gather", 1), 64), Others("packed-gather"), 1.1);

    [Fact]
    public void Samples_of_zeros_say_nothing() => Check("packed-gather", Scaled(Inputs("packed-gather", 64), 0), Others("packed-gather"), 1.1);

    [Fact]
    public void Huge_activations_overflow_nothing() => Check("packed-gather", Scaled(Inputs("packed-gather", 64), 1e6f), Scaled(Others("packed-gather"), 1e6f), 1.1);

    [Theory]
    [InlineData("float16-behind-cast")]
    [InlineData("bfloat16-behind-cast")]
    [InlineData("float64")]
    [InlineData("batch-norm-attention")]
    [InlineData("rms-simplified")]
    public void Weights_of_every_type_and_norms_of_every_kind_stay_sound(string graph) => Check(graph, Inputs(graph, 64), Others(graph), 1.1);

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Units_that_never_change_are_units_all_the_same(float constant)
    {
        string path = _folder["dead.onnx"];
        Model model = MiniZooGraphs.Named("separate").Make();
        foreach (Value bias in model.Graph.Initializers.Where(v => v.Initializer!.Rank == 1 && v.Uses.Any(u => u.Node.Is("Add"))).ToArray())
        {
            Node sum = bias.Uses[0].Node;
            if (sum.Inputs.FirstOrDefault(i => i != bias)?.Producer is not { } product || !product.Is("MatMul") || product.Input(1)?.Initializer is not { } weight)
                continue;
            long width = weight.Dims[1];
            float[] numbers = weight.ToFloats(), offsets = bias.Initializer!.ToFloats();
            for (int i = 0; i < numbers.Length; i++)
                numbers[i] *= i % width % 3 == 0 ? 0 : 1;
            for (int i = 0; i < offsets.Length; i++)
                offsets[i] = i % 3 == 0 ? constant : offsets[i];
            product.Input(1)!.Initializer = Tensor.Of(numbers.AsSpan(), weight.Dims);
            bias.Initializer = Tensor.Of(offsets.AsSpan(), bias.Initializer.Dims);
        }
        global::SiDT.Frontend.Writing.ModelWriter.Write(model, path);
        Check(path, Inputs("separate", 64), Others("separate"), 1.1, "mlp=0.5");
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "not finite")]
    public void Data_that_are_no_numbers_are_refused(float number, string word)
    {
        IReadOnlyDictionary<string, Tensor> feeds = Inputs("packed-gather", 8);
        float[] numbers = feeds.Values.Single().ToFloats();
        numbers[17] = number;
        string data = Save(new Dictionary<string, Tensor> { [feeds.Keys.Single()] = Tensor.Of(numbers.AsSpan(), feeds.Values.Single().Dims) });
        string path = Save("packed-gather");

        Cli.Answer answer = Sidtc.Run("prune", path, "--keep", Halved, "--calib", data, "-o", _folder["small.onnx"]);

        Assert.NotEqual(ExitCodes.Done, answer.Code);
        Assert.Contains(word, answer.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["small.onnx"]));
    }

    public void Dispose() => _folder.Dispose();

    // halves a model by such data, and compares it with plain slices on others of the kind
    private void Check(string graph, IReadOnlyDictionary<string, Tensor> feeds, IReadOnlyDictionary<string, Tensor> others, double most, string keep = Halved)
    {
        string path = graph.EndsWith(".onnx", StringComparison.Ordinal) ? graph : Save(graph), data = Save(feeds);
        Model original = ModelReader.Read(path);

        Sidtc.Results("prune", path, "--keep", keep, "--align", "1", "--calib", data, "-o", _folder["small.onnx"]);
        Sidtc.Results("prune", path, "--keep", keep, "--align", "1", "--calib", data, "-o", _folder["plain.onnx"], "--no-compensate", "--no-rotate");

        Model small = ModelReader.Read(_folder["small.onnx"]);
        Assert.All(small.Graph.Initializers.Where(v => v.Initializer!.Type.IsFloating()), v => Assert.All(v.Initializer!.ToFloats(), x => Assert.True(float.IsFinite(x), v.Name)));
        var error = new OutputError(original, [others], s_session);
        double lost = error.Of(small), plainly = error.Of(ModelReader.Read(_folder["plain.onnx"]));
        Assert.True(double.IsFinite(lost), "outputs are not finite");
        Assert.True(lost <= (most * plainly) + 1e-9, $"{lost:g3} is lost, by plain slices {plainly:g3}");
    }

    private string Save(string graph)
    {
        string path = _folder[graph + ".onnx"];
        MiniZooGraphs.Named(graph).Write().Save(path);
        return path;
    }

    private string Save(IReadOnlyDictionary<string, Tensor> feeds)
    {
        string path = _folder["data.npz"];
        Npy.WriteArchive(path, CompressionLevel.Fastest, [.. feeds.Select(f => (f.Key, Npy.Bytes("<f4", f.Value.ToFloats(), f.Value.Dims)))]);
        return path;
    }

    private static IReadOnlyDictionary<string, Tensor> Others(string graph) => Inputs(graph, 64, 2000);

    private static IReadOnlyDictionary<string, Tensor> Inputs(string graph, int samples, int seed = 1000)
    {
        using Session session = Session.Open(MiniZooGraphs.Named(graph).Make(), s_session);
        return SyntheticInputs.For(session, seed, samples);
    }

    private static Dictionary<string, Tensor> Scaled(IReadOnlyDictionary<string, Tensor> feeds, float scale) =>
        feeds.ToDictionary(f => f.Key, f => Tensor.Of(f.Value.ToFloats().Select(x => x * scale).ToArray().AsSpan(), f.Value.Dims));

    private static Dictionary<string, Tensor> Repeated(IReadOnlyDictionary<string, Tensor> feeds, int times) =>
        feeds.ToDictionary(f => f.Key, f => Tensor.Of(Enumerable.Repeat(f.Value.ToFloats(), times).SelectMany(x => x).ToArray().AsSpan(), [times, .. f.Value.Dims[1..]]));
}
