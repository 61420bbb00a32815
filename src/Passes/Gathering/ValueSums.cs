using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using SiDT.Frontend;
using Tensor = SiDT.Frontend.Tensor;

namespace SiDT.Passes.Gathering;

/// <summary>The sums of one value while they are gathered.</summary>
internal sealed class ValueSums(GatheredValue value, Published outputs)
{
    private readonly ExactSum _squares = new((int)value.Width);
    private readonly double[] _sums = new double[value.Width];
    private readonly double[] _moments = new double[value.Moments?.Count ?? 0];
    private double _count;

    /// <summary>Looks at what a run gave before it is added.</summary>
    /// <param name="results">Of the run.</param>
    /// <param name="sample">The sample, for the sentence.</param>
    /// <exception cref="ModelError">A number is not finite.</exception>
    public void Check(IReadOnlyDictionary<string, Tensor> results, int sample)
    {
        if (!float.IsFinite(TensorPrimitives.Sum(Floats(results[outputs.Squares]))))
            throw new ModelError($"'{value.Probe.Value.Name}' is not finite on sample {sample} of the calibration data: check it and its preprocessing");
    }

    /// <summary>Adds what a run gave.</summary>
    /// <param name="results">Of the run.</param>
    /// <param name="weight">What of it counts: less than 1 where rows are copies.</param>
    public void Add(IReadOnlyDictionary<string, Tensor> results, double weight)
    {
        ReadOnlySpan<float> squares = Floats(results[outputs.Squares]);
        _count += results[outputs.Shape].ToInt64s()[0] * weight;
        _squares.Add(squares, weight);
        Add(_sums, Floats(results[outputs.Sums]), weight);
        if (outputs.Moments is not null)
            Add(_moments, Floats(results[outputs.Moments]), weight);
    }

    /// <summary>Writes them in the order of the file.</summary>
    public void Write(StatisticsWriter writer)
    {
        writer.Write([Math.Round(_count)]);
        writer.Write(_sums);
        writer.Write(_squares.High);
        writer.Write(_squares.Low);
        if (value.Moments is not null)
            writer.Write(_moments);
    }

    private static void Add(double[] sums, ReadOnlySpan<float> numbers, double weight)
    {
        if (weight == 1)
        {
            WideSum.Add(sums, numbers);
            return;
        }
        for (int i = 0; i < sums.Length; i++)
            sums[i] += numbers[i] * weight;
    }

    private static ReadOnlySpan<float> Floats(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.Bytes);
}
