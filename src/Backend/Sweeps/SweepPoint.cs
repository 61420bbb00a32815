using SiDT.Passes.Planning;

namespace SiDT.Backend.Sweeps;

/// <summary>One model of a sweep.</summary>
/// <param name="Name">What distinguishes its files: <c>0.9</c> in <c>out-0.9.onnx</c>.</param>
/// <param name="Request">What is asked of it.</param>
public sealed record SweepPoint(string Name, PlanRequest Request)
{
    /// <summary>Where the model goes: <c>small.onnx</c> and <c>0.9</c> make <c>small-0.9.onnx</c>.</summary>
    public string FileBeside(string output) =>
        Path.Combine(Path.GetDirectoryName(output) ?? "", $"{Path.GetFileNameWithoutExtension(output)}-{Name}{Path.GetExtension(output)}");

    /// <summary>Where the curve of a sweep goes: <c>small.sweep.svg</c>.</summary>
    public static string CurveBeside(string output) => Path.ChangeExtension(output, ".sweep.svg");
}
