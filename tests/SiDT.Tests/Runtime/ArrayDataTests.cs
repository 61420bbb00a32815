using System.IO.Compression;
using SiDT.Frontend;
using SiDT.Runtime;
using Xunit;

namespace SiDT.Tests.Runtime;

public sealed class ArrayDataTests : IDisposable
{
    private static readonly Port Features = Ports.Of("x", ElementType.Float32, "batch", 3);
    private static readonly Port Gray = Ports.Of("input", ElementType.Float32, "batch", 1, 2, 2);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_lone_array_goes_into_the_only_input_batch_by_batch()
    {
        string path = _folder.Write("a.npy", Npy.Bytes("<f4", Numbers(5 * 3), [5, 3]));

        DataSet data = DataSet.Open(path, [Features]);
        Batch[] batches = [.. data.Batches(2)];

        Assert.Equal(5, data.Count);
        Assert.False(data.HasLabels);
        Assert.Equal([2, 2, 1], batches.Select(b => b.Count));
        Assert.Equal(Numbers(15), batches.SelectMany(b => b.Feeds["x"].ToFloats()));
        Assert.Equal([1, 3], batches[2].Feeds["x"].Dims);
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Fastest)]
    public void Arrays_of_an_archive_are_bound_by_name(CompressionLevel level)
    {
        string path = _folder["a.npz"];
        Npy.WriteArchive(path, level,
            ("mask", Npy.Bytes("<i8", Enumerable.Range(0, 8).Select(i => (long)(i % 2)).ToArray(), [4, 2])),
            ("x", Npy.Bytes("<f8", Numbers(12).Select(n => (double)n).ToArray(), [4, 3])),
            ("y", Npy.Bytes("<i4", new[] { 3, 2, 1, 0 }, [4])));

        DataSet data = DataSet.Open(path, [Features, Ports.Of("mask", ElementType.Int32, "batch", "tokens")]);
        Batch[] batches = [.. data.Batches(3)];

        Assert.True(data.HasLabels);
        Assert.Equal(Numbers(12), batches.SelectMany(b => b.Feeds["x"].ToFloats()));
        Assert.Equal([0, 1, 0, 1, 0, 1, 0, 1], batches.SelectMany(b => b.Feeds["mask"].ToInt64s()));
        Assert.Equal(ElementType.Int32, batches[0].Feeds["mask"].Type);
        Assert.Equal([3, 2, 1, 0], batches.SelectMany(b => b.Labels!));
    }

    [Fact]
    public void An_input_called_like_labels_is_an_input()
    {
        string path = _folder["a.npz"];
        Npy.WriteArchive(path, CompressionLevel.Fastest,
            ("x", Npy.Bytes("<f4", Numbers(3), [1, 3])), ("y", Npy.Bytes("<i8", new long[] { 7 }, [1])), ("label", Npy.Bytes("<i8", new long[] { 1 }, [1])));

        DataSet data = DataSet.Open(path, [Features, Ports.Of("y", ElementType.Int64, "batch")]);

        Batch batch = Assert.Single(data.Batches(1));
        Assert.Equal([7], batch.Feeds["y"].ToInt64s());
        Assert.Equal([1], batch.Labels!);
    }

    [Fact]
    public void The_array_whose_shape_fits_goes_into_the_only_input()
    {
        string path = _folder["a.npz"];
        Npy.WriteArchive(path, CompressionLevel.Fastest,
            ("split", Npy.Bytes("|u1", new byte[] { 0, 1 }, [2])), ("pixels", Npy.Bytes("<f4", Numbers(6), [2, 3])));

        Assert.Equal(Numbers(6), DataSet.Open(path, [Features]).Batches(9).Single().Feeds["x"].ToFloats());
    }

    [Fact]
    public void Arrays_in_Fortran_order_are_turned()
    {
        float[] columns = [0, 3, 1, 4, 2, 5]; // of [[0, 1, 2], [3, 4, 5]]
        string path = _folder.Write("a.npy", Npy.Bytes("<f4", columns, [2, 3], fortran: true));

        Assert.Equal([0f, 1, 2, 3, 4, 5], DataSet.Open(path, [Features]).Batches(9).Single().Feeds["x"].ToFloats());
    }

    [Theory]
    [InlineData("<f2", ElementType.Float16)]
    [InlineData("|b1", ElementType.Bool)]
    [InlineData("|i1", ElementType.Int8)]
    [InlineData("<u2", ElementType.UInt16)]
    [InlineData("<u8", ElementType.UInt64)]
    public void Element_types_are_kept(string descr, ElementType type)
    {
        var bytes = new byte[3 * type.Bits() / 8];
        bytes[0] = 1;
        string path = _folder.Write("a.npy", Npy.Bytes(descr, bytes, [1, 3]));

        Tensor x = DataSet.Open(path, [Ports.Of("x", type, "batch", 3)]).Batches(1).Single().Feeds["x"];

        Assert.Equal(type, x.Type);
        Assert.True(x.Bytes.SequenceEqual(bytes));
    }

    [Fact]
    public void A_fixed_batch_is_filled_up_with_copies()
    {
        string path = _folder["a.npz"];
        Npy.WriteArchive(path, CompressionLevel.Fastest, ("x", Npy.Bytes("<f4", Numbers(9), [3, 3])), ("y", Npy.Bytes("<i4", new[] { 0, 1, 2 }, [3])));

        Batch[] batches = [.. DataSet.Open(path, [Ports.Of("x", ElementType.Float32, 2, 3)]).Batches(32)];

        Assert.Equal([2, 1], batches.Select(b => b.Count));
        Assert.Equal([6f, 7, 8, 6, 7, 8], batches[1].Feeds["x"].ToFloats());
        Assert.Equal([2], batches[1].Labels!);
    }

    [Fact]
    public void What_all_samples_share_is_fed_to_every_batch()
    {
        string path = _folder["a.npz"];
        Npy.WriteArchive(path, CompressionLevel.Fastest, ("x", Npy.Bytes("<f4", Numbers(9), [3, 3])), ("table", Npy.Bytes("<f4", Numbers(4), [1, 4])));

        Batch[] batches = [.. DataSet.Open(path, [Features, Ports.Of("table", ElementType.Float32, 1, 4)]).Batches(2)];

        Assert.All(batches, b => Assert.Equal([1, 4], b.Feeds["table"].Dims));
        Assert.Equal([2, 1], batches.Select(b => b.Feeds["x"].Dims[0]));
    }

    [Fact]
    public void Bytes_are_pictures_in_any_layout()
    {
        byte[] pixels = [0, 51, 102, 255];
        foreach (long[] dims in new long[][] { [1, 2, 2], [1, 1, 2, 2], [1, 2, 2, 1] })
        {
            string path = _folder.Write("a.npy", Npy.Bytes("|u1", pixels, dims));
            DataSet data = DataSet.Open(path, [Gray], Preprocessing.None with { Mean = [0.2f], Std = [2] });

            float[] expected = [-0.1f, 0, 0.1f, 0.4f];
            Tensor x = data.Batches(1).Single().Feeds["input"];
            Assert.Equal([1, 1, 2, 2], x.Dims);
            Assert.All(expected.Zip(x.ToFloats()), p => Assert.Equal(p.First, p.Second, 1e-6));
        }
    }

    [Fact]
    public void Colours_are_ordered_and_turned_grey_as_the_model_wants()
    {
        byte[] reddish = [200, 100, 50];
        string path = _folder.Write("a.npy", Npy.Bytes("|u1", [.. reddish, .. reddish, .. reddish, .. reddish], [1, 2, 2, 3]));
        Preprocessing raw = Preprocessing.None with { Scale = 1 };

        Assert.Equal([200f, 100, 50], First(Ports.Of("x", ElementType.Float32, "n", 3, 2, 2), raw, 4));
        Assert.Equal([50f, 100, 200], First(Ports.Of("x", ElementType.Float32, "n", 3, 2, 2), raw with { Channels = ChannelOrder.Bgr }, 4));
        Assert.Equal([200f, 100, 50], First(Ports.Of("x", ElementType.Float16, "n", 2, 2, 3), raw, 1));
        Assert.Equal([124f], First(Ports.Of("x", ElementType.Float32, "n", 1, 2, 2), raw, 4)); // 0.299 r + 0.587 g + 0.114 b

        // The channels of the first pixel.
        float[] First(Port port, Preprocessing preprocessing, int step)
        {
            float[] numbers = DataSet.Open(path, [port], preprocessing).Batches(1).Single().Feeds["x"].ToFloats();
            return [.. numbers.Where((_, i) => i % step == 0).Take(numbers.Length / 4)];
        }
    }

    [Fact]
    public void Idx_files_are_read_with_their_labels_zipped_or_not()
    {
        byte[] images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 255, 0, 255, 255, 0, 255, 0];
        byte[] labels = [0, 0, 8, 1, 0, 0, 0, 2, 4, 5];
        _folder.Write("t-images-idx3-ubyte", images);
        var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionMode.Compress, leaveOpen: true))
            gzip.Write(labels);
        _folder.Write("t-labels-idx1-ubyte.gz", zipped.ToArray());

        foreach (string path in new[] { _folder.Path, _folder["t-images-idx3-ubyte"] })
        {
            Batch batch = DataSet.Open(path, [Gray]).Batches(9).Single();
            Assert.Equal([0f, 1, 0, 1, 1, 0, 1, 0], batch.Feeds["input"].ToFloats());
            Assert.Equal([4, 5], batch.Labels!);
        }
    }

    [Fact]
    public void Cifar_files_are_read_one_after_the_other()
    {
        for (int file = 1; file <= 2; file++)
        {
            byte[] two = [.. Enumerable.Range(0, 2).SelectMany(i => (byte[])[(byte)(file * 2 + i), .. Enumerable.Repeat((byte)(file * 10 + i), 3072)])];
            _folder.Write($"data_batch_{file}.bin", two);
        }
        DataSet data = DataSet.Open(_folder.Path, [Ports.Of("x", ElementType.Float32, "n", 3, 32, 32)], Preprocessing.None with { Scale = 1 });

        Assert.Equal([2, 3, 4, 5], data.Batches(3).SelectMany(b => b.Labels!));
        Assert.Equal([10f, 11, 20, 21], data.Batches(3).SelectMany(b => b.Feeds["x"].ToFloats().Chunk(3072).Select(c => Assert.Single(c.Distinct()))));
    }

    [Fact]
    public void Shards_hold_every_sample_once_and_a_part_is_spread()
    {
        string path = _folder.Write("a.npy", Npy.Bytes("<f4", Numbers(30), [10, 3]));
        DataSet data = DataSet.Open(path, [Features]);

        Assert.Equal([0, 3, 6], FirstNumbers(data.Take(3)).Select(n => n / 3));
        Assert.Equal(FirstNumbers(data), Enumerable.Range(0, 4).SelectMany(i => FirstNumbers(data.Shard(i, 4))));
        Assert.Equal(FirstNumbers(data.Take(5)), Enumerable.Range(0, 2).SelectMany(i => FirstNumbers(data.Take(5).Shard(i, 2))));

        foreach (int stretch in Enumerable.Range(0, 7)) // samples of the first, the middle and the last third of a file
            Assert.Equal([0, 1, 2], FirstNumbers(data.Spread()).Skip(stretch).Take(4).Select(n => Math.Min(2, (int)(n / 3) / 3)).Distinct().Order());
        Assert.Equal(FirstNumbers(data), FirstNumbers(data.Spread()).Order());

        static IEnumerable<float> FirstNumbers(DataSet set) => set.Batches(2).SelectMany(b => b.Feeds["x"].ToFloats().Chunk(3).Select(c => c[0]));
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Fastest)]
    public void Samples_may_be_read_in_any_order(CompressionLevel level)
    {
        string path = _folder[$"{level}.npz"];
        Npy.WriteArchive(path, level, ("x", Npy.Bytes("<f4", Numbers(30), [10, 3])));
        DataSet data = DataSet.Open(path, [Features]).Spread();

        float[] rows = [.. data.Batches(3).SelectMany(b => b.Feeds["x"].ToFloats())];
        Assert.NotEqual(Numbers(30), rows);
        Assert.Equal(Numbers(30).Chunk(3), rows.Chunk(3).OrderBy(r => r[0]));
        Assert.Equal(rows, data.Batches(4).SelectMany(b => b.Feeds["x"].ToFloats()));
    }

    [Fact]
    public void Faults_are_told_in_one_sentence()
    {
        Assert.Equal("there is no file or folder 'nowhere'", Fault("nowhere"));
        Assert.Contains("has the shape [2,4], but the input 'x' is [batch,3]", Fault(_folder.Write("shape.npy", Npy.Bytes("<f4", Numbers(8), [2, 4]))));
        Assert.Contains("sample 1 for the input 'x'", Fault(_folder.Write("nan.npy", Npy.Bytes("<f4", [0, 0, 0, 0, float.NaN, 0], [2, 3]))));
        Assert.Contains("holds NaN", Fault(_folder["nan.npy"]));
        Assert.Contains("int32 numbers, but the input 'x' is float32", Fault(_folder.Write("int.npy", Npy.Bytes("<i4", new int[3], [1, 3]))));
        Assert.Contains("'>f4'", Fault(_folder.Write("big.npy", Npy.Bytes(">f4", Numbers(3), [1, 3]))));
        Assert.Contains("cut off", Fault(_folder.Write("cut.npy", Npy.Bytes("<f4", Numbers(3), [2, 3]))));
        Assert.Contains("no samples", Fault(_folder.Write("none.npy", Npy.Bytes("<f4", Numbers(0), [0, 3]))));
        Assert.Contains("none of the kinds", Fault(_folder.Write("text.txt", "hello")));
        Npy.WriteArchive(_folder["other.npz"], CompressionLevel.Fastest, ("a", Npy.Bytes("<f4", Numbers(4), [4])), ("b", Npy.Bytes("<f4", Numbers(4), [4])));
        Assert.Contains("has no array for the input 'x' [batch,3]; its arrays are 'a' [4], 'b' [4]", Fault(_folder["other.npz"]));
        Npy.WriteArchive(_folder["labels.npz"], CompressionLevel.Fastest, ("x", Npy.Bytes("<f4", Numbers(6), [2, 3])), ("y", Npy.Bytes("<i8", new long[] { 1, 2, 3 }, [3])));
        Assert.Contains("has 2 samples, but 3 labels", Fault(_folder["labels.npz"]));
        Npy.WriteArchive(_folder["minus.npz"], CompressionLevel.Fastest, ("x", Npy.Bytes("<f4", Numbers(6), [2, 3])), ("y", Npy.Bytes("<i8", new long[] { 1, -1 }, [2])));
        Assert.Contains("the label of sample 1", Fault(_folder["minus.npz"]));

        static string Fault(string path)
        {
            string message = Assert.Throws<DataError>(() => DataSet.Open(path, [Features]).Batches(2).ToList()).Message;
            Assert.DoesNotContain('\n', message);
            return message;
        }
    }

    private static float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => (float)i)];
}
