namespace TorchSharp;

/// <summary>A number on its own.</summary>
public sealed class Scalar
{
    internal double Value { get; private init; }

    internal bool IsWhole { get; private init; }

    public static implicit operator Scalar(int value) => new() { Value = value, IsWhole = true };

    public static implicit operator Scalar(long value) => new() { Value = value, IsWhole = true };

    public static implicit operator Scalar(float value) => new() { Value = value };

    public static implicit operator Scalar(double value) => new() { Value = value };
}

internal static class Arithmetic
{
    public static torch.Tensor Apply(torch.Tensor a, Scalar b, Func<double, double, double> function, torch.ScalarType? type = null)
    {
        torch.Tensor result = a.Map(x => function(x, b.Value));
        torch.ScalarType own = a.dtype != torch.ScalarType.Float32 && !b.IsWhole ? torch.ScalarType.Float32 : a.dtype;
        return new torch.Tensor(result.Data, a.shape, type ?? own);
    }

    public static torch.Tensor Apply(torch.Tensor a, torch.Tensor b, Func<double, double, double> function, torch.ScalarType? type = null)
    {
        torch.ScalarType own = type ?? (a.dtype == torch.ScalarType.Float32 || b.dtype == torch.ScalarType.Float32 ? torch.ScalarType.Float32 : a.dtype);
        long[] dims = Broadcast(a.shape, b.shape);
        torch.Tensor x = a.shape.SequenceEqual(dims) ? a : a.expand(dims), y = b.shape.SequenceEqual(dims) ? b : b.expand(dims);
        var result = new double[x.Data.Length];
        for (int i = 0; i < result.Length; i++)
            result[i] = function(x.Data[i], y.Data[i]);
        return new torch.Tensor(result, dims, own);
    }

    public static long[] Broadcast(long[] a, long[] b)
    {
        var dims = new long[Math.Max(a.Length, b.Length)];
        for (int i = 0; i < dims.Length; i++)
        {
            long x = i < a.Length ? a[a.Length - 1 - i] : 1, y = i < b.Length ? b[b.Length - 1 - i] : 1;
            if (x != y && x != 1 && y != 1)
                throw new ArgumentException($"({string.Join(", ", a)}) and ({string.Join(", ", b)}) do not fit");
            dims[dims.Length - 1 - i] = x == 1 ? y : x;
        }
        return dims;
    }

    // Abramowitz and Stegun 7.1.5, a series that converges everywhere
    public static double Erf(double x)
    {
        if (Math.Abs(x) > 5.5)
            return Math.Sign(x);
        double term = x, sum = x;
        for (int n = 1; n < 150 && Math.Abs(term) > 1e-18; n++)
        {
            term *= -x * x / n;
            sum += term / ((2 * n) + 1);
        }
        return 2 / Math.Sqrt(Math.PI) * sum;
    }
}
