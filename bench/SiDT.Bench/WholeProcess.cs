using Microsoft.ML.OnnxRuntime;

namespace SiDT.Bench;

/// <summary>A process that loads a model and runs it some times, to be timed from outside: with nothing of what <c>sidtc bench</c> measures by.</summary>
public static class WholeProcess
{
    /// <param name="file">A model; open sizes of its inputs are one, of pictures 224 pixels.</param>
    /// <param name="runs">How often it runs.</param>
    /// <param name="threads">Of ONNX Runtime; one waits for no other, so that processor time is time spent on the model.</param>
    public static void Run(string file, int runs, int threads)
    {
        using var settings = new SessionOptions { IntraOpNumThreads = threads };
        using var session = new InferenceSession(file, settings);
        using var options = new RunOptions();
        string[] inputs = [.. session.InputNames];
        OrtValue[] values = [.. inputs.Select(name =>
        {
            long[] dims = [.. session.InputMetadata[name].Dimensions.Select((d, i) => d > 0 ? d : i < 2 ? 1L : 224)];
            var numbers = new float[dims.Aggregate(1L, (a, b) => a * b)];
            var random = new Random(1);
            for (int i = 0; i < numbers.Length; i++)
                numbers[i] = (float)((2 * random.NextDouble()) - 1);
            return OrtValue.CreateTensorValueFromMemory(numbers, dims);
        })];
        for (int i = 0; i < runs; i++)
            session.Run(options, inputs, values, session.OutputNames).Dispose();
        foreach (OrtValue value in values)
            value.Dispose();
    }
}
