using System.Diagnostics;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Runtime;
using SiDT.Tests.MiniZoo;
using Xunit;
using Xunit.Abstractions;

namespace SiDT.Tests.Runtime.Calibration;

public sealed class SyntheticPicturesTests(ITestOutputHelper output)
{
    private const int Side = 128;

    [Fact]
    public void The_spectrum_falls_as_that_of_photographs_does()
    {
        // power at 4 .. 32 waves a picture; an amplitude like 1/f is a power like 1/f^2
        int[] waves = [4, 8, 16, 32];
        var power = new double[waves.Length];
        for (int picture = 0; picture < 96; picture++)
        {
            var numbers = new float[Side * Side];
            DeadLeaves.Draw(new SplitMix(1, picture), numbers, Side, Side);
            for (int i = 0; i < waves.Length; i++)
                power[i] += Power(numbers, waves[i], 0) + Power(numbers, 0, waves[i]);
        }
        double slope = Slope(waves, power);
        output.WriteLine($"power falls like f^{slope:0.00}");
        Assert.InRange(slope, -3, -1.6);
    }

    [Fact]
    public void The_noise_alone_has_an_amplitude_like_1_over_f()
    {
        int[] waves = [4, 8, 16, 32];
        var power = new double[waves.Length];
        double square = 0;
        for (int picture = 0; picture < 96; picture++)
        {
            var numbers = new float[Side * Side];
            var random = new SplitMix(2, picture);
            FractalNoise.Fill(ref random, numbers, Side, Side);
            square += numbers.Average(x => x * x) / 96;
            for (int i = 0; i < waves.Length; i++)
                power[i] += Power(numbers, waves[i], 0) + Power(numbers, 0, waves[i]);
        }
        output.WriteLine($"power falls like f^{Slope(waves, power):0.00}, mean square {square:0.00}");
        Assert.InRange(Slope(waves, power), -2.5, -1.5);
        Assert.InRange(square, 0.7, 1.3);
    }

    [Theory]
    [InlineData("imagenet")]
    [InlineData(null)]
    public void Numbers_have_mean_0_and_deviation_1(string? preprocess)
    {
        using Session session = Session.Open(Graphs.OneNode("Identity", ElementType.Float32, ("x", ElementType.Float32, ["n", 3, 64, 64])));
        SyntheticPictures made = SyntheticPictures.For(Plain(), session, 256, seed: 1, preprocess);

        PictureMoments moments = PictureMoments.Of(made.Data.Batches(256).Single().Feeds["x"].ToFloats());

        output.WriteLine($"{moments}");
        Assert.InRange(moments.Mean, -0.15, 0.15);
        Assert.InRange(moments.Deviation, 0.85, 1.15);
        Assert.Equal($"256 synthetic pictures of 64x64 ({(preprocess is null ? "assumed: " : "")}imagenet)", made.Words);
    }

    [Fact]
    public void Channels_go_together()
    {
        double together = 0;
        for (int picture = 0; picture < 32; picture++)
        {
            var numbers = new float[3 * 64 * 64];
            DeadLeaves.Draw(new SplitMix(3, picture), numbers, 64, 64);
            together += Correlation(numbers.AsSpan(0, 4096), numbers.AsSpan(4096, 4096)) / 32;
            Assert.InRange(numbers.Min(), 0, 1);
            Assert.InRange(numbers.Max(), 0, 1);
        }
        output.WriteLine($"correlation {together:0.00}");
        Assert.InRange(together, 0.75, 0.99);
    }

    [Fact]
    public void The_same_seed_gives_the_same_pictures_in_whatever_batches()
    {
        using Session session = Session.Open(Graphs.OneNode("Identity", ElementType.Float32, ("x", ElementType.Float32, ["n", 3, "h", "w"])));
        float[] Numbers(int seed, int batch) => [.. SyntheticPictures.For(Plain(), session, 5, seed).Data.Batches(batch).SelectMany(b => b.Feeds["x"].ToFloats())];

        Assert.Equal(5 * 3 * 224 * 224, Numbers(1, 5).Length);
        Assert.Equal(Numbers(1, 5), Numbers(1, 2));
        Assert.NotEqual(Numbers(1, 5), Numbers(2, 5));
    }

    [Theory]
    [InlineData(1 / 127.5f, 255)]
    [InlineData(2f, 1)]
    public void A_graph_that_normalises_by_itself_gets_the_pixels_it_expects(float factor, float most)
    {
        var graph = new GraphBuilder(new Spelling { Opset = 17 });
        string x = graph.Op("Mul", graph.Input("x", [1, 3, 32, 32]), graph.Weight("factor", [factor], 1));
        graph.Output(graph.Op("Sub", x, graph.Weight("one", [1f], 1)), "y", 1, 3, 32, 32);
        Model model = graph.Build();
        using Session session = Session.Open(model);

        SyntheticPictures made = SyntheticPictures.For(model, session, 8, seed: 1);

        float[] numbers = [.. made.Data.Batches(8).SelectMany(b => b.Feeds["x"].ToFloats())];
        Assert.Equal(8 * 3 * 32 * 32, numbers.Length);
        Assert.InRange(numbers.Min(), 0, 0.1 * most);
        Assert.InRange(numbers.Max(), 0.8 * most, most);
        Assert.Contains($"pixels from 0 to {most}", made.Words);
    }

    [Fact]
    public void What_is_no_picture_is_random_as_ever()
    {
        using Session session = Session.Open(Graphs.OneNode("Identity", ElementType.Float32, ("tokens", ElementType.Float32, ["n", 16, 8])));

        SyntheticPictures made = SyntheticPictures.For(Plain(), session, 64, seed: 1);

        Batch batch = made.Data.Batches(64).Single();
        Assert.Equal([64L, 16, 8], batch.Feeds["tokens"].Dims);
        PictureMoments moments = PictureMoments.Of(batch.Feeds["tokens"].ToFloats());
        Assert.InRange(moments.Mean, -0.1, 0.1);
        Assert.InRange(moments.Deviation, 0.9, 1.1);
        Assert.Equal("64 samples of random numbers (no input looks like a picture)", made.Words);
    }

    [Fact]
    [Trait("Category", Categories.Slow)]
    public void Pictures_are_made_faster_than_networks_read_them()
    {
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < 100; i++)
            DeadLeaves.Draw(new SplitMix(1, i), new float[3 * 224 * 224], 224, 224);
        output.WriteLine($"{clock.Elapsed.TotalMilliseconds / 100:0.0} ms each");
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 10);
    }

    /// <summary>A model that does nothing to its pixels first.</summary>
    private static Model Plain() => ModelReader.FromBytes(Graphs.OneNode("Identity", ElementType.Float32, ("x", ElementType.Float32, ["n", 3, 64, 64])), null);

    private static double Power(float[] numbers, int down, int right)
    {
        (double real, double imaginary) = (0, 0);
        for (int y = 0; y < Side; y++)
        {
            for (int x = 0; x < Side; x++)
            {
                // a window, so that the jump from one border to the other is not seen
                double window = Math.Sin(Math.PI * (y + 0.5) / Side) * Math.Sin(Math.PI * (x + 0.5) / Side), value = window * numbers[(y * Side) + x];
                double angle = 2 * Math.PI * ((down * y) + (right * x)) / Side;
                real += value * Math.Cos(angle);
                imaginary += value * Math.Sin(angle);
            }
        }
        return (real * real) + (imaginary * imaginary);
    }

    /// <summary>Of a line through the logarithms.</summary>
    private static double Slope(int[] waves, double[] power)
    {
        double[] x = [.. waves.Select(w => Math.Log(w))], y = [.. power.Select(p => Math.Log(p))];
        double meanX = x.Average(), meanY = y.Average();
        return x.Zip(y).Sum(p => (p.First - meanX) * (p.Second - meanY)) / x.Sum(v => (v - meanX) * (v - meanX));
    }

    private static double Correlation(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        PictureMoments ofA = PictureMoments.Of(a), ofB = PictureMoments.Of(b);
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += (a[i] - ofA.Mean) * (b[i] - ofB.Mean);
        return sum / a.Length / (ofA.Deviation * ofB.Deviation);
    }
}
