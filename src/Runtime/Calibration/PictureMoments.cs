using System.Numerics.Tensors;

namespace SiDT.Runtime;

/// <summary>Mean and standard deviation of all numbers of a picture.</summary>
internal readonly record struct PictureMoments(float Mean, float Deviation)
{
    public static PictureMoments Of(ReadOnlySpan<float> picture)
    {
        double mean = (double)TensorPrimitives.Sum(picture) / picture.Length;
        double square = (double)TensorPrimitives.SumOfSquares(picture) / picture.Length;
        return new PictureMoments((float)mean, (float)Math.Sqrt(Math.Max(square - (mean * mean), 0)));
    }
}
