using Microsoft.ML.OnnxRuntime;

namespace SiDT.Runtime;

/// <summary><see cref="SessionSettings"/> in ONNX Runtime's terms.</summary>
internal static class SessionOptionsFactory
{
    /// <exception cref="DeviceError">The device is not there.</exception>
    public static SessionOptions Create(SessionSettings settings)
    {
        OrtEnv environment = OrtEnvironment.Get();
        var options = new SessionOptions
        {
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            InterOpNumThreads = 1,
            // Given explicitly, ONNX Runtime neither pins threads to cores nor looks past a container's limit.
            IntraOpNumThreads = settings.Threads > 0 ? settings.Threads : Environment.ProcessorCount,
            GraphOptimizationLevel = settings.Optimize ? GraphOptimizationLevel.ORT_ENABLE_ALL : GraphOptimizationLevel.ORT_DISABLE_ALL,
        };
        // Threads that spin after their work would steal time from the next session.
        options.AddSessionConfigEntry("session.force_spinning_stop", "1");
        if (settings.Profile)
        {
            options.EnableProfiling = true;
            options.ProfileOutputPathPrefix = Path.Combine(Path.GetTempPath(), $"sidt-profile-{Guid.NewGuid():N}");
        }
        if (settings.Device == Device.Cuda)
            AddCuda(environment, options);
        return options;
    }

    private static void AddCuda(OrtEnv environment, SessionOptions options)
    {
        if (!environment.GetAvailableProviders().Contains("CUDAExecutionProvider"))
        {
            options.Dispose();
            throw new DeviceError("this build of sidtc has no CUDA support; use --device cpu, or build it with ONNX Runtime for GPUs (SIDT_ORT=gpu)");
        }
        try
        {
            using var cuda = new OrtCUDAProviderOptions();
            cuda.UpdateOptions(new Dictionary<string, string>
            {
                ["device_id"] = "0",
                ["cudnn_conv_algo_search"] = "DEFAULT", // the exhaustive search may choose another algorithm each time
                ["use_tf32"] = "0", // 10-bit mantissas would hide what a proof looks for
            });
            options.AppendExecutionProvider_CUDA(cuda);
        }
        catch (OnnxRuntimeException failure)
        {
            options.Dispose();
            throw new DeviceError($"CUDA cannot be used here, try --device cpu: {RuntimeError.OneLine(failure.Message)}", failure);
        }
    }
}
