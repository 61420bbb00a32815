using System.Diagnostics;
using System.IO.Compression;
using SiDT.Frontend;
using SiDT.Runtime;
using Xunit;
using Xunit.Abstractions;

namespace SiDT.Tests.Runtime.Calibration;

public sealed class CalibrationSetTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void View_0_is_the_sample_as_it_is_and_others_differ()
    {
        CalibrationSet set = CalibrationSet.Of(Pictures(20), 3, seed: 1);

        Dictionary<(int, int), float[]> rows = Rows(set, 7);

        Assert.Equal(60, rows.Count);
        Assert.Equal(60, set.Rows);
        Assert.Equal(Pictures(20).Batches(20).Single().Feeds["x"].ToFloats().Chunk(192).ToArray()[13], rows[(13, 0)]);
        Assert.NotEqual(rows[(13, 0)], rows[(13, 1)]);
        Assert.NotEqual(rows[(13, 1)], rows[(13, 2)]);
    }

    [Theory]
    [InlineData("nchw")]
    [InlineData("nhwc")]
    public void Rows_do_not_depend_on_batches_or_on_the_pass(string layout)
    {
        CalibrationSet set = CalibrationSet.Of(Pictures(37, layout == "nhwc"), 3, seed: 1);
        Dictionary<(int, int), float[]> rows = Rows(set, 5);
        foreach (int size in new[] { 1, 5, 64, 1000 })
            Assert.Equal(rows, Rows(set, size));
        Assert.NotEqual(rows, Rows(CalibrationSet.Of(Pictures(37, layout == "nhwc"), 3, seed: 2), 5));
    }

    [Fact]
    public void Batches_go_by_sample_and_view_and_have_the_rows_that_were_asked_for()
    {
        CalibrationBatch[] batches = [.. CalibrationSet.Of(Pictures(5), 3, seed: 1).Batches(6)];

        Assert.Equal([6, 6, 3], batches.Select(b => b.Count));
        Assert.Equal([6L, 3, 8, 8], batches[0].Feeds["x"].Dims);
        Assert.Equal([0, 0, 0, 1, 1, 1], batches[0].Sample);
        Assert.Equal([0, 1, 2, 0, 1, 2], batches[0].View);
    }

    [Fact]
    public void A_fixed_batch_size_is_kept_and_filled_with_copies()
    {
        CalibrationSet set = CalibrationSet.Of(Pictures(5, batch: 4), 3, seed: 1);
        CalibrationBatch[] batches = [.. set.Batches(64)];

        Assert.Equal(4, set.FixedRows);
        Assert.Equal([4, 4, 4, 3], batches.Select(b => b.Count));
        float[][] last = [.. batches[3].Feeds["x"].ToFloats().Chunk(192)];
        Assert.Equal(4, last.Length);
        Assert.Equal(last[2], last[3]);
    }

    [Fact]
    public void Parts_hold_every_row_of_the_whole_once()
    {
        foreach (int views in new[] { 1, 3 })
        {
            CalibrationSet set = CalibrationSet.Of(Pictures(41), views, seed: 1);
            var parts = Enumerable.Range(0, 4).SelectMany(i => Rows(set.Shard(i, 4), 8)).ToDictionary(p => p.Key, p => p.Value);
            Assert.Equal(Rows(set, 8).OrderBy(p => p.Key), parts.OrderBy(p => p.Key));
        }
        Assert.Equal([1, 5, 9], CalibrationSet.Of(Pictures(12), 1, seed: 1).Shard(1, 4).Batches(9).Single().Sample);
    }

    [Fact]
    public void Folds_go_by_sample_and_what_is_mixed_stays_in_one_fold()
    {
        DataSet data = Pictures(40);
        CalibrationSet set = CalibrationSet.Of(data, 4, seed: 1);
        int[] folds = [.. Enumerable.Range(0, 40).Select(s => set.Fold(s, 5))];
        Assert.Equal([0, 1, 2, 3, 4], folds.Distinct().Order());
        Assert.Equal(10, set.MostFolds);

        // another picture in fold 0 changes no row of another fold
        byte[] changed = Pixels(40);
        for (int sample = 0; sample < 40; sample++)
        {
            if (folds[sample] == 0)
                changed.AsSpan(sample * 192, 192).Clear();
        }
        Dictionary<(int Sample, int View), float[]> before = Rows(set, 16), after = Rows(CalibrationSet.Of(Open(changed, 40, last: false, null), 4, seed: 1), 16);
        Assert.All(before.Keys.Where(k => folds[k.Sample] != 0), key => Assert.Equal(before[key], after[key]));
        Assert.Contains(before.Keys, key => folds[key.Sample] == 0 && !before[key].SequenceEqual(after[key]));
    }

    [Fact]
    public void Half_of_the_views_are_mixed_and_half_of_those_in_a_rectangle()
    {
        int mixed = 0, rectangles = 0, mirrored = 0;
        var shape = new PictureShape(8, 8, 3, PictureLayout.Nchw);
        for (int i = 0; i < 4000; i++)
        {
            var random = new SplitMix(3, i, 1);
            mirrored += PictureLook.Draw(ref random, shape).Mirrored ? 1 : 0;
            if (!random.Coin())
                continue;
            mixed++;
            random.Below(3);
            PictureBlend blend = PictureBlend.Draw(ref random, shape);
            rectangles += blend.Rectangle is null ? 0 : 1;
            Assert.InRange(blend.Weight, 0.2, 0.8);
        }
        Assert.InRange(mirrored, 1850, 2150);
        Assert.InRange(mixed, 1850, 2150);
        Assert.InRange(rectangles, 0.45 * mixed, 0.55 * mixed);
    }

    [Fact]
    public void Views_keep_the_mean_and_the_spread_of_pictures()
    {
        CalibrationSet set = CalibrationSet.Of(Pictures(256), 3, seed: 1);
        ILookup<bool, float> numbers = Rows(set, 64).SelectMany(r => r.Value.Select(x => (r.Key.Item2 > 0, x))).ToLookup(p => p.Item1, p => p.x);

        PictureMoments plain = PictureMoments.Of([.. numbers[false]]), views = PictureMoments.Of([.. numbers[true]]);

        Assert.Equal(plain.Mean, views.Mean, 0.1 * plain.Deviation);
        Assert.InRange(views.Deviation, 0.6 * plain.Deviation, plain.Deviation); // noise is smoothed
    }

    [Fact]
    public void What_is_no_picture_has_one_view_and_says_why()
    {
        string path = _folder.Write("x.npy", Npy.Bytes("<f4", new float[30], [6, 5]));
        CalibrationSet set = CalibrationSet.Of(DataSet.Open(path, [Ports.Of("tokens", ElementType.Float32, "n", 5)]), 3, seed: 1);

        Assert.Equal(1, set.Views);
        Assert.Equal("no input of the model looks like a picture of floats ('tokens' is float32 [1,5])", set.WhyOneView);
        Assert.Equal([0, 1, 2, 3, 4, 5], set.Batches(9).Single().Sample);
        Assert.Null(CalibrationSet.Of(Pictures(3), 2, seed: 1).WhyOneView);
    }

    [Fact]
    public void What_lies_beside_pictures_passes_unchanged()
    {
        string path = _folder["both.npz"];
        Npy.WriteArchive(path, CompressionLevel.NoCompression,
            ("x", Npy.Bytes("|u1", Pixels(6), [6, 8, 8, 3])),
            ("scale", Npy.Bytes("<f4", new float[] { 1, 2, 3, 4, 5, 6 }, [6, 1])),
            ("table", Npy.Bytes("<f4", new float[] { 1, 2, 3, 4, 5, 6, 7, 8 }, [4, 2])));
        Port[] ports = [Ports.Of("x", ElementType.Float32, "n", 3, 8, 8), Ports.Of("scale", ElementType.Float32, "n", 1), Ports.Of("table", ElementType.Float32, 4, 2)];

        CalibrationBatch batch = CalibrationSet.Of(DataSet.Open(path, ports), 2, seed: 1).Batches(4).First();

        Assert.Equal([1f, 1, 2, 2], batch.Feeds["scale"].ToFloats());
        Assert.Equal([4L, 2], batch.Feeds["table"].Dims);
    }

    [Fact]
    public void One_sample_has_views_too()
    {
        Assert.Equal(5, Rows(CalibrationSet.Of(Pictures(1), 5, seed: 1), 2).Count);
    }

    [Fact]
    [Trait("Category", Categories.Slow)]
    public void Three_views_of_512_pictures_take_seconds()
    {
        const int count = 512, side = 224;
        var noise = new byte[count * side * side * 3];
        new Random(1).NextBytes(noise);
        string path = _folder.Write("x.npy", Npy.Bytes("|u1", noise, [count, side, side, 3]));
        CalibrationSet set = CalibrationSet.Of(DataSet.Open(path, [Ports.Of("x", ElementType.Float32, "n", 3, side, side)]), 3, seed: 1);
        var plain = Stopwatch.StartNew();
        Assert.Equal(count, CalibrationSet.Of(DataSet.Open(path, [Ports.Of("x", ElementType.Float32, "n", 3, side, side)]), 1, seed: 1).Batches(48).Sum(b => b.Count));
        plain.Stop();
        var views = Stopwatch.StartNew();
        Assert.Equal(3 * count, set.Batches(48).Sum(b => b.Count));
        output.WriteLine($"{plain.Elapsed.TotalSeconds:0.00} s without views, {views.Elapsed.TotalSeconds:0.00} s with them");
        Assert.InRange(views.Elapsed.TotalSeconds, 0, 60);
    }

    private DataSet Pictures(int count, bool last = false, int? batch = null) => Open(Pixels(count), count, last, batch);

    private DataSet Open(byte[] pixels, int count, bool last, int? batch)
    {
        long[] dims = last ? [8, 8, 3] : [3, 8, 8];
        string path = _folder.Write($"{Guid.NewGuid():n}.npy", Npy.Bytes("|u1", pixels, [count, .. dims]));
        object first = batch is { } size ? size : "n";
        return DataSet.Open(path, [Ports.Of("x", ElementType.Float32, [first, .. dims.Cast<object>()])], Preprocessing.ImageNet);
    }

    private static byte[] Pixels(int count)
    {
        var pixels = new byte[count * 192];
        new Random(4).NextBytes(pixels);
        return pixels;
    }

    private static Dictionary<(int, int), float[]> Rows(CalibrationSet set, int size)
    {
        var rows = new Dictionary<(int, int), float[]>();
        foreach (CalibrationBatch batch in set.Batches(size))
        {
            float[][] numbers = [.. batch.Feeds["x"].ToFloats().Chunk(192)];
            for (int i = 0; i < batch.Count; i++)
                rows.Add((batch.Sample[i], batch.View[i]), numbers[i]);
        }
        return rows;
    }
}
