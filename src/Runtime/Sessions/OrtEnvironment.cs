using Microsoft.ML.OnnxRuntime;

namespace SiDT.Runtime;

/// <summary>The process-wide state of ONNX Runtime, made once and silent: what matters arrives as an exception.</summary>
internal static class OrtEnvironment
{
    private static readonly Lock Gate = new();

    public static OrtEnv Get()
    {
        lock (Gate)
        {
            if (OrtEnv.IsCreated)
                return OrtEnv.Instance();
            var options = new EnvironmentCreationOptions { logId = "sidt", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
            OrtEnv environment = OrtEnv.CreateInstanceWithOptions(ref options);
            environment.DisableTelemetryEvents();
            return environment;
        }
    }
}
