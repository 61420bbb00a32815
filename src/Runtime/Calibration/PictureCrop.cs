using System.Buffers;
using System.Numerics.Tensors;

namespace SiDT.Runtime;

/// <summary>A rectangle of a picture, in pixels from its upper left corner.</summary>
internal readonly record struct PictureCrop(double Top, double Left, double Height, double Width)
{
    private const int Tries = 10;

    public static PictureCrop Whole(PictureShape shape) => new(0, 0, shape.Height, shape.Width);

    /// <summary>
    /// A random crop of <paramref name="leastArea"/> to 1 of the area and an aspect of 3/4 to 4/3 (Szegedy et al., "Going Deeper with
    /// Convolutions", section 6); all of the picture where none fits.
    /// </summary>
    public static PictureCrop Draw(ref SplitMix random, PictureShape shape, double leastArea)
    {
        for (int i = 0; i < Tries; i++)
        {
            double area = random.Next(leastArea, 1) * shape.Height * shape.Width;
            double aspect = Math.Exp(random.Next(Math.Log(3.0 / 4), Math.Log(4.0 / 3)));
            double width = Math.Sqrt(area * aspect), height = Math.Sqrt(area / aspect);
            if (width <= shape.Width && height <= shape.Height)
                return new PictureCrop(random.Next() * (shape.Height - height), random.Next() * (shape.Width - width), height, width);
        }
        return Whole(shape);
    }

    /// <summary>
    /// The crop in the size of the picture, bilinear between pixel centres; <paramref name="mirrored"/> from right to left.
    /// A crop is never larger than its picture, so that nothing shrinks and nothing needs a wider filter.
    /// </summary>
    /// <param name="shape">Of both pictures.</param>
    /// <param name="picture">Numbers of the picture.</param>
    /// <param name="result">As many numbers.</param>
    /// <param name="mirrored">Whether left and right change places.</param>
    public void Resample(PictureShape shape, ReadOnlySpan<float> picture, Span<float> result, bool mirrored)
    {
        int width = shape.Width, step = shape.Step, row = shape.RowLength;
        int[] places = ArrayPool<int>.Shared.Rent(2 * width);
        float[] rent = ArrayPool<float>.Shared.Rent(width + row);
        Span<int> near = places.AsSpan(0, width), far = places.AsSpan(width, width);
        Span<float> weights = rent.AsSpan(0, width), mixed = rent.AsSpan(width, row);
        for (int x = 0; x < width; x++)
        {
            int target = mirrored ? width - 1 - x : x;
            (int at, int next, weights[target]) = Between(Left, Width, x, width);
            (near[target], far[target]) = (at * step, next * step);
        }
        for (int plane = 0; plane < shape.Planes; plane++)
        {
            int start = plane * shape.Height * row;
            for (int y = 0; y < shape.Height; y++)
            {
                (int above, int below, float weight) = Between(Top, Height, y, shape.Height);
                TensorPrimitives.Lerp(picture.Slice(start + (above * row), row), picture.Slice(start + (below * row), row), weight, mixed);
                Columns(mixed, near, far, weights, step, result.Slice(start + (y * row), row));
            }
        }
        ArrayPool<int>.Shared.Return(places);
        ArrayPool<float>.Shared.Return(rent);
    }

    private static void Columns(ReadOnlySpan<float> row, ReadOnlySpan<int> near, ReadOnlySpan<int> far, ReadOnlySpan<float> weights, int step, Span<float> result)
    {
        for (int x = 0; x < near.Length; x++)
        {
            int a = near[x], b = far[x];
            float weight = weights[x];
            for (int c = 0; c < step; c++)
            {
                float left = row[a + c];
                result[(x * step) + c] = left + ((row[b + c] - left) * weight);
            }
        }
    }

    /// <summary>The pixels between which pixel <paramref name="index"/> of the result lies, and how far it is from the first.</summary>
    private static (int Near, int Far, float Weight) Between(double start, double length, int index, int size)
    {
        double at = Math.Clamp(start + ((index + 0.5) * length / size) - 0.5, 0, size - 1);
        int near = (int)at;
        return (near, Math.Min(near + 1, size - 1), (float)(at - near));
    }
}
