using Microsoft.ML.OnnxRuntime;

namespace SiDT.Runtime;

/// <summary>A run whose inputs lie ready and whose outputs are thrown away: what a latency measurement repeats.</summary>
public sealed class PreparedRun : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options;
    private readonly string[] _names;
    private readonly OrtValue[] _values;

    internal PreparedRun(InferenceSession session, RunOptions options, string[] names, OrtValue[] values)
    {
        _session = session;
        _options = options;
        _names = names;
        _values = values;
    }

    /// <summary>Computes all outputs once.</summary>
    /// <exception cref="RuntimeError">ONNX Runtime failed.</exception>
    public void Run()
    {
        try
        {
            _session.Run(_options, _names, _values, _session.OutputNames).Dispose();
        }
        catch (OnnxRuntimeException failure)
        {
            throw RuntimeError.From("the model does not run", failure);
        }
    }

    public void Dispose()
    {
        foreach (OrtValue value in _values)
            value.Dispose();
    }
}
