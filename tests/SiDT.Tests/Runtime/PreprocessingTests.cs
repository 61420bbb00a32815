using SiDT.Frontend;
using SiDT.Runtime;
using Xunit;

namespace SiDT.Tests.Runtime;

public class PreprocessingTests
{
    [Fact]
    public void Our_own_names_are_read()
    {
        Preprocessing p = PreprocessingReader.Parse(
            """{"resize": 40, "crop": [32, 24], "mean": [0.1, 0.2, 0.3], "std": 0.5, "scale": 1, "interpolation": "bilinear", "layout": "nhwc", "channels": "bgr"}""", "a test");

        Assert.Equal(ResizeTo.ShortSide(40), p.Resize);
        Assert.Equal((32, 24), p.Crop);
        Assert.Equal([0.1f, 0.2f, 0.3f], p.Mean);
        Assert.Equal([0.5f], p.Std);
        Assert.Equal(1, p.Scale);
        Assert.Equal(Interpolation.Bilinear, p.Interpolation);
        Assert.Equal(PictureLayout.Nhwc, p.Layout);
        Assert.Equal(ChannelOrder.Bgr, p.Channels);
        Assert.Equal("a test", p.Origin);
    }

    [Fact]
    public void A_configuration_of_Hugging_Face_is_read()
    {
        Preprocessing p = PreprocessingReader.Parse(
            """
            {"do_resize": true, "size": {"shortest_edge": 256}, "do_center_crop": true, "crop_size": {"height": 224, "width": 224},
             "do_rescale": true, "rescale_factor": 0.00392156862745098, "do_normalize": true,
             "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5], "resample": 2}
            """, "a test");

        Assert.Equal(ResizeTo.ShortSide(256), p.Resize);
        Assert.Equal((224, 224), p.Crop);
        Assert.Equal([0.5f, 0.5f, 0.5f], p.Mean);
        Assert.Equal(Interpolation.Bilinear, p.Interpolation);

        Preprocessing squashed = PreprocessingReader.Parse("""{"size": {"height": 224, "width": 224}, "do_normalize": false, "image_mean": [0.5]}""", "a test");
        Assert.Equal(ResizeTo.Exactly(224, 224), squashed.Resize);
        Assert.Equal([0f], squashed.Mean);
    }

    [Fact]
    public void A_configuration_of_timm_in_the_metadata_is_read()
    {
        Preprocessing p = PreprocessingReader.FromMetadata(new Dictionary<string, string>
        {
            ["pretrained_cfg"] = """{"input_size": [3, 224, 224], "crop_pct": 0.9, "interpolation": "bicubic", "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]}""",
        })!;

        Assert.Equal((224, 224), p.Crop);
        Assert.Equal(0.9, p.CropFraction);
        Assert.Null(p.Resize);
    }

    [Fact]
    public void Single_metadata_keys_are_read_and_other_metadata_say_nothing()
    {
        Preprocessing p = PreprocessingReader.FromMetadata(new Dictionary<string, string>
        {
            ["sidt.mean"] = "0.1, 0.2, 0.3",
            ["sidt.std"] = "[0.4, 0.5, 0.6]",
            ["sidt.resize"] = "64",
            ["sidt.interpolation"] = "nearest",
        })!;

        Assert.Equal([0.1f, 0.2f, 0.3f], p.Mean);
        Assert.Equal(ResizeTo.ShortSide(64), p.Resize);
        Assert.Equal(Interpolation.Nearest, p.Interpolation);
        Assert.Null(PreprocessingReader.FromMetadata(new Dictionary<string, string> { ["author"] = "somebody", ["sidt.plan"] = "abc" }));
    }

    [Theory]
    [InlineData("""{"mean": "grey"}""")]
    [InlineData("""{"std": [0.5, 0]}""")]
    [InlineData("""{"resize": -3}""")]
    [InlineData("""{"interpolation": "lanczos"}""")]
    [InlineData("""{"layout": "chw?"}""")]
    [InlineData("""not json""")]
    public void What_is_not_understood_is_refused(string json)
    {
        DataError error = Assert.Throws<DataError>(() => PreprocessingReader.Parse(json, "'p.json'"));
        Assert.StartsWith("the preprocessing in 'p.json' is not understood: ", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Presets_are_known_by_name()
    {
        Assert.Same(Preprocessing.Half, PreprocessingReader.Read("half"));
        Assert.Contains("neither a preprocessing", Assert.Throws<DataError>(() => PreprocessingReader.Read("halve")).Message);
    }

    [Fact]
    public void Contradictions_with_the_model_are_told()
    {
        Port port = Ports.Of("x", ElementType.Float32, "n", 3, 224, 224);

        Assert.Contains("crops to 32x32, but 'x' is [n,3,224,224]",
            Assert.Throws<DataError>(() => PictureInput.Of(port, Preprocessing.None with { Crop = (32, 32) })).Message);
        Assert.Contains("2 numbers for mean",
            Assert.Throws<DataError>(() => PictureInput.Of(port, Preprocessing.None with { Mean = [1, 2] })).Message);
    }
}
