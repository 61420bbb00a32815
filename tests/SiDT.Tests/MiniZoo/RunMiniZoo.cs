using Microsoft.ML.OnnxRuntime;
using SiDT.Frontend;

namespace SiDT.Tests.MiniZoo;

/// <summary>Runs a model of the mini-zoo on random inputs inside the declared ranges.</summary>
public static class RunMiniZoo
{
    public static Dictionary<string, double[]> Run(byte[] model, IReadOnlyList<InputRange> inputs, int seed = 5)
    {
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, IntraOpNumThreads = 1 };
        using var session = new InferenceSession(model, options);
        using var run = new RunOptions();
        OrtValue[] feeds = [.. inputs.Select(i => Feed(i, seed))];
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, [.. inputs.Select(i => i.Name)], feeds, session.OutputNames);
        Dictionary<string, double[]> result = session.OutputNames.Zip(outputs).ToDictionary(p => p.First, p => Numbers(p.Second));
        foreach (OrtValue feed in feeds)
            feed.Dispose();
        return result;
    }

    /// <summary>Largest difference relative to the largest number of the first.</summary>
    public static double Distance(double[] a, double[] b) => a.Length != b.Length
        ? double.PositiveInfinity
        : a.Zip(b).Max(p => Math.Abs(p.First - p.Second)) / (a.Max(Math.Abs) + 1e-9);

    /// <summary>The numbers fed to an input; masks start with a column of ones.</summary>
    public static double[] Values(InputRange input, int seed)
    {
        var random = new Random(seed + input.Name.Length);
        var values = new double[input.Shape.Aggregate(1L, (a, b) => a * b)];
        for (int i = 0; i < values.Length; i++)
        {
            double x = input.Low + ((input.High - input.Low) * random.NextDouble());
            values[i] = input.Type.IsFloating() ? x : Math.Min(input.High, Math.Floor(input.Low + ((input.High - input.Low + 1) * random.NextDouble())));
            if (input.Name.Contains("mask") && i % input.Shape[^1] == 0)
                values[i] = 1;
        }
        return values;
    }

    internal static OrtValue Feed(InputRange input, int seed)
    {
        double[] values = Values(input, seed);
        return input.Type switch
        {
            ElementType.Float32 => OrtValue.CreateTensorValueFromMemory(values.Select(x => (float)x).ToArray(), input.Shape),
            ElementType.Float64 => OrtValue.CreateTensorValueFromMemory(values, input.Shape),
            ElementType.Float16 => OrtValue.CreateTensorValueFromMemory(values.Select(x => (Float16)(float)x).ToArray(), input.Shape),
            ElementType.Int64 => OrtValue.CreateTensorValueFromMemory(values.Select(x => (long)x).ToArray(), input.Shape),
            ElementType.Int32 => OrtValue.CreateTensorValueFromMemory(values.Select(x => (int)x).ToArray(), input.Shape),
            ElementType.Bool => OrtValue.CreateTensorValueFromMemory(values.Select(x => x > 0.5).ToArray(), input.Shape),
            _ => throw new NotSupportedException($"no feed of type {input.Type}"),
        };
    }

    private static double[] Numbers(OrtValue value) => value.GetTensorTypeAndShape().ElementDataType switch
    {
        Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Double => value.GetTensorDataAsSpan<double>().ToArray(),
        Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float16 => [.. value.GetTensorDataAsSpan<Float16>().ToArray().Select(x => (double)(float)x)],
        Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Int64 => [.. value.GetTensorDataAsSpan<long>().ToArray().Select(x => (double)x)],
        _ => [.. value.GetTensorDataAsSpan<float>().ToArray().Select(x => (double)x)],
    };
}
