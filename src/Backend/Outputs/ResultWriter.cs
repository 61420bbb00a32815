using SiDT.Backend.Compilation;
using SiDT.Frontend.Writing;

namespace SiDT.Backend.Outputs;

/// <summary>Results to files: a model and its plan both, or neither.</summary>
public static class ResultWriter
{
    /// <summary>Writes <c>small.onnx</c> and <c>small.plan.json</c>.</summary>
    /// <exception cref="OutputError">One of them cannot be written; what was there before is untouched.</exception>
    public static void Write(CompileResult result, string path)
    {
        using TextFile plan = TextFile.Prepare(result.Decision.Text, OutputPlace.PlanOf(path));
        ModelWriter.Write(result.Small, path);
        plan.Place();
    }

    /// <summary>Writes a text file completely, or not at all.</summary>
    /// <inheritdoc cref="Write(CompileResult, string)"/>
    public static void Write(string text, string path)
    {
        using TextFile file = TextFile.Prepare(text, path);
        file.Place();
    }
}
