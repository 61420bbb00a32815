namespace SiDT.Runtime;

/// <summary>Where a session computes.</summary>
public enum Device
{
    Cpu,

    /// <summary>The first CUDA device; needs the GPU build of ONNX Runtime.</summary>
    Cuda,
}

/// <summary>The device that was asked for cannot be used: one sentence with the remedy. Exit code 2.</summary>
public sealed class DeviceError(string message, Exception? inner = null) : Exception(message, inner);
