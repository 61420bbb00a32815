using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using SiDT.Runtime;

namespace SiDT.Passes.Compensation.Steps;

/// <summary>
/// Runs steps. Parameters and their means stay in memory of ONNX Runtime: what one step writes, the next one reads, in two sets of arrays
/// that take turns.
/// </summary>
internal sealed class StepRunner : IDisposable
{
    private readonly Session _session;
    private readonly StepGraph _graph;
    private readonly RefinementSettings _settings;
    private readonly RunOptions _run = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
    private readonly string[] _states;
    private readonly Dictionary<string, OrtValue>[] _sets;
    private readonly Dictionary<string, OrtValue> _fed = [];
    private readonly OrtIoBinding[] _bindings;
    private readonly OrtValue _loss;
    private int _step;

    public StepRunner(StepGraph graph, RefinementSettings settings)
    {
        (_graph, _settings) = (graph, settings);
        _session = Session.Open(graph.Model, settings.Session ?? new SessionSettings());
        _states = [.. graph.Parameters.SelectMany(p => new[] { p.Name, StepGraph.Mean(p.Name), StepGraph.Square(p.Name) })];
        _sets = [Allocate(), Allocate()];
        foreach (Parameter parameter in graph.Parameters)
            parameter.Start.CopyTo(_sets[0][parameter.Name].GetTensorMutableDataAsSpan<float>());
        _loss = New([1, 1]);
        _bindings = [_session.Native.CreateIoBinding(), _session.Native.CreateIoBinding()];
        for (int i = 0; i < 2; i++)
        {
            foreach (string state in _states)
            {
                _bindings[i].BindInput(state, _sets[i][state]);
                _bindings[i].BindOutput(StepGraph.New(state), _sets[1 - i][state]);
            }
            _bindings[i].BindOutput(StepGraph.Loss, _loss);
        }
    }

    /// <summary>One step on rows a, t, w; gives the loss before it.</summary>
    /// <exception cref="RuntimeError">ONNX Runtime failed.</exception>
    public double Step(float[] inputs, float[] targets, float[] weights)
    {
        int rows = weights.Length;
        double rate = _settings.RateAt(_step), t = _step + 1;
        Feed(StepGraph.Inputs, inputs, rows, inputs.Length / rows);
        Feed(StepGraph.Targets, targets, rows, targets.Length / rows);
        Feed(StepGraph.Weights, weights, rows, 1);
        Feed(StepGraph.Rate, [(float)(rate / (1 - Math.Pow(_settings.Beta1, t)))], 1);
        Feed(StepGraph.Spread, [(float)(1 / Math.Sqrt(1 - Math.Pow(_settings.Beta2, t)))], 1);
        if (_settings.Decay > 0)
            Feed(StepGraph.Decay, [(float)(rate * _settings.Decay)], 1);
        try
        {
            _session.Native.RunWithBinding(_run, _bindings[_step % 2]);
        }
        catch (OnnxRuntimeException failure)
        {
            throw new RuntimeError($"a step does not run: {failure.Message.ReplaceLineEndings(" ")}", failure);
        }
        _step++;
        return _loss.GetTensorDataAsSpan<float>()[0];
    }

    /// <summary>The numbers of a parameter, or of its means, as they are now.</summary>
    public float[] Read(string state) => _sets[_step % 2][state].GetTensorDataAsSpan<float>().ToArray();

    public void Dispose()
    {
        foreach (OrtIoBinding binding in _bindings)
            binding.Dispose();
        foreach (OrtValue value in _sets.SelectMany(s => s.Values).Concat(_fed.Values))
            value.Dispose();
        _loss.Dispose();
        _run.Dispose();
        _session.Dispose();
    }

    private void Feed(string name, float[] numbers, params long[] dims)
    {
        if (!_fed.TryGetValue(name, out OrtValue? value) || !value.GetTensorTypeAndShape().Shape.SequenceEqual(dims))
        {
            value?.Dispose();
            _fed[name] = value = New(dims);
            foreach (OrtIoBinding binding in _bindings)
                binding.BindInput(name, value);
        }
        numbers.CopyTo(value.GetTensorMutableDataAsSpan<float>());
    }

    private Dictionary<string, OrtValue> Allocate()
    {
        var set = new Dictionary<string, OrtValue>();
        foreach (Parameter parameter in _graph.Parameters)
        {
            foreach (string name in new[] { parameter.Name, StepGraph.Mean(parameter.Name), StepGraph.Square(parameter.Name) })
            {
                set[name] = New(parameter.Dims);
                set[name].GetTensorMutableDataAsSpan<float>().Clear();
            }
        }
        return set;
    }

    private static OrtValue New(long[] dims) => OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, TensorElementType.Float, dims);
}
