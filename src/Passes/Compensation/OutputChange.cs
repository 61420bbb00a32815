using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using SiDT.Frontend;
using Tensor = SiDT.Frontend.Tensor;

namespace SiDT.Passes.Compensation;

/// <summary>How far outputs are from what they were: squared differences over squared size, each output less its mean over the last axis where it has one row a sample.</summary>
internal sealed class OutputChange(IReadOnlyList<IReadOnlyDictionary<string, Tensor>> reference)
{
    // so many are summed up in 32 bits
    private const int Chunk = 1024;

    private readonly IReadOnlyList<Dictionary<string, Expected>> _reference = [.. reference.Select(r => r.ToDictionary(o => o.Key, o => Expected.Of(o.Value)))];

    /// <summary>The mean over the outputs of sum |a - b|^2 / sum |b|^2; a value that is not finite makes it infinite.</summary>
    public double Of(IReadOnlyList<IReadOnlyDictionary<string, Tensor>> outputs)
    {
        var sums = new Dictionary<string, (double Change, double Size)>();
        for (int i = 0; i < outputs.Count; i++)
        {
            foreach ((string name, Tensor now) in outputs[i])
            {
                Expected then = _reference[i][name];
                (double change, double size) = sums.GetValueOrDefault(name);
                sums[name] = (change + then.Change(now), size + then.Size);
            }
        }
        double mean = sums.Values.Select(s => s.Size > 0 ? s.Change / s.Size : 0).DefaultIfEmpty(0).Average();
        return double.IsFinite(mean) ? mean : double.PositiveInfinity;
    }

    /// <param name="Numbers">What was, centred.</param>
    /// <param name="Size">Their squares; what a mask made infinite does not count.</param>
    /// <param name="Kept">Positions that count; null for all.</param>
    private sealed record Expected(float[] Numbers, double Size, int[]? Kept)
    {
        public static Expected Of(Tensor tensor)
        {
            float[] numbers = Centred(tensor).ToArray();
            int[]? kept = Array.TrueForAll(numbers, float.IsFinite) ? null : [.. Enumerable.Range(0, numbers.Length).Where(i => float.IsFinite(numbers[i]))];
            double size = 0;
            if (kept is null)
            {
                for (int i = 0; i < numbers.Length; i += Chunk)
                    size += TensorPrimitives.SumOfSquares<float>(numbers.AsSpan(i, Math.Min(Chunk, numbers.Length - i)));
            }
            foreach (int i in kept ?? [])
                size += (double)numbers[i] * numbers[i];
            return new Expected(numbers, size, kept);
        }

        public double Change(Tensor tensor)
        {
            ReadOnlySpan<float> now = Centred(tensor);
            double change = 0;
            if (Kept is not null)
            {
                foreach (int i in Kept)
                    change += ((double)now[i] - Numbers[i]) * ((double)now[i] - Numbers[i]);
                return change;
            }
            Span<float> differences = stackalloc float[Chunk];
            for (int i = 0; i < Numbers.Length; i += Chunk)
            {
                Span<float> part = differences[..Math.Min(Chunk, Numbers.Length - i)];
                TensorPrimitives.Subtract(now.Slice(i, part.Length), Numbers.AsSpan(i, part.Length), part);
                change += TensorPrimitives.SumOfSquares<float>(part);
            }
            return change;
        }
    }

    private static ReadOnlySpan<float> Centred(Tensor tensor)
    {
        if (tensor.Rank != 2 || tensor.Dims[1] < 2)
            return tensor.Type == ElementType.Float32 ? MemoryMarshal.Cast<byte, float>(tensor.Bytes) : tensor.ToFloats();
        float[] numbers = tensor.ToFloats();
        int width = (int)tensor.Dims[1];
        for (int r = 0; r < numbers.Length; r += width)
        {
            Span<float> row = numbers.AsSpan(r, width);
            TensorPrimitives.Subtract(row, TensorPrimitives.Sum<float>(row) / width, row);
        }
        return numbers;
    }
}
