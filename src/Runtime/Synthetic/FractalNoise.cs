using System.Buffers;
using System.Numerics.Tensors;

namespace SiDT.Runtime;

/// <summary>
/// Noise whose amplitude falls like 1/f, as that of photographs does (Field, "Relations between the statistics of natural images and
/// the response properties of cortical cells"): grids of random numbers, each twice as fine as the one before and of the same
/// variance, drawn large and added up.
/// </summary>
internal static class FractalNoise
{
    private const int Coarsest = 2;

    /// <summary>Fills <paramref name="field"/>, rows of <paramref name="width"/>, with numbers of mean 0 and a deviation of about 1.</summary>
    public static void Fill(ref SplitMix random, Span<float> field, int height, int width)
    {
        field.Clear();
        int octaves = 0;
        for (int cells = Coarsest; cells <= Math.Max(height, width); cells *= 2)
        {
            AddGrid(ref random, field, height, width, cells);
            octaves++;
        }
        // a number between four others has 4/9 of their variance
        TensorPrimitives.Multiply(field, (float)(1.5 / Math.Sqrt(Math.Max(octaves, 1))), field);
    }

    private static void AddGrid(ref SplitMix random, Span<float> field, int height, int width, int cells)
    {
        int points = cells + 2;
        float[] rent = ArrayPool<float>.Shared.Rent((3 * width) + points);
        Span<float> above = rent.AsSpan(0, width), below = rent.AsSpan(width, width), mixed = rent.AsSpan(2 * width, width), line = rent.AsSpan(3 * width, points);
        double step = (double)cells / Math.Max(height, width), right = random.Next(), down = random.Next();
        Line(ref random, line, above, step, right);
        Line(ref random, line, below, step, right);
        int drawn = 1;
        for (int y = 0; y < height; y++)
        {
            double at = (y * step) + down;
            while (drawn < (int)at + 1)
            {
                below.CopyTo(above);
                Line(ref random, line, below, step, right);
                drawn++;
            }
            TensorPrimitives.Lerp(above, below, (float)(at - (int)at), mixed);
            Span<float> target = field.Slice(y * width, width);
            TensorPrimitives.Add(target, mixed, target);
        }
        ArrayPool<float>.Shared.Return(rent);
    }

    /// <summary>A line of the grid, drawn as wide as the field.</summary>
    private static void Line(ref SplitMix random, Span<float> line, Span<float> result, double step, double start)
    {
        for (int i = 0; i < line.Length; i++)
            line[i] = (float)((random.Next() - 0.5) * Math.Sqrt(12));
        for (int x = 0; x < result.Length; x++)
        {
            double at = (x * step) + start;
            int left = (int)at;
            result[x] = line[left] + ((line[left + 1] - line[left]) * (float)(at - left));
        }
    }
}
