using System.Numerics.Tensors;

namespace SiDT.Runtime;

/// <summary>One random look at a picture: which part, which way round, and how bright.</summary>
/// <param name="Crop">The part.</param>
/// <param name="Mirrored">Whether left and right change places.</param>
/// <param name="Gains">By channel: how far from the picture's mean a number is, times this.</param>
/// <param name="Shifts">By channel: added, in standard deviations of the picture.</param>
internal sealed record PictureLook(PictureCrop Crop, bool Mirrored, float[] Gains, float[] Shifts)
{
    private const double LeastArea = 0.35;
    private const double Contrast = 0.4, Brightness = 0.4, Colour = 0.1;

    public static PictureLook Draw(ref SplitMix random, PictureShape shape)
    {
        PictureCrop crop = PictureCrop.Draw(ref random, shape, LeastArea);
        bool mirrored = random.Coin();
        double contrast = random.Next(1 - Contrast, 1 + Contrast), brightness = random.Next(-Brightness, Brightness);
        float[] gains = new float[shape.Channels], shifts = new float[shape.Channels];
        for (int c = 0; c < shape.Channels; c++)
        {
            gains[c] = (float)(contrast * random.Next(1 - Colour, 1 + Colour));
            shifts[c] = (float)(brightness + random.Next(-Colour, Colour));
        }
        return new PictureLook(crop, mirrored, gains, shifts);
    }

    /// <summary>Draws the look of <paramref name="picture"/> into <paramref name="result"/>.</summary>
    /// <param name="shape">Of both.</param>
    /// <param name="picture">The picture.</param>
    /// <param name="moments">Its mean and deviation.</param>
    /// <param name="range">What numbers there are for each channel; null where that is not known.</param>
    /// <param name="result">As many numbers as the picture has.</param>
    public void Render(PictureShape shape, ReadOnlySpan<float> picture, PictureMoments moments, PictureRange? range, Span<float> result)
    {
        Crop.Resample(shape, picture, result, Mirrored);
        if (shape.Layout == PictureLayout.Nchw)
        {
            int plane = shape.Height * shape.Width;
            for (int c = 0; c < shape.Channels; c++)
            {
                Span<float> channel = result.Slice(c * plane, plane);
                TensorPrimitives.Multiply(channel, Gains[c], channel);
                TensorPrimitives.Add(channel, Offset(c, moments), channel);
                if (range is null)
                    continue;
                TensorPrimitives.Max(channel, range.Low(c), channel);
                TensorPrimitives.Min(channel, range.High(c), channel);
            }
            return;
        }
        for (int c = 0; c < shape.Channels; c++)
        {
            (float gain, float offset) = (Gains[c], Offset(c, moments));
            (float low, float high) = range is null ? (float.MinValue, float.MaxValue) : (range.Low(c), range.High(c));
            for (int i = c; i < result.Length; i += shape.Channels)
                result[i] = Math.Min(Math.Max((result[i] * gain) + offset, low), high);
        }
    }

    private float Offset(int channel, PictureMoments moments) => (moments.Mean * (1 - Gains[channel])) + (moments.Deviation * Shifts[channel]);
}
