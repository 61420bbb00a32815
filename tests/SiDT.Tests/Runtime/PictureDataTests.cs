using SiDT.Frontend;
using SiDT.Runtime;
using Xunit;

namespace SiDT.Tests.Runtime;

public sealed class PictureDataTests : IDisposable
{
    private static readonly Port Pixels = Ports.Of("pixels", ElementType.Float32, "batch", 3, 4, 4);
    private static readonly Preprocessing Raw = Preprocessing.None with { Scale = 1 };

    /// <summary>A grey JPEG, 8 rows of 16: the left half 40, the right half 200.</summary>
    private static readonly byte[] GreyJpeg = Convert.FromBase64String(
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/wAALCAAIABABAREA" +
        "/8QAFQABAQAAAAAAAAAAAAAAAAAACAn/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oACAEBAAA/AAotW//Z");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pictures_in_a_folder_have_no_labels()
    {
        Plain("b.png", 2);
        Plain("a.PNG", 1);
        _folder.Write("notes.txt", "no picture");

        DataSet data = DataSet.Open(_folder.Path, [Pixels], Raw);

        Assert.False(data.HasLabels);
        Assert.Equal([1f, 2], Reds(data));
    }

    [Fact]
    public void Sub_folders_are_classes_in_sorted_order_or_by_number()
    {
        Plain("cat/x.png", 1);
        Plain("dog/deep/x.png", 2);
        Plain("ape/x.png", 3);
        Assert.Equal([0, 1, 2], DataSet.Open(_folder.Path, [Pixels], Raw).Batches(9).Single().Labels!);
        Assert.Equal([3f, 1, 2], Reds(DataSet.Open(_folder.Path, [Pixels], Raw)));

        using var numbered = new TemporaryFolder();
        foreach (int label in new[] { 10, 9 })
            numbered.Write($"{label}/x.png", Png.Bytes(4, 4, (_, _) => ((byte)label, 0, 0)));
        DataSet data = DataSet.Open(numbered.Path, [Pixels], Raw);
        Assert.Equal([10, 9], data.Batches(9).Single().Labels!);
        Assert.Equal([10f, 9], Reds(data));
    }

    [Fact]
    public void A_labels_file_lists_the_pictures()
    {
        Plain("a.png", 1);
        Plain("b.png", 2);
        Plain("c.png", 3);
        _folder.Write("labels.csv", "file,class,name\nc.png,7,\"dress, long\"\na.png,2,coat\n\n");

        DataSet data = DataSet.Open(_folder.Path, [Pixels], Raw);

        Assert.Equal([7, 2], data.Batches(9).Single().Labels!);
        Assert.Equal([3f, 1], Reds(data));

        _folder.Write("labels.csv", "a.png,0\nb.png,1\n");
        Assert.Equal([1f, 2], Reds(DataSet.Open(_folder.Path, [Pixels], Raw)));
    }

    [Fact]
    public void The_short_side_is_resized_and_the_middle_cropped()
    {
        // Left half black, right half white, twice as wide as high.
        _folder.Write("wide.png", Png.Bytes(20, 40, (_, x) => x < 20 ? ((byte)0, (byte)0, (byte)0) : ((byte)255, (byte)255, (byte)255)));

        Tensor x = DataSet.Open(_folder.Path, [Pixels], Raw with { Interpolation = Interpolation.Nearest }).Batches(1).Single().Feeds["pixels"];

        Assert.Equal([1, 3, 4, 4], x.Dims);
        Assert.Equal([0f, 0, 255, 255], x.ToFloats()[..4]);
    }

    [Theory]
    [InlineData(480, 640, 224, 0.875, 256, 341)]
    [InlineData(640, 480, 224, 0.875, 341, 256)]
    [InlineData(333, 500, 224, 0.9, 248, 372)]
    [InlineData(32, 32, 32, 1, 32, 32)]
    public void Sizes_are_those_of_torchvision_and_timm(int height, int width, int crop, double fraction, int tall, int wide)
    {
        var preprocessing = Preprocessing.ImageNet with { CropFraction = fraction };
        PictureInput input = PictureInput.Of(Ports.Of("x", ElementType.Float32, "n", 3, crop, crop), preprocessing);

        Assert.Equal((tall, wide), PictureSizes.Resized(height, width, input, preprocessing));
        Assert.Equal((tall, wide), PictureSizes.Resized(height, width, input, preprocessing with { Resize = ResizeTo.ShortSide(Math.Min(tall, wide)) }));
    }

    [Fact]
    public void A_crop_that_starts_between_two_pixels_starts_at_the_even_one()
    {
        Assert.Equal([0, 2, 2, 32], new[] { 225, 227, 228, 288 }.Select(size => PictureSizes.Start(size, 224)));
    }

    [Fact]
    public void A_damaged_picture_is_named()
    {
        _folder.Write("a.png", Png.Bytes(4, 4, (_, _) => (0, 0, 0)));
        byte[] whole = Png.Bytes(64, 64, (y, x) => ((byte)(y * x), (byte)y, (byte)x));
        _folder.Write("b.png", whole[..40]);
        Assert.Contains("b.png", Fault());

        _folder.Write("b.png", "not a picture at all");
        Assert.Contains("b.png' is not a JPEG or PNG picture", Fault());
        _folder.Write("b.png", [0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3, 4, 5]);
        Assert.Contains("b.png", Fault());
    }

    [Fact]
    public void Grey_JPEGs_are_colour_pictures_of_equal_channels()
    {
        _folder.Write("a.jpg", GreyJpeg);

        float[] x = DataSet.Open(_folder.Path, [Ports.Of("x", ElementType.Float32, "n", 3, 8, 16)], Raw).Batches(1).Single().Feeds["x"].ToFloats();

        for (int i = 0; i < x.Length; i++)
            Assert.Equal(i % 16 < 8 ? 40 : 200, x[i], 3f);
    }

    [Fact]
    public void No_damage_to_a_JPEG_reaches_the_decoder_in_a_way_that_ends_the_process()
    {
        var random = new Random(1);
        for (int i = 0; i < 200; i++)
        {
            byte[] file = [.. GreyJpeg];
            for (int changes = random.Next(1, 4); changes > 0; changes--)
                file[random.Next(2, file.Length)] = (byte)random.Next(256);
            if (i % 4 == 0)
                file = file[..random.Next(3, file.Length)];
            _folder.Write("a.jpg", file);
            try
            {
                Assert.Single(DataSet.Open(_folder.Path, [Pixels], Raw).Batches(1));
            }
            catch (DataError error)
            {
                Assert.Contains("a.jpg", error.Message);
            }
        }
    }

    [Fact]
    public void A_JPEG_that_is_cut_off_is_not_waited_for()
    {
        _folder.Write("a.jpg", GreyJpeg[..^2]);
        Assert.EndsWith("a.jpg' is cut off", Fault());
    }

    [Fact]
    public void Faults_of_folders_are_told()
    {
        Assert.Contains("no JPEG or PNG pictures", Fault());
        Plain("a.png", 1);
        _folder.Write("labels.csv", "a.png,cat\n");
        Assert.Contains("line 1", Fault());
        _folder.Write("labels.csv", "file,label\nb.png,1\n");
        Assert.Contains("line 2", Fault());
        Assert.Contains("'b.png', which is not there", Fault());
        File.Delete(_folder["labels.csv"]);
        Assert.Contains("also reads 'ids' [n,77]", Fault(Pixels, Ports.Of("ids", ElementType.Int64, "n", 77)));
        Assert.Contains("no input of the model", Fault(Ports.Of("ids", ElementType.Int64, "n", 77)));
    }

    [Fact]
    public void Without_a_word_pictures_are_prepared_as_for_imagenet_and_the_user_can_be_told()
    {
        Plain("a.png", 1);

        DataSet data = DataSet.Open(_folder.Path, [Pixels]);

        Assert.True(data.Preprocessing!.IsAssumed);
        Assert.Equal(Preprocessing.ImageNet.Mean, data.Preprocessing.Mean);
    }

    private string Fault(params Port[] ports)
    {
        string message = Assert.Throws<DataError>(() => DataSet.Open(_folder.Path, ports.Length == 0 ? [Pixels] : ports, Raw).Batches(9).ToList()).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    private void Plain(string name, byte red) => _folder.Write(name, Png.Bytes(4, 4, (_, _) => (red, 0, 0)));

    private static IEnumerable<float> Reds(DataSet data) => data.Batches(2).SelectMany(b => b.Feeds["pixels"].ToFloats().Chunk(48).Select(c => c[0]));
}
