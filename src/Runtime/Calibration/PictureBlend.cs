using System.Numerics.Tensors;

namespace SiDT.Runtime;

/// <summary>
/// How another picture goes into one: all over it with a weight (Zhang et al., "mixup"), or in a rectangle
/// (Yun et al., "CutMix").
/// </summary>
/// <param name="Weight">Share of the other picture, 0.2 to 0.8.</param>
/// <param name="Rectangle">Where the other picture lies; null if it lies all over.</param>
internal readonly record struct PictureBlend(float Weight, PictureCrop? Rectangle)
{
    public static PictureBlend Draw(ref SplitMix random, PictureShape shape)
    {
        double weight = random.Next(0.2, 0.8);
        if (random.Coin())
            return new PictureBlend((float)weight, null);
        double height = Math.Sqrt(weight) * shape.Height, width = Math.Sqrt(weight) * shape.Width;
        return new PictureBlend((float)weight, new PictureCrop(random.Next() * (shape.Height - height), random.Next() * (shape.Width - width), height, width));
    }

    /// <summary>Puts <paramref name="other"/> into <paramref name="picture"/>.</summary>
    public void Apply(PictureShape shape, ReadOnlySpan<float> other, Span<float> picture)
    {
        if (Rectangle is not { } rectangle)
        {
            TensorPrimitives.Lerp(picture, other, Weight, picture);
            return;
        }
        int top = (int)rectangle.Top, bottom = (int)(rectangle.Top + rectangle.Height);
        int left = (int)rectangle.Left * shape.Step, right = (int)(rectangle.Left + rectangle.Width) * shape.Step;
        for (int row = 0; row < shape.Planes * shape.Height; row++)
        {
            int y = row % shape.Height, start = (row * shape.RowLength) + left;
            if (y >= top && y < bottom)
                other.Slice(start, right - left).CopyTo(picture[start..]);
        }
    }
}
