using System.Buffers;
using System.Numerics.Tensors;

namespace SiDT.Runtime;

/// <summary>
/// Pictures that have what early layers look for in photographs, made of nothing: leaves that hide one another, with radii of density r^-3
/// and textures of their own (Lee, Mumford, Huang, "Occlusion Models for Natural Images"; Baradad et al., "Learning to See by
/// Looking at Noise"), under 1/f noise. Channels go together as in photographs, most of the variance being brightness.
/// </summary>
internal static class DeadLeaves
{
    /// <summary>How often the leaves cover the picture on average.</summary>
    private const double Layers = 4;

    private static readonly float[] Tint = [0.035f, 0.005f, -0.045f];

    /// <summary>Draws a picture of channels that lie one behind the other; numbers from 0 to 1.</summary>
    /// <param name="random">What the picture depends on.</param>
    /// <param name="planes">Channels x height x width numbers.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    public static void Draw(SplitMix random, Span<float> planes, int height, int width)
    {
        int plane = height * width, channels = planes.Length / plane;
        float[] rent = ArrayPool<float>.Shared.Rent(2 * plane);
        Span<float> grain = rent.AsSpan(0, plane), haze = rent.AsSpan(plane, plane);
        FractalNoise.Fill(ref random, grain, height, width);
        DrawLeaves(ref random, planes, grain, height, width, channels);

        float share = random.Below(4) == 0 ? (float)random.Next(0.3, 1) : (float)random.Next(0, 0.3);
        Span<float> brightness = grain;
        FractalNoise.Fill(ref random, brightness, height, width);
        for (int c = 0; c < channels; c++)
        {
            Span<float> channel = planes.Slice(c * plane, plane);
            FractalNoise.Fill(ref random, haze, height, width);
            TensorPrimitives.Multiply(haze, channels == 1 ? 0 : 0.3f, haze);
            TensorPrimitives.Add(haze, brightness, haze);
            TensorPrimitives.Lerp(channel, haze, share, channel);
        }
        ArrayPool<float>.Shared.Return(rent);
        Expose(ref random, planes, plane, channels);
    }

    private static void DrawLeaves(ref SplitMix random, Span<float> planes, ReadOnlySpan<float> grain, int height, int width, int channels)
    {
        int side = Math.Min(height, width), plane = height * width;
        Span<float> colour = stackalloc float[channels];
        Colour(ref random, colour);
        for (int c = 0; c < channels; c++)
            planes.Slice(c * plane, plane).Fill(colour[c]);
        double least = Math.Max(1.5, side * random.Next(0.01, 0.04)), most = side * 0.6;
        double mean = Math.PI * 0.7 * 2 * least * least * Math.Log(most / least) / (1 - (least * least / (most * most)));
        for (int left = (int)(Layers * plane / mean) + 1; left > 0; left--)
        {
            // the inverse of the distribution with density r^-3
            double radius = least / Math.Sqrt(1 - (random.Next() * (1 - (least * least / (most * most)))));
            Leaf leaf = Leaf.Draw(ref random, height, width, radius);
            Colour(ref random, colour);
            Paint(leaf, planes, grain, height, width, colour, (float)random.Next(0, 0.5), random.Below(plane));
        }
    }

    private static void Paint(Leaf leaf, Span<float> planes, ReadOnlySpan<float> grain, int height, int width, ReadOnlySpan<float> colour, float roughness, int shift)
    {
        int plane = height * width;
        (int first, int end) = leaf.Rows(height);
        for (int y = first; y < end; y++)
        {
            (int from, int to) = leaf.Columns(y, width);
            if (from >= to)
                continue;
            // the texture lies elsewhere in the same noise for every leaf
            int row = (y + (shift / width)) % height, at = Math.Min(shift % width, width - (to - from));
            ReadOnlySpan<float> texture = grain.Slice((row * width) + at, to - from);
            for (int c = 0; c < colour.Length; c++)
            {
                Span<float> target = planes.Slice((c * plane) + (y * width) + from, to - from);
                TensorPrimitives.Multiply(texture, roughness, target);
                TensorPrimitives.Add(target, colour[c], target);
            }
        }
    }

    /// <summary>A colour around grey: brightness of deviation 1, colour of 0.3.</summary>
    private static void Colour(ref SplitMix random, Span<float> colour)
    {
        double brightness = random.Normal();
        for (int c = 0; c < colour.Length; c++)
            colour[c] = (float)(brightness + (0.3 * random.Normal()));
    }

    /// <summary>Brings a picture to the mean and the contrast of some photograph.</summary>
    private static void Expose(ref SplitMix random, Span<float> planes, int plane, int channels)
    {
        PictureMoments moments = PictureMoments.Of(planes);
        float deviation = (float)random.Next(0.14, 0.3), mean = (float)Math.Clamp(0.45 + (0.1 * random.Normal()), 0.2, 0.75);
        float gain = moments.Deviation > 0 ? deviation / moments.Deviation : 0;
        for (int c = 0; c < channels; c++)
        {
            Span<float> channel = planes.Slice(c * plane, plane);
            TensorPrimitives.Multiply(channel, gain, channel);
            TensorPrimitives.Add(channel, mean - (moments.Mean * gain) + (channels == 3 ? Tint[c] : 0), channel);
            TensorPrimitives.Max(channel, 0, channel);
            TensorPrimitives.Min(channel, 1, channel);
        }
    }
}
