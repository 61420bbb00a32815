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

    /// <summary>Writes the models of a sweep with their plans, and its curve.</summary>
    /// <param name="results">Each with its path; all go to the same folder.</param>
    /// <param name="texts">Other files of the same folder.</param>
    /// <exception cref="OutputError">One of them cannot be written; what was there before is untouched.</exception>
    public static void Write(IReadOnlyList<(CompileResult Result, string Path)> results, IReadOnlyList<(string Text, string Path)> texts)
    {
        using var files = new FileSet(Path.GetDirectoryName(results[0].Path) ?? "");
        foreach ((CompileResult result, string path) in results)
            Write(result, files.Waiting(path));
        foreach ((string text, string path) in texts)
            Write(text, files.Waiting(path));
        files.Place();
    }

    /// <summary>Writes a text file completely, or not at all.</summary>
    /// <inheritdoc cref="Write(CompileResult, string)"/>
    public static void Write(string text, string path)
    {
        using TextFile file = TextFile.Prepare(text, path);
        file.Place();
    }
}
