using SiDT.Frontend;

namespace SiDT.Passes.Compensation;

/// <summary>How far outputs are from what they were: squared differences over squared size, each output less its mean over the last axis where it has one row a sample.</summary>
internal sealed class OutputChange(IReadOnlyList<IReadOnlyDictionary<string, Tensor>> reference)
{
    private readonly IReadOnlyList<Dictionary<string, float[]>> _reference = [.. reference.Select(Read)];

    /// <summary>The mean over the outputs of sum |a - b|^2 / sum |b|^2; a value that is not finite makes it infinite.</summary>
    public double Of(IReadOnlyList<IReadOnlyDictionary<string, Tensor>> outputs)
    {
        var sums = new Dictionary<string, (double Change, double Size)>();
        for (int i = 0; i < outputs.Count; i++)
        {
            foreach ((string name, float[] now) in Read(outputs[i]))
            {
                float[] then = _reference[i][name];
                (double change, double size) = sums.GetValueOrDefault(name);
                for (int k = 0; k < now.Length; k++)
                {
                    double difference = now[k] - then[k];
                    change += difference * difference;
                    size += (double)then[k] * then[k];
                }
                sums[name] = (change, size);
            }
        }
        double mean = sums.Values.Select(s => s.Size > 0 ? s.Change / s.Size : 0).DefaultIfEmpty(0).Average();
        return double.IsFinite(mean) ? mean : double.PositiveInfinity;
    }

    private static Dictionary<string, float[]> Read(IReadOnlyDictionary<string, Tensor> outputs) => outputs.ToDictionary(o => o.Key, o => Centred(o.Value));

    private static float[] Centred(Tensor tensor)
    {
        float[] numbers = tensor.ToFloats();
        if (tensor.Rank != 2 || tensor.Dims[1] < 2)
            return numbers;
        int width = (int)tensor.Dims[1];
        for (int r = 0; r < numbers.Length; r += width)
        {
            float mean = System.Numerics.Tensors.TensorPrimitives.Sum<float>(numbers.AsSpan(r, width)) / width;
            for (int k = 0; k < width; k++)
                numbers[r + k] -= mean;
        }
        return numbers;
    }
}
