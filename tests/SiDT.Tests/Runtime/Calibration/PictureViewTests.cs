using SiDT.Runtime;
using Xunit;

namespace SiDT.Tests.Runtime.Calibration;

public sealed class PictureViewTests
{
    private static readonly PictureShape First = new(4, 8, 3, PictureLayout.Nchw), Last = First with { Layout = PictureLayout.Nhwc };

    [Fact]
    public void A_crop_of_everything_gives_the_same_picture()
    {
        foreach (PictureShape shape in new[] { First, Last })
        {
            float[] picture = Noise(shape.Length), result = new float[shape.Length];
            PictureCrop.Whole(shape).Resample(shape, picture, result, mirrored: false);
            Assert.Equal(picture, result);
        }
    }

    [Fact]
    public void A_mirrored_ramp_falls_where_it_rose()
    {
        float[] ramp = [.. Enumerable.Range(0, First.Length).Select(i => (float)(i % 8))], result = new float[First.Length];

        PictureCrop.Whole(First).Resample(First, ramp, result, mirrored: true);

        Assert.All(result.Chunk(8), row => Assert.Equal([7f, 6, 5, 4, 3, 2, 1, 0], row));
    }

    [Fact]
    public void Channels_stay_together_when_they_lie_last()
    {
        float[] picture = [.. Enumerable.Range(0, Last.Length).Select(i => (float)i)], result = new float[Last.Length];

        PictureCrop.Whole(Last).Resample(Last, picture, result, mirrored: true);

        Assert.Equal([21f, 22, 23, 18, 19, 20], result[..6]);
        Assert.Equal([45f, 46, 47], result[24..27]);
    }

    [Fact]
    public void Half_of_a_ramp_rises_half_as_fast()
    {
        float[] ramp = [.. Enumerable.Range(0, First.Length).Select(i => (float)(i % 8))], result = new float[First.Length];

        new PictureCrop(0, 2, 4, 4).Resample(First, ramp, result, mirrored: false);

        // pixel x lies at 2 + (x + 0.5) / 2 - 0.5
        Assert.Equal([1.75f, 2.25f, 2.75f, 3.25f, 3.75f, 4.25f, 4.75f, 5.25f], result[..8]);
    }

    [Fact]
    public void Rows_are_taken_from_where_the_crop_lies()
    {
        float[] ramp = [.. Enumerable.Range(0, First.Length).Select(i => (float)(i / 8 % 4))], result = new float[First.Length];

        new PictureCrop(1, 0, 2, 8).Resample(First, ramp, result, mirrored: false);

        Assert.Equal([0.75f, 1.25f, 1.75f, 2.25f], result.Chunk(8).Take(4).Select(r => r[3]));
    }

    [Fact]
    public void Crops_lie_inside_and_have_the_area_and_aspect_they_may_have()
    {
        var shape = new PictureShape(60, 80, 3, PictureLayout.Nchw);
        for (int i = 0; i < 1000; i++)
        {
            var random = new SplitMix(5, i);
            PictureCrop crop = PictureCrop.Draw(ref random, shape, 0.35);
            Assert.InRange(crop.Height * crop.Width / 4800, 0.35, 1.0001);
            Assert.InRange(crop.Width / crop.Height, 0.7499, 1.3334);
            Assert.InRange(crop.Top, 0, 60.0001 - crop.Height);
            Assert.InRange(crop.Left, 0, 80.0001 - crop.Width);
        }
    }

    [Fact]
    public void Light_changes_mean_and_deviation_as_it_says()
    {
        float[] picture = Noise(First.Length), result = new float[First.Length];
        PictureMoments moments = PictureMoments.Of(picture);
        var look = new PictureLook(PictureCrop.Whole(First), Mirrored: false, [1.2f, 1.2f, 1.2f], [0.3f, 0.3f, 0.3f]);

        look.Render(First, picture, moments, range: null, result);

        PictureMoments after = PictureMoments.Of(result);
        Assert.Equal(moments.Mean + (0.3f * moments.Deviation), after.Mean, 1e-5);
        Assert.Equal(1.2f * moments.Deviation, after.Deviation, 1e-5);
    }

    [Fact]
    public void Light_is_the_same_in_both_layouts()
    {
        float[] first = Noise(First.Length), last = new float[First.Length], a = new float[First.Length], b = new float[First.Length];
        for (int i = 0; i < first.Length; i++)
            last[(i % 32 * 3) + (i / 32)] = first[i];
        var look = new PictureLook(new PictureCrop(0.5, 1.5, 3, 5), Mirrored: true, [1.2f, 0.8f, 1], [0.3f, -0.2f, 0]);
        var range = new PictureRange(Preprocessing.Half);

        look.Render(First, first, PictureMoments.Of(first), range, a);
        look.Render(Last, last, PictureMoments.Of(last), range, b);

        for (int i = 0; i < a.Length; i++)
            Assert.Equal(a[i], b[(i % 32 * 3) + (i / 32)], 1e-5);
    }

    [Fact]
    public void No_number_leaves_the_range_of_pixels()
    {
        float[] picture = [.. Noise(First.Length).Select(x => Math.Clamp(x, -1, 1))], result = new float[First.Length];
        var look = new PictureLook(PictureCrop.Whole(First), Mirrored: false, [9, 9, 9], [0, 0, 0]);

        look.Render(First, picture, PictureMoments.Of(picture), new PictureRange(Preprocessing.Half), result);

        Assert.Equal(-1, result.Min());
        Assert.Equal(1, result.Max());
    }

    [Fact]
    public void A_rectangle_of_another_picture_lies_where_it_says()
    {
        float[] picture = new float[First.Length], other = [.. Enumerable.Repeat(1f, First.Length)];

        new PictureBlend(0.1f, new PictureCrop(1, 2, 2, 3)).Apply(First, other, picture);

        Assert.Equal([0f, 0, 0, 0, 0, 0, 0, 0], picture[..8]);
        Assert.Equal([0f, 0, 1, 1, 1, 0, 0, 0], picture[8..16]);
        Assert.Equal(18, picture.Sum());
    }

    [Fact]
    public void A_mixed_picture_is_the_weighted_mean()
    {
        float[] picture = [.. Enumerable.Repeat(2f, First.Length)], other = [.. Enumerable.Repeat(6f, First.Length)];

        new PictureBlend(0.25f, null).Apply(First, other, picture);

        Assert.All(picture, x => Assert.Equal(3, x, 1e-6));
    }

    internal static float[] Noise(int count, int seed = 1)
    {
        var random = new SplitMix(seed);
        var noise = new float[count];
        for (int i = 0; i < count; i++)
            noise[i] = (float)random.Normal();
        return noise;
    }
}
