using Microsoft.ML.OnnxRuntime;
using SiDT.Frontend;
using SiDT.Frontend.Writing;

namespace SiDT.Runtime;

/// <summary>A model loaded into ONNX Runtime. <see cref="Run"/> may be called by several threads at once.</summary>
public sealed class Session : IDisposable
{
    private readonly LargeModelFile? _file;
    private readonly RunOptions _run = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };

    private Session(InferenceSession native, SessionSettings settings, LargeModelFile? file)
    {
        Native = native;
        Settings = settings;
        _file = file;
        Inputs = native.InputNames.Select(n => PortOf(n, native.InputMetadata[n])).ToArray();
        Outputs = native.OutputNames.Select(n => PortOf(n, native.OutputMetadata[n])).ToArray();
        Metadata = new Dictionary<string, string>(native.ModelMetadata.CustomMetadataMap, StringComparer.Ordinal);
    }

    /// <summary>What must be fed, in the order of the graph.</summary>
    public IReadOnlyList<Port> Inputs { get; }

    public IReadOnlyList<Port> Outputs { get; }

    /// <summary>The model's <c>metadata_props</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    public SessionSettings Settings { get; }

    /// <summary>ONNX Runtime's own object, for callers that bind device memory themselves.</summary>
    public InferenceSession Native { get; }

    /// <summary>Loads a model as it stands in memory.</summary>
    /// <exception cref="RuntimeError">ONNX Runtime does not accept the model.</exception>
    /// <exception cref="DeviceError">The device cannot be used.</exception>
    public static Session Open(Model model, SessionSettings? settings = null)
    {
        if (LargeModelFile.SizeOf(model) < LargeModelFile.Limit)
            return Open(ModelWriter.ToBytes(model), settings);
        var file = new LargeModelFile(model);
        try
        {
            return Open("the model", settings, options => new InferenceSession(file.Path, options), file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Loads a serialised model without external data.</summary>
    /// <inheritdoc cref="Open(Model, SessionSettings?)"/>
    public static Session Open(byte[] model, SessionSettings? settings = null) =>
        Open("the model", settings, options => new InferenceSession(model, options));

    /// <summary>Loads a model file; external data are found beside it.</summary>
    /// <inheritdoc cref="Open(Model, SessionSettings?)"/>
    public static Session Open(string path, SessionSettings? settings = null)
    {
        if (!File.Exists(path))
            throw new RuntimeError($"there is no model file '{path}'");
        return Open($"'{path}'", settings, options => new InferenceSession(path, options));
    }

    /// <summary>Loads a model that uses the operators of ONNX Runtime Extensions.</summary>
    internal static Session OpenWithExtensions(byte[] model, SessionSettings settings) =>
        Open("the image graph", settings, options =>
        {
            options.RegisterOrtExtensions();
            return new InferenceSession(model, options);
        });

    /// <summary>Computes outputs; feeds are read in place, results are in managed memory.</summary>
    /// <param name="feeds">An array for each input.</param>
    /// <param name="outputs">Names of the outputs to compute; all when null.</param>
    /// <param name="buffers">Where results are put; arrays of their own when null.</param>
    /// <exception cref="RuntimeError">An input is missing, or ONNX Runtime failed.</exception>
    public IReadOnlyDictionary<string, Tensor> Run(IReadOnlyDictionary<string, Tensor> feeds, IReadOnlyList<string>? outputs = null, OutputBuffers? buffers = null)
    {
        outputs ??= Native.OutputNames;
        string[] names = Check(feeds);
        var values = new OrtValue?[names.Length];
        try
        {
            return RunPinned(feeds, names, values, 0, outputs, buffers);
        }
        catch (Exception failure) when (failure is OnnxRuntimeException or ArgumentException)
        {
            throw RuntimeError.From("the model does not run", failure);
        }
        finally
        {
            foreach (OrtValue? value in values)
                value?.Dispose();
        }
    }

    /// <summary>Feeds copied once into memory of ONNX Runtime, to run many times.</summary>
    /// <exception cref="RuntimeError">An input is missing.</exception>
    public PreparedRun Prepare(IReadOnlyDictionary<string, Tensor> feeds)
    {
        string[] names = Check(feeds);
        return new PreparedRun(Native, _run, names, names.Select(n => HostTensor.Copy(feeds[n])).ToArray());
    }

    /// <summary>Ends profiling and names the file with the operator times (Chrome trace JSON); the caller deletes it.</summary>
    /// <exception cref="InvalidOperationException">The session does not profile.</exception>
    public string EndProfile() =>
        Settings.Profile ? Native.EndProfiling() : throw new InvalidOperationException("the session was opened without Profile");

    public void Dispose()
    {
        Native.Dispose();
        _run.Dispose();
        _file?.Dispose();
    }

    private static Session Open(string what, SessionSettings? settings, Func<SessionOptions, InferenceSession> open, LargeModelFile? file = null)
    {
        settings ??= new SessionSettings();
        using SessionOptions options = SessionOptionsFactory.Create(settings);
        try
        {
            return new Session(open(options), settings, file);
        }
        catch (OnnxRuntimeException failure)
        {
            throw RuntimeError.From($"ONNX Runtime cannot load {what}", failure);
        }
    }

    /// <summary>Pins one feed after the other by recursion, so that any storage is read in place, and runs.</summary>
    private unsafe IReadOnlyDictionary<string, Tensor> RunPinned(
        IReadOnlyDictionary<string, Tensor> feeds, string[] names, OrtValue?[] values, int next, IReadOnlyList<string> outputs, OutputBuffers? buffers)
    {
        if (next < names.Length)
        {
            Tensor tensor = feeds[names[next]];
            byte nothing;
            fixed (byte* bytes = tensor.Bytes)
            {
                values[next] = HostTensor.Over(tensor, bytes is null ? &nothing : bytes);
                return RunPinned(feeds, names, values, next + 1, outputs, buffers);
            }
        }
        using IDisposableReadOnlyCollection<OrtValue> results = Native.Run(_run, names, values!, outputs);
        var tensors = new Dictionary<string, Tensor>(outputs.Count, StringComparer.Ordinal);
        for (int i = 0; i < outputs.Count; i++)
            tensors[outputs[i]] = HostTensor.Read(results[i], outputs[i], buffers);
        GC.KeepAlive(feeds);
        return tensors;
    }

    /// <summary>The names of the feeds, all inputs being there and nothing else.</summary>
    private string[] Check(IReadOnlyDictionary<string, Tensor> feeds)
    {
        foreach (Port port in Inputs)
        {
            if (!feeds.ContainsKey(port.Name))
                throw new RuntimeError($"the input {port} is not fed");
        }
        foreach (string name in feeds.Keys)
        {
            if (!Native.InputMetadata.ContainsKey(name) && !Native.OverridableInitializerMetadata.ContainsKey(name))
                throw new RuntimeError($"the model has no input '{name}'");
        }
        return [.. feeds.Keys];
    }

    private static Port PortOf(string name, NodeMetadata metadata)
    {
        if (!metadata.IsTensor)
            return new Port(name, ElementType.Undefined, [], []);
        string?[] names = metadata.SymbolicDimensions.Select(s => s.Length == 0 ? null : s).ToArray();
        return new Port(name, (ElementType)metadata.ElementDataType, metadata.Dimensions.Select(d => d < 0 ? (long?)null : d).ToArray(), names);
    }
}
